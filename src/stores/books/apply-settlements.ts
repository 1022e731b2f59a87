// What the commands that settle, renew and correct reservations do to the books (R4, R5, R10, R11).

import { AXES } from "../../core/axis.ts";
import {
  add,
  assign,
  exchange,
  FIELD_OF_AXIS,
  fitsWithin,
  NOTHING,
  quantitiesOf,
  QUANTITY_MAX,
  uniform,
} from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import { wasLeftOf } from "../../core/carry.ts";
import { useOfLeft } from "../../core/roll.ts";
import { addToPart, partAt } from "../../core/sliding.ts";
import { refusalByCap, release as releaseHold, settle, totalTooLarge } from "../../core/rules.ts";
import { NO_HOLD } from "../../core/rules.ts";
import type { Settled } from "../../core/rules.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { Books, FoundEntry, NewEntry, OpenReservation, StoredPool } from "./books.ts";
import type {
  AmendCommand,
  CommitCommand,
  FindCommand,
  Outcome,
  ReleaseCommand,
  RenewCommand,
  WithdrawCommand,
} from "../contract/command.ts";
import { bookAsUnknown, isLost, lostHoldId } from "./sent-holds.ts";
import { levelsChangedBy, levelsOf, markPath, rollPath } from "./stored-path.ts";

const MOST = uniform(QUANTITY_MAX);

/** The result of a booking with nothing to report. */
export const BOOKED: Settled = {
  booked: true,
  overage: undefined,
  exceeded: undefined,
  throws: false,
};

/** Returns whether two amounts are the same on every axis. */
export function isSame(one: Quantities, other: Quantities): boolean {
  return (
    one.tokens === other.tokens &&
    one.inputTokens === other.inputTokens &&
    one.outputTokens === other.outputTokens &&
    one.nanoUsd === other.nanoUsd &&
    one.calls === other.calls
  );
}

/** Returns the entry of a booking made now. */
export function newEntryOf(
  pool: StoredPool,
  entry: Pick<NewEntry, "id" | "kind" | "asked"> & Partial<NewEntry>,
  nowMs: number,
): NewEntry {
  return {
    path: pool.state.path,
    at: nowMs,
    bookedAt: nowMs,
    asOf: pool.state.tree.resets,
    amount: entry.asked,
    unknown: false,
    of: undefined,
    settled: undefined,
    model: undefined,
    label: undefined,
    details: undefined,
    ...entry,
  };
}

/** Frees a reservation's hold, but remembers it for a late commit. */
export function endHold(books: Books, reservation: OpenReservation): void {
  free(books, reservation);
  books.keep({ ...reservation, expired: true });
}

/**
 * Returns whether a reservation still holds its amount at every level: its lease is valid, and no
 * reset dropped it.
 */
export function holds(pool: StoredPool, { expired, asOf }: OpenReservation): boolean {
  if (expired) return false;
  for (let level: StoredPool | undefined = pool; level !== undefined; level = level.above)
    if (asOf < level.state.droppedBefore) return false;
  return true;
}

/**
 * Returns the pool, or the nearest one above that still exists: a hold that a reset dropped in a
 * pool deleted since may still be held above.
 */
function nearestPool(books: Books, path: string): StoredPool | undefined {
  let pool = books.pool(path);
  for (let end = path.lastIndexOf("/"); pool === undefined && end > 0;)
    [pool, end] = [books.pool(path.slice(0, end)), path.lastIndexOf("/", end - 1)];
  return pool;
}

/** R11. Books an expired hold of a sent call as used and unknown. */
export function loseHold(books: Books, reservation: OpenReservation, nowMs: number): void {
  const { id, path, quantities, asOf } = reservation;
  books.keep({ ...reservation, expired: true });
  const pool = nearestPool(books, path);
  if (pool === undefined) return;
  // R7. It is booked in the current window, like any hold.
  rollPath(books, pool, nowMs);
  for (const level of levelsOf(pool)) {
    const isHeld = asOf >= level.state.droppedBefore;
    bookAsUnknown(level, quantities, isHeld);
    if (isHeld) level.state.openReservations--;
  }
  markPath(books, pool);
  const entry = { id: lostHoldId(id), kind: "commit", asked: quantities, unknown: true } as const;
  books.append(newEntryOf(pool, entry, nowMs));
}

/** Reverses the booking that stood in for a hold that is settled after all. */
function takeBackHold(books: Books, { id }: OpenReservation, nowMs: number): void {
  const of = lostHoldId(id);
  const entry = books.entry(of);
  const pool = entry && books.pool(entry.path);
  if (entry === undefined || pool === undefined) return;
  const found = {
    kind: "amend",
    path: entry.path,
    id: `${of}.found`,
    of,
    actual: NOTHING,
  } as const;
  amend(books, pool, found, nowMs);
}

