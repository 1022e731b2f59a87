// What deleting a pool does to the books (R16).

import { uniform } from "../core/quantities.ts";
import { lineOf } from "./apply-settlements.ts";
import type { Books, StoredPool } from "./books.ts";
import type { DeleteCommand, Outcome } from "./command.ts";
import { markPath } from "./stored-path.ts";

/**
 * R16. Deletes a pool that holds nothing and has no pool below it. What it has used stays in the
 * books above; the count of periods keeps it apart from a later pool of its name.
 */
export function deletePool(
  books: Books,
  pool: StoredPool,
  { id, about }: DeleteCommand,
  nowMs: number,
): Outcome {
  if (books.line(id) !== undefined) return { kind: "done" };
  const { path, openReservations, tree } = pool.state;
  if (openReservations > 0 || books.hasBelow(path)) return { kind: "in use", openReservations };
  tree.resets++;
  markPath(books, pool);
  books.append(lineOf(pool, { id, kind: "delete", asked: uniform(0), ...about }, nowMs));
  books.remove(pool);
  return { kind: "done" };
}
