// Deletes a pool with all pools below it, the deepest first, each in a step of its own.

import { newId } from "./id.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import { errorOf } from "./outcome-error.ts";
import { PoolInUse } from "../contract/errors.ts";
import { isBelow } from "../contract/path.ts";
import type { StoredTree } from "./stored-tree.ts";

/**
 * Deletes the pool of that path and those below it, out of all existing `paths`.
 *
 * @throws {PoolInUse} if it has open reservations, in which case nothing is deleted, or if a pool
 * below it was created or used meanwhile.
 */
export async function deletePools(
  tree: StoredTree,
  paths: readonly string[],
  path: string,
  about: EntryMetadata | undefined,
): Promise<void> {
  const found = await tree.ask({ kind: "snapshot", path });
  if (found.kind === "figures" && found.figures.openReservations > 0)
    throw new PoolInUse(path, found.figures.openReservations);
  const byDepth = new Map<number, string[]>();
  for (const each of new Set([...paths.filter((at) => isBelow(at, path)), path])) {
    const depth = each.split("/").length;
    const same = byDepth.get(depth);
    if (same === undefined) byDepth.set(depth, [each]);
    else same.push(each);
  }
  for (const depth of [...byDepth.keys()].toSorted((one, other) => other - one)) {
    const deletions = (byDepth.get(depth) ?? []).map(async (each) => {
      const command = { kind: "delete", path: each, id: newId(), about } as const;
      const outcome = await tree.ask(command);
      if (outcome.kind !== "done") throw errorOf(outcome, command);
    });
    // oxlint-disable-next-line no-await-in-loop -- a pool is deleted once none is below it
    await Promise.all(deletions);
  }
}