function free(books: Books, { path, quantities, asOf, expired }: OpenReservation): void {
  const pool = nearestPool(books, path);
  if (pool === undefined || expired) return;
  releaseHold(pool.state, { quantities, asOf });
  markPath(books, pool);
}

/** R4, R5, R10. Commits a reservation; without a hold if its lease has expired or it is unknown. */
export function commit(
  books: Books,
  pool: StoredPool,
  command: CommitCommand,
  nowMs: number,
): Outcome {
  const { id, actual, unknown, policy, watched, about } = command;
  const reservation = books.reservation(id);
  // An unsettled reservation has no entry.
  const entry = reservation === undefined ? books.entry(id) : undefined;
  if (entry !== undefined) return committedBefore(entry, command);
  if (
    reservation !== undefined &&
    (reservation.path !== command.path || reservation.slice !== undefined)
  )
    return { kind: "id taken" };
  const held = reservation === undefined || reservation.expired ? NO_HOLD : reservation;
  if (isLost(reservation)) checkTotals(levelsOf(pool), actual);
  let settled: Settled = BOOKED;
  const levels = levelsChangedBy(pool, watched, () => {
    if (isLost(reservation)) takeBackHold(books, reservation, nowMs);
    settled = settle(pool.state, held, actual, policy);
  });
  if (reservation !== undefined) books.drop(id);
  const amount = settled.booked ? actual : NOTHING;
  if (unknown) for (const level of levelsOf(pool)) add(level.unknown, amount);
  markPath(books, pool);
  books.append(
    newEntryOf(
      pool,
      {
        id,
        kind: "commit",
        asked: actual,
        amount,
        unknown,
        settled: settled.overage === undefined ? undefined : settled,
        ...about,
      },
      nowMs,
    ),
  );
  return { kind: "settled", settled, levels };
}

function committedBefore(entry: FoundEntry, { path, actual }: CommitCommand): Outcome {
  if (entry.path !== path) return { kind: "id taken" };
  if (entry.kind === "release") return { kind: "settled before", outcome: "released" };
  if (entry.kind !== "commit") return { kind: "id taken" };
  return isSame(entry.asked, actual)
    ? { kind: "settled", settled: entry.settled ?? BOOKED }
    : { kind: "settled before", outcome: "committed" };
}

/** R4. Releases what is still held; a settled or unknown reservation does not change. */
export function applyRelease(
  books: Books,
  pool: StoredPool,
  { id, path, about }: ReleaseCommand,
  nowMs: number,
): Outcome {
  const reservation = books.reservation(id);
  if (reservation === undefined || reservation.path !== path || reservation.slice !== undefined)
    return { kind: "done" };
  if (isLost(reservation)) takeBackHold(books, reservation, nowMs);
  else free(books, reservation);
  books.drop(id);
  books.append(newEntryOf(pool, { id, kind: "release", asked: NOTHING, ...about }, nowMs));
  return { kind: "done" };
}

/**
 * R10, R12. Undoes a command that its caller abandoned. A command that arrives later finds a
 * release under its id; a record that was already booked is returned, for an amendment.
 */
export function withdraw(
  books: Books,
  pool: StoredPool,
  { id, path }: WithdrawCommand,
  nowMs: number,
): Outcome {
  books.dropWaiter(id);
  const reservation = books.reservation(id);
  if (reservation !== undefined) {
    return applyRelease(books, pool, { kind: "release", id, path }, nowMs);
  }
  const entry = books.entry(id);
  if (entry === undefined) {
    books.append(newEntryOf(pool, { id, kind: "release", asked: NOTHING }, nowMs));
    return { kind: "done" };
  }
  return entry.kind === "record" && entry.path === path
    ? { kind: "found", amount: amountOf(books, id, entry) }
    : { kind: "done" };
}

/** R11. Extends the leases of open reservations, and marks their calls as sent. */
export function renew(books: Books, { ids, leaseMs, sent }: RenewCommand, nowMs: number): Outcome {
  for (const id of ids) {
    const reservation = books.reservation(id);
    if (reservation === undefined || reservation.expired || reservation.slice !== undefined)
      continue;
    const isSent = sent === true || reservation.sent;
    books.keep({ ...reservation, expiresAt: nowMs + leaseMs, sent: isSent });
  }
  return { kind: "done" };
}

/** Returns what a commit or record booked, including amendments. */
export function find(books: Books, { of }: FindCommand): Outcome {
  const entry = books.entry(of);
  return entry === undefined || !isAmendable(entry)
    ? { kind: "not found" }
    : { kind: "found", amount: amountOf(books, of, entry) };
}

function isAmendable(entry: FoundEntry): boolean {
  return entry.kind === "commit" || entry.kind === "record";
}

function amountOf(books: Books, id: string, entry: FoundEntry): Quantities {
  const amended = books.amended(id);
  if (amended === undefined) return entry.amount;
  return quantitiesOf((field) => entry.amount[field] + amended[field]);
}

