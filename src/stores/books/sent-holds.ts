// R11. Books for a sent call whose process is silent: the provider may bill it, so the held amount
// is booked as used and unknown. A late commit or release corrects that, or an amendment of the
// entry.

import { AXES } from "../../core/axis.ts";
import { add, FIELD_OF_AXIS, QUANTITY_MAX, subtract } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { OpenReservation, StoredPool } from "./books.ts";

/** A hold that was booked as unknown when its lease expired. */
type LostHold = OpenReservation & { readonly sent: true; readonly expired: true };

/** Returns whether a reservation was booked as unknown when its lease expired. */
export function isLost(reservation: OpenReservation | undefined): reservation is LostHold {
  return reservation?.sent === true && reservation.expired;
}

/** Returns the id of the entry that books an expired hold. */
export function lostHoldId(id: string): string {
  return `${id}.lost`;
}

/**
 * Books a level's hold, or what a reset dropped there, as used and unknown. R6: a dropped hold is
 * booked in the new period, as with any late commit.
 */
export function bookAsUnknown(level: StoredPool, held: Quantities, isHeld: boolean): void {
  const { state } = level;
  if (isHeld) subtract(state.reserved, held);
  else {
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      state.taken[field] = Math.min(QUANTITY_MAX, state.taken[field] + held[field]);
    }
  }
  add(level.unknown, held);
}
