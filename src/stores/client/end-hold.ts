// Ends the lease of another process's reservation, as if that process had died. A later commit is
// still booked (R11), which a release would prevent.

import { NotFound } from "../contract/errors.ts";
import { openHoldOf } from "../contract/holds.ts";
import type { OpenHold } from "../contract/holds.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import { errorOf } from "./outcome-error.ts";
import type { StoredTree } from "./stored-tree.ts";

/**
 * Ends the lease of a reservation of the pool or one below it, and writes an entry with `about` to
 * the ledger, under the id of the change.
 *
 * @throws {NotFound} if there is no such reservation.
 * @throws {RangeError} if it is a slice.
 */
export async function endHoldIn(
  tree: StoredTree,
  path: string,
  reservation: string,
  change: { readonly id: string; readonly about: EntryMetadata },
): Promise<OpenHold> {
  const [line] = (await tree.holds({ path, after: "", limit: 1, id: reservation })) ?? [];
  if (line === undefined) throw new NotFound(path, reservation, "held");
  if (line.isSlice)
    throw new RangeError(
      `The reservation "${reservation}" is the slice of a process; freeze the pool to take it back`,
    );
  const command = { kind: "configure", path: line.path, ...change } as const;
  const ends = { kind: "renew", path: line.path, ids: [reservation], leaseMs: 0 } as const;
  const [outcome] = await Promise.all([tree.ask(command), tree.ask(ends)]);
  if (outcome.kind !== "done") throw errorOf(outcome, command);
  // An expired reservation is freed at the start of the next step.
  await tree.ask({ kind: "renew", path: line.path, ids: [], leaseMs: 0 });
  tree.poller.wake();
  return openHoldOf(line);
}
