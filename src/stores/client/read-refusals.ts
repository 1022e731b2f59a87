// Reading the journals of refusals of a store.

import { isBelow, rootPath } from "../contract/path.ts";
import { refusalEntryOf } from "../contract/refusals.ts";
import type { RefusalCount, RefusalEntry, Refusals } from "../contract/refusals.ts";
import type { Store } from "../contract/store.ts";

const TREES_AT_ONCE = 50;

/** Returns the recent refusals in a pool and those below it, or in all pools; newest first. */
export async function refusalsIn(
  store: Store,
  below: string | undefined,
  { limit, sinceMs }: { readonly limit: number; readonly sinceMs: number },
): Promise<Refusals> {
  const { journal } = store;
  if (journal === undefined) return { last: [], counts: [] };
  const roots =
    below === undefined
      ? [...new Set((await store.paths()).map((path) => rootPath(path)))]
      : [rootPath(below)];
  const isWanted = (path: string): boolean => below === undefined || isBelow(path, below);
  const found: RefusalEntry[] = [];
  const counts: RefusalCount[] = [];
  for (let first = 0; first < roots.length; first += TREES_AT_ONCE) {
    const some = roots.slice(first, first + TREES_AT_ONCE);
    // oxlint-disable-next-line no-await-in-loop -- some at a time
    const kept = await Promise.all(some.map((root) => journal.read({ root, after: 0, sinceMs })));
    for (const each of kept) {
      const lines = each.lines
        .filter(({ path, refusal }) => isWanted(path) || isWanted(refusal.pool))
        .slice(-limit);
      found.push(...lines.toReversed().map((line) => refusalEntryOf(line)));
      counts.push(...each.counts.filter(({ pool }) => isWanted(pool)));
    }
  }
  return {
    last: found.toSorted((one, other) => other.at - one.at).slice(0, limit),
    counts: counts.toSorted((one, other) => other.minute - one.minute),
  };
}
