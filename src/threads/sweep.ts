// R11. What a thread that has ended, or seems to have, still holds and waits for is freed, in one
// step.

import { release } from "../core/rules.ts";
import type { PoolTree } from "./shared-pool-node.ts";
import { threadRowOf } from "./thread-rows.ts";
import type { Owner } from "./thread-rows.ts";

/**
 * Frees what a thread still holds and waits for. With `ended`, the thread is known to be no more,
 * and its row and places are given back too; otherwise they stay its own, since it may go on.
 */
export function sweep(tree: PoolTree, owner: Owner, ended: boolean): void {
  const { table } = tree.open;
  let owned: number[];
  let changed: boolean;
  do {
    tree.begin(tree.root);
    owned = table.placesOf(owner);
    changed = false;
    for (const place of owned) if (sweepPlace(tree, place)) changed = true;
    if (tree.lots.sweep(owner)) changed = true;
  } while (!tree.end(changed));
  if (!ended) return;
  for (const place of owned) table.giveBackFor(owner, place);
  tree.rows.free(threadRowOf(owner));
}

/** Within a step: frees what is held or waited for at a place, and returns whether anything was. */
function sweepPlace(tree: PoolTree, place: number): boolean {
  if (tree.queue.sweep(place)) return true;
  if (!tree.open.isPlaceOpen(place)) return false;
  const { table } = tree.open;
  const held = tree.queue.takeGranted(place) ?? table.read(place);
  const node = tree.directory.find(table.poolOf(place));
  // Without a pool the place was rewritten meanwhile, and the step will not stand.
  if (node === undefined) return false;
  tree.include(node);
  release(node.state, held);
  tree.open.closePlace(place);
  return true;
}
