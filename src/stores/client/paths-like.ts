// The paths of pools that start with a text, without reading others.

import type { Store } from "../contract/store.ts";

const AT_ONCE = 100;

/** Returns the paths below a pool that start with a text, in order. */
export async function pathsLike(
  store: Store,
  below: string,
  beginning: string,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after = beginning; ; after = found.at(-1) ?? after) {
    const query = { below, by: "path", after, limit: AT_ONCE } as const;
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await store.pathsAfter?.(query);
    if (page === undefined)
      // oxlint-disable-next-line no-await-in-loop -- there is no other page
      return (await store.paths()).filter((path) => path.startsWith(beginning)).toSorted();
    const paths = page.map(({ path }) => path).filter((path) => path.startsWith(beginning));
    found.push(...paths);
    if (paths.length < AT_ONCE) return found;
  }
}
