// What deleting a pool does to the books (R16).

import { NOTHING } from "../../core/quantities.ts";
import { isSame, newEntryOf } from "./apply-settlements.ts";
import type { Books, StoredPool } from "./books.ts";
import type { DeleteCommand, Outcome } from "../contract/command.ts";
import { recallAll } from "../slices/share.ts";
import { markPath } from "./stored-path.ts";

/**
 * R16. Deletes a pool without open reservations and without pools below it. Its usage stays in the
 * books above; the count of periods separates it from a later pool of the same name.
 */
export function deletePool(
  books: Books,
  pool: StoredPool,
  { id, about }: DeleteCommand,
  nowMs: number,
): Outcome {
  if (books.entry(id) !== undefined) return { kind: "done" };
  const { path, openReservations, reserved, tree } = pool.state;
  // R15. A slice holds room without an open reservation.
  const isHeld = openReservations > 0 || !isSame(reserved, NOTHING);
  if (isHeld || books.hasBelow(path)) {
    // Room that no call holds is returned, so that the pool can be deleted soon.
    recallAll(books, pool, nowMs);
    return { kind: "in use", openReservations };
  }
  tree.resets++;
  markPath(books, pool);
  books.append(newEntryOf(pool, { id, kind: "delete", asked: NOTHING, ...about }, nowMs));
  books.remove(pool);
  return { kind: "done" };
}
