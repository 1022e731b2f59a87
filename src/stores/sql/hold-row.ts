// The rows of open reservations and of waiters, as SQL stores write and read them.

import type { OpenReservation, StoredWaiter } from "../books/books.ts";
import type { ListedHold } from "../contract/holds.ts";
import { sliceOf, sliceText } from "../slices/slice-state.ts";
import { isSet, numberOf, quantitiesInRow, textOf, optionalTextOf } from "./columns.ts";
import type { Row } from "./columns.ts";

/** Returns the reservation of a row. */
export function reservationOf(row: Row): OpenReservation {
  return {
    id: textOf(row, "id"),
    path: textOf(row, "path"),
    quantities: quantitiesInRow(row),
    asOf: numberOf(row, "as_of"),
    units: numberOf(row, "units"),
    expiresAt: numberOf(row, "expires_at"),
    expired: isSet(row, "expired"),
    ...holdState(row),
  };
}

/** Returns the reservation of a row, as listings show it. */
export function listedHoldOf(row: Row): ListedHold {
  const { id, path, quantities, expiresAt, slice } = reservationOf(row);
  return { id, path, quantities, expiresAt, isSlice: slice !== undefined };
}

/** The value of the column `slice` for a hold whose call was sent. */
const SENT = "sent";

function holdState(row: Row): Pick<OpenReservation, "slice" | "sent"> {
  const text = optionalTextOf(row, "slice");
  if (text === undefined) return {};
  return text === SENT ? { sent: true } : { slice: sliceOf(text) };
}

/** Returns the value of the column `slice`: the slice, whether the call was sent, or null. */
export function holdStateText({ slice, sent }: OpenReservation): string | null {
  if (slice !== undefined) return sliceText(slice);
  return sent === true ? SENT : null;
}

/** Returns the waiter of a row. */
export function waiterOf(row: Row): StoredWaiter {
  return {
    id: textOf(row, "id"),
    path: textOf(row, "path"),
    ask: quantitiesInRow(row),
    expiresAt: numberOf(row, "expires_at"),
  };
}
