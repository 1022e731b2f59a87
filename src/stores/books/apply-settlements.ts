// What the commands that settle, renew and correct reservations do to the books (R4, R5, R10, R11).

import { AXES } from "../../core/axis.ts";
import {
  add,
  assign,
  exchange,
  FIELD_OF_AXIS,
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

const NOTHING: Quantities = uniform(0);

/** What an amount that was booked without a word came to. */
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

/** Returns the entry of something that was booked now. */
export function ledgerLineOf(
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

/** Frees what a reservation holds; it stays known for a late commit. */
export function endHold(books: Books, reservation: OpenReservation): void {
  free(books, reservation);
  books.keep({ ...reservation, expired: true });
}

/**
 * Returns whether a reservation holds its amount at every level: its lease lasts, and no reset
 * came.
 */
export function holds(pool: StoredPool, { expired, asOf }: OpenReservation): boolean {
  if (expired) return false;
  for (let level: StoredPool | undefined = pool; level !== undefined; level = level.above)
    if (asOf < level.state.droppedBefore) return false;
  return true;
}

/**
 * The pool, or the nearest above it that is left: what a reset has dropped in a pool that was
 * deleted since may be held above still.
 */
function nearestPool(books: Books, path: string): StoredPool | undefined {
  let pool = books.pool(path);
  for (let end = path.lastIndexOf("/"); pool === undefined && end > 0;)
    [pool, end] = [books.pool(path.slice(0, end)), path.lastIndexOf("/", end - 1)];
  return pool;
}

/** R11. Books a hold whose call was sent, and whose lease has ended, as used and unknown. */
export function loseHold(books: Books, reservation: OpenReservation, nowMs: number): void {
  const { id, path, quantities, asOf } = reservation;
  books.keep({ ...reservation, expired: true });
  const pool = nearestPool(books, path);
  if (pool === undefined) return;
  // R7. It is booked in the window of now, as any hold is.
  rollPath(books, pool, nowMs);
  for (const level of levelsOf(pool)) {
    const isHeld = asOf >= level.state.droppedBefore;
    bookAsUnknown(level, quantities, isHeld);
    if (isHeld) level.state.openReservations--;
  }
  markPath(books, pool);
  const entry = { id: lostHoldId(id), kind: "commit", asked: quantities, unknown: true } as const;
  books.append(ledgerLineOf(pool, entry, nowMs));
}

/** Takes back what stood in for a hold that is settled after all. */
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

/** R4, R5, R10. Commits a reservation; without a hold when its lease has ended or it is unknown. */
export function commit(
  books: Books,
  pool: StoredPool,
  command: CommitCommand,
  nowMs: number,
): Outcome {
  const { id, actual, unknown, policy, watched, about } = command;
  const reservation = books.reservation(id);
  // What is not settled has no entry.
  const entry = reservation === undefined ? books.entry(id) : undefined;
  if (entry !== undefined) return committedBefore(entry, command);
  if (
    reservation !== undefined &&
    (reservation.path !== command.path || reservation.slice !== undefined)
  )
    return { kind: "id taken" };
  const held = reservation === undefined || reservation.expired ? NO_HOLD : reservation;
  if (isLost(reservation)) checkTotals([...levelsOf(pool)], actual);
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
    ledgerLineOf(
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

/** R4. Releases what is still held; what is settled or unknown stays as it is. */
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
  books.append(ledgerLineOf(pool, { id, kind: "release", asked: NOTHING, ...about }, nowMs));
  return { kind: "done" };
}

/**
 * R10, R12. Undoes what was given up without an answer. What has not come yet finds a release under
 * its id; a record that was booked is returned, for an amendment.
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
    books.append(ledgerLineOf(pool, { id, kind: "release", asked: NOTHING }, nowMs));
    return { kind: "done" };
  }
  return entry.kind === "record" && entry.path === path
    ? { kind: "found", amount: amountOf(books, id, entry) }
    : { kind: "done" };
}

/** R11. Has the leases of what is still held end later, and notes that its call was sent. */
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

/** Returns what a commit or record has booked, as amended since. */
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
 * Corrects what was booked, at every level whose books it is still in: a correction belongs to the
 * period of what it corrects. Past a cap it is booked all the same.
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
  const counting = [...levelsOf(pool)].filter((level) => countsIn(level, entry));
  checkTotals(counting, difference);
  // From here on the amendment must succeed.
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
    ledgerLineOf(
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

/** R7. Whether an entry is still in what a level counts as used. */
function countsIn({ state, countsSince }: StoredPool, { asOf, bookedAt }: FoundEntry): boolean {
  if (asOf < state.droppedBefore) return false;
  if (state.window?.kind === "sliding" && bookedAt < state.windowStartsAt) return false;
  return countsSince === undefined ? bookedAt >= state.windowStartsAt : asOf >= countsSince;
}

/** R7. What was booked in the period before changes what that has left, and so what is carried. */
function correctLeft(books: Books, pool: StoredPool, entry: FoundEntry, by: Quantities): void {
  for (const level of levelsOf(pool)) {
    const { state } = level;
    if (entry.asOf >= state.droppedBefore && !countsIn(level, entry))
      useLeft(books, level, entry.bookedAt, by);
  }
}

/** R7. Uses more of what the period before has left, if an instant lies in it. */
export function useLeft(books: Books, level: StoredPool, at: number, amount: Quantities): void {
  if (!wasLeftOf(level.state, at)) return;
  useOfLeft(level.state, amount);
  books.changed(level);
}

/** R7. What is corrected of a part of a sliding window that is over leaves it with that part. */
function amendPart(state: StoredPool["state"], { bookedAt }: FoundEntry, by: Quantities): void {
  const { window } = state;
  const at = window?.kind === "sliding" ? partAt(state, window, bookedAt) : undefined;
  if (at !== undefined) addToPart(state, at, by);
}

/** Unknown falls to nothing at the least: a part of it may have left a sliding window. */
function subtractWithin(unknown: Quantities, amount: Quantities): void {
  assign(
    unknown,
    quantitiesOf((field) => Math.max(0, unknown[field] - amount[field])),
  );
}

/** R1. Fails where a total would pass 2^53 − 1. @throws {RangeError} if one would. */
export function checkTotals(levels: readonly StoredPool[], difference: Quantities): void {
  for (const { state } of levels) {
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      if (state.taken[field] + difference[field] > QUANTITY_MAX)
        throw totalTooLarge(state.path, axis);
    }
  }
}

/** Returns what a booking came to that added `overage`: a cap that it is over now is reported. */
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
