// R11. Frees the holds and waiters of a thread that has ended, or seems to have, in one step.

import { release } from "../core/rules.ts";
import type { PoolTree } from "./shared-pool-node.ts";
import { threadRowOf } from "./thread-rows.ts";
import type { Owner } from "./thread-rows.ts";

/**
 * Frees what a thread still holds and waits for. With `ended`, the thread is known to have ended,
 * and its row and indexes are freed too; otherwise it keeps them, because it may continue.
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

/** Within a step: frees what is held or waiting at an index; returns whether there was anything. */
function sweepPlace(tree: PoolTree, place: number): boolean {
  if (tree.queue.sweep(place)) return true;
  if (!tree.open.isPlaceOpen(place)) return false;
  const { table } = tree.open;
  const held = tree.queue.takeGranted(place) ?? table.read(place);
  const node = tree.directory.find(table.poolOf(place));
  // A missing pool means that the index was rewritten meanwhile; the step will be discarded.
  if (node === undefined) return false;
  tree.include(node);
  release(node.state, held);
  tree.open.closePlace(place);
  return true;
}
