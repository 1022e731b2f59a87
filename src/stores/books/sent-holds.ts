// R11. What is booked for a call that was sent when its process is silent: the provider may bill
// it, so what was held is booked as used and unknown. A late commit or release corrects that, or a
// person who amends the entry.

import { AXES } from "../../core/axis.ts";
import { add, FIELD_OF_AXIS, QUANTITY_MAX, subtract } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { OpenReservation, StoredPool } from "./books.ts";

/** A hold that was booked as unknown at the end of its lease. */
type LostHold = OpenReservation & { readonly sent: true; readonly expired: true };

/** Returns whether a reservation was booked as unknown at the end of its lease. */
export function isLost(reservation: OpenReservation | undefined): reservation is LostHold {
  return reservation?.sent === true && reservation.expired;
}

/** Returns the id of the entry that books a hold whose lease has ended. */
export function lostHoldId(id: string): string {
  return `${id}.lost`;
}

/**
 * Books what a level holds, or what a reset has dropped there, as used and unknown. R6: what was
 * dropped is booked in the fresh period, as by any late commit.
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
