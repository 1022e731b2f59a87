// The rows of pools, reservations and waiters, as they are written.

import type { OpenReservation, StoredPool, StoredWaiter } from "../stores/books/books.ts";
import { rankOf } from "../stores/contract/pool-page.ts";
import { windowText } from "../stores/contract/stored-settings.ts";
import { levelText } from "../stores/slices/slice-state.ts";
import { instantInRow } from "../stores/sql/columns.ts";
import type { Row } from "../stores/sql/columns.ts";
import { holdStateText } from "../stores/sql/hold-row.ts";
import { partsColumn, termsColumn } from "../stores/sql/pool-row.ts";
import { amountColumns } from "./appended-entries.ts";

/** Returns the row of a pool. */
export function poolRowOf(pool: StoredPool): Row {
  const { state, unknown, made, countsSince, slices } = pool;
  return {
    path: state.path,
    made,
    caps: JSON.stringify(state.caps),
    overage: state.overage ?? null,
    window: windowText(state.window),
    window_starts_at: instantInRow(state.windowStartsAt),
    window_ends_at: instantInRow(state.windowEndsAt),
    ...amountColumns("taken_", state.taken),
    ...amountColumns("reserved_", state.reserved),
    ...amountColumns("unknown_", unknown),
    open_reservations: state.openReservations,
    generation: state.generation,
    dropped_before: state.droppedBefore,
    counts_since: countsSince ?? null,
    rank: rankOf(state.taken.nanoUsd - state.reserved.nanoUsd),
    terms: termsColumn(pool),
    slices: slices === undefined ? null : levelText(slices),
    parts: partsColumn(state),
  };
}

/** Returns the row of a reservation, without its tree. */
export function reservationRowOf(reservation: OpenReservation): Row {
  const { quantities, asOf, expiresAt, slice: _slice, sent: _sent, ...rest } = reservation;
  return {
    ...rest,
    ...amountColumns("", quantities),
    as_of: asOf,
    expires_at: expiresAt,
    slice: holdStateText(reservation),
  };
}

/** Returns the row of a waiter, without its tree. */
export function waiterRowOf({
  ask,
  expiresAt,
  ...rest
}: StoredWaiter & { readonly seq: number }): Row {
  return { ...rest, ...amountColumns("", ask), expires_at: expiresAt };
}

/** Returns the row of a reservation that is there, with the state of the slice that it was. */
export function renewedRowOf(
  reservation: OpenReservation,
  before: OpenReservation | undefined,
): Row {
  const was = before?.slice === undefined ? null : holdStateText(before);
  return { ...reservationRowOf(reservation), was };
}

/** Returns the row of a slice that ends, with its state before; none for another reservation. */
export function endedRowsOf(before: OpenReservation): Row[] {
  return before.slice === undefined ? [] : [{ id: before.id, was: holdStateText(before) }];
}