/**
 * Corrects a booking at every level that still counts it: a correction belongs to the period of
 * what it corrects. It is booked past a cap all the same.
 */
export function amend(
  books: Books,
  pool: StoredPool,
  command: AmendCommand,
  nowMs: number,
): Outcome {
  const { id, of, actual, watched, about } = command;
  const before = books.entry(id);
  if (before !== undefined) {
    return before.kind === "amend" && isSame(before.asked, actual)
      ? { kind: "settled", settled: before.settled ?? BOOKED }
      : { kind: "id taken" };
  }
  const entry = books.entry(of);
  if (entry === undefined || !isAmendable(entry) || entry.path !== command.path)
    return { kind: "not found" };
  const booked = amountOf(books, of, entry);
  const difference = quantitiesOf((field) => actual[field] - booked[field]);
  const counting = levelsOf(pool).filter((level) => countsIn(level, entry));
  checkTotals(counting, difference);
  // From here on the amendment cannot fail.
  const isFirst = books.amended(of) === undefined;
  const levels = levelsChangedBy(pool, watched, () => {
    for (const level of counting) {
      exchange(level.state.taken, booked, actual);
      amendPart(level.state, entry, difference);
      if (entry.unknown && isFirst) subtractWithin(level.unknown, entry.amount);
      books.changed(level);
    }
    correctLeft(books, pool, entry, difference);
  });
  const settled = bookedPast(
    pool,
    quantitiesOf((field) => Math.max(0, difference[field])),
  );
  books.append(
    newEntryOf(
      pool,
      {
        id,
        kind: "amend",
        of,
        asked: actual,
        amount: difference,
        settled: settled.overage === undefined ? undefined : settled,
        bookedAt: entry.bookedAt,
        asOf: entry.asOf,
        model: entry.model,
        label: entry.label,
        details: about?.details,
      },
      nowMs,
    ),
  );
  return { kind: "settled", settled, levels };
}

/** R7. Whether a level still counts an entry as used. */
function countsIn({ state, countsSince }: StoredPool, { asOf, bookedAt }: FoundEntry): boolean {
  if (asOf < state.droppedBefore) return false;
  if (state.window?.kind === "sliding" && bookedAt < state.windowStartsAt) return false;
  return countsSince === undefined ? bookedAt >= state.windowStartsAt : asOf >= countsSince;
}

/** R7. A correction of the previous period changes its remainder, and so the carried amount. */
function correctLeft(books: Books, pool: StoredPool, entry: FoundEntry, by: Quantities): void {
  for (const level of levelsOf(pool)) {
    const { state } = level;
    if (entry.asOf >= state.droppedBefore && !countsIn(level, entry))
      useLeft(books, level, entry.bookedAt, by);
  }
}

/** R7. Reduces the remainder of the previous period if an instant lies in it. */
export function useLeft(books: Books, level: StoredPool, at: number, amount: Quantities): void {
  if (!wasLeftOf(level.state, at)) return;
  useOfLeft(level.state, amount);
  books.changed(level);
}

/** R7. A correction in a past part of a sliding window leaves the window with that part. */
function amendPart(state: StoredPool["state"], { bookedAt }: FoundEntry, by: Quantities): void {
  const { window } = state;
  const at = window?.kind === "sliding" ? partAt(state, window, bookedAt) : undefined;
  if (at !== undefined) addToPart(state, at, by);
}

/** Unknown stays at zero or above: a part of it may have left a sliding window. */
function subtractWithin(unknown: Quantities, amount: Quantities): void {
  assign(
    unknown,
    quantitiesOf((field) => Math.max(0, unknown[field] - amount[field])),
  );
}

/**
 * R1. Checks that no total passes 2^53 − 1.
 * @throws {RangeError} if one would.
 */
export function checkTotals(levels: readonly StoredPool[], difference: Quantities): void {
  for (const { state } of levels) {
    if (fitsWithin(state.taken, difference, MOST)) continue;
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      if (state.taken[field] + difference[field] > QUANTITY_MAX)
        throw totalTooLarge(state.path, axis);
    }
  }
}

/** Returns the result of a booking with `overage`, which reports a cap that is now exceeded. */
export function bookedPast(pool: StoredPool, overage: Quantities): Settled {
  if (isSame(overage, NOTHING)) return BOOKED;
  return { booked: true, overage, exceeded: exceededOn(pool, overage), throws: false };
}

function exceededOn(pool: StoredPool, overage: Quantities): Refusal | undefined {
  const refusal = refusalByCap(pool.state, NOTHING);
  if (refusal === undefined) return undefined;
  const { axis } = refusal;
  return overage[axis === "usd" ? "nanoUsd" : axis] > 0 ? refusal : undefined;
}
