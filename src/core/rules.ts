// The rules R2 to R9 and R14 of a budget, over the states of a pool and the pools above it. Pure
// and synchronous: no clock, no I/O, no randomness. Every function first checks every level and
// axis, and only then assigns, so a refused or throwing call changes nothing. A store calls these
// functions inside one exclusive step.

import { AXES } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { limitsOf } from "./caps.ts";
import type { CapQuantities } from "./caps.ts";
import { capNow, carryLimit } from "./carry.ts";
import { frozenRefusal, limitsNow, refusalOn } from "./frozen.ts";
import type { OveragePolicy, PoolState } from "./pool-state.ts";
import { beyond, FIELD_OF_AXIS, fitsWithin, NOTHING, plus, QUANTITY_MAX } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { Refusal, RefusalReason } from "./refusal.ts";
import { forgetThresholds } from "./thresholds.ts";

const COUNTABLE: Quantities = /* @__PURE__ */ limitsOf({});

/** R2, R8. Returns whether a request fits on every axis of the pool and of every pool above it. */
export function fits(pool: PoolState, ask: Quantities): boolean {
  let level: PoolState | undefined = pool;
  do {
    if (!fitsWithin(level.taken, ask, level.limits)) return false;
    level = level.parent;
  } while (level !== undefined);
  return true;
}

/** Books a request that fits as used, on every level. */
export function book(pool: PoolState, ask: Quantities): void {
  let level: PoolState | undefined = pool;
  do {
    level.taken.add(ask);
    level = level.parent;
  } while (level !== undefined);
}

/** R4. Reserves a request that fits, on every level. */
export function hold(pool: PoolState, ask: Quantities): Hold {
  book(pool, ask);
  return holdBooked(pool, ask);
}

/**
 * R2, R8. `book`, if the request fits on every level; returns whether it did. It judges and books
 * in one pass, for the pools in memory, whose steps nothing else can see.
 *
 * @throws {RangeError} if no cap refuses, but a total would pass 2^53 − 1 (R1).
 */
export function bookIfFits(pool: PoolState, ask: Quantities): boolean {
  let level: PoolState | undefined = pool;
  do {
    const passing = level.taken.addWithin(ask, level.limits);
    if (passing >= 0) {
      if (level !== pool) unbookBelow(level, pool, ask);
      // A total within 2^53 − 1 is refused by a cap.
      if (passing > Number.MAX_SAFE_INTEGER) refusalOf(pool, ask);
      return false;
    }
    level = level.parent;
  } while (level !== undefined);
  return true;
}

/** Takes back what was booked on the pool and those above it, up to a level that refuses. */
function unbookBelow(refusing: PoolState, pool: PoolState, ask: Quantities): void {
  let level: PoolState | undefined = pool;
  while (level !== undefined && level !== refusing) {
    level.taken.subtract(ask);
    level = level.parent;
  }
}

/** R2, R4, R8. `hold`, if the request fits on every level, in one pass as `bookIfFits`. */
export function holdIfFits(pool: PoolState, ask: Quantities): Hold | undefined {
  return bookIfFits(pool, ask) ? holdBooked(pool, ask) : undefined;
}

/** Turns what is booked as used into a hold. */
function holdBooked(pool: PoolState, ask: Quantities): Hold {
  let level: PoolState | undefined = pool;
  do {
    level.reserved.add(ask);
    level.openReservations++;
    level = level.parent;
  } while (level !== undefined);
  return { quantities: ask, asOf: pool.tree.resets };
}

/**
 * R3. Returns why a request does not fit; undefined if it does. The most lasting reason is
 * reported, at the first level from the pool up, on the first axis; a frozen pool (R17) takes
 * precedence.
 *
 * @throws {RangeError} if no cap refuses, but a total would pass 2^53 − 1 (R1).
 */
export function refusalOf(pool: PoolState, ask: Quantities): Refusal | undefined {
  if (fits(pool, ask)) return undefined;
  return frozenRefusal(pool, ask) ?? refusalByCap(pool, ask);
}

/** Returns the same, ignoring freezes. */
export function refusalByCap(pool: PoolState, ask: Quantities): Refusal | undefined {
  const lasting = capRefusal(pool, NO_HOLD, ask);
  if (lasting === undefined) checkTotals(pool, NO_HOLD, ask);
  return lasting;
}

/**
 * R1. Returns whether every total stays within 2^53 − 1 with `ask` added, so that only a cap can
 * refuse it.
 */
export function isCountable(pool: PoolState, ask: Quantities): boolean {
  let level: PoolState | undefined = pool;
  do {
    if (!fitsWithin(level.taken, ask, COUNTABLE)) return false;
    level = level.parent;
  } while (level !== undefined);
  return true;
}

/** R1. Checks that only a cap refuses a request. @throws {RangeError} if none does. */
export function checkCountable(pool: PoolState, ask: Quantities): void {
  if (!isCountable(pool, ask)) refusalOf(pool, ask);
}

const LASTING: Readonly<Record<CapReason, number>> = { never: 3, spent: 2, busy: 1 };

/** Returns why a cap refuses. */
type CapReason = Exclude<RefusalReason, "frozen">;

/**
 * R3. Returns why a cap refuses `ask` in place of the hold. With the policy of a commit (R5): a cap
 * that overage leaves exceeded, on an axis with overage.
 */
function capRefusal(
  pool: PoolState,
  held: Hold,
  ask: Quantities,
  policy?: OveragePolicy,
): Refusal | undefined {
  let lasting: (Refusal & { readonly reason: CapReason }) | undefined;
  for (const level of pathOf(pool)) {
    const heldHere = heldAt(level, held);
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      if (policy !== undefined && ask[field] <= heldHere[field]) continue;
      const reserved = level.reserved[field] - heldHere[field];
      const usedBefore = level.taken[field] - level.reserved[field];
      const reason = reasonToRefuse(level, field, usedBefore, reserved, ask[field]);
      if (
        reason !== undefined &&
        (lasting === undefined || LASTING[reason] > LASTING[lasting.reason])
      ) {
        const attempted = usedBefore + reserved + ask[field];
        const isBooked = policy !== undefined && policy !== "reject";
        const used = isBooked ? usedBefore + ask[field] : usedBefore;
        lasting = refusalOn(level, axis, { attempted, used, reserved, reason });
      }
    }
  }
  return lasting;
}

/**
 * R3. Why `ask` does not fit beside `used` and `reserved` under the level's cap; undefined when it
 * does.
 */
function reasonToRefuse(
  level: PoolState,
  field: keyof Quantities,
  used: number,
  reserved: number,
  ask: number,
): CapReason | undefined {
  const cap = capNow(level, field);
  if (cap === undefined || used + reserved + ask <= cap) return undefined;
  // With carry-over, a request above the cap may fit in another period.
  if (ask > cap && ask > (level.caps[field] ?? 0) + carryLimit(level, field)) return "never";
  return used + ask > cap ? "spent" : "busy";
}

/** R1. Checks that no total passes 2^53 − 1 with `ask` in place of the hold. */
function checkTotals(pool: PoolState, held: Hold, ask: Quantities): void {
  for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
    const freed = heldAt(level, held);
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      if (level.taken[field] - freed[field] + ask[field] > QUANTITY_MAX)
        throw totalTooLarge(level.path, axis);
    }
  }
}

/** R1. Returns the error for a total that would pass 2^53 − 1. */
export function totalTooLarge(path: string, axis: Axis): RangeError {
  const unit = axis === "usd" ? "nano-dollars" : axis;
  return new RangeError(
    `The total of \`${axis}\` would pass ${QUANTITY_MAX} ${unit} in pool "${path}"; reset the pool or use several pools`,
  );
}

/** The result of a commit. */
export interface Settled {
  /** Whether `actual` was booked: false only under the policy `"reject"`. */
  readonly booked: boolean;
  /**
   * Usage beyond the remaining hold, by axis, at the level where it is largest; undefined for none.
   */
  readonly overage: Quantities | undefined;
  /** Why the pool or one above it is now over a cap; undefined if none is, or without overage. */
  readonly exceeded: Refusal | undefined;
  /** Whether the overage policy throws `exceeded`. */
  readonly throws: boolean;
}

/** The result of a commit within its hold. */
const WITHIN_HOLD: Settled = {
  booked: true,
  overage: undefined,
  exceeded: undefined,
  throws: false,
};

/** What a reservation holds on its pool and on every pool above it. */
export interface Hold {
  readonly quantities: Quantities;
  /** How many resets the tree had counted when the hold was made. */
  readonly asOf: number;
}

/** A hold that never existed: settling it books everything as overage. */
export const NO_HOLD: Hold = { quantities: NOTHING, asOf: -1 };

/**
 * R4, R5, R6. Settles a hold at what was really used, on every level. Usage beyond the remaining
 * hold is overage: the provider has been paid by now, so it is booked whatever the caps say, and
 * the next request is refused instead. `policyGiven` overrides the overage policy of the pool.
 *
 * @throws {RangeError} if a total would pass 2^53 − 1 (R1); the hold stays open.
 */
export function settle(
  pool: PoolState,
  held: Hold,
  actual: Quantities,
  policyGiven?: OveragePolicy,
): Settled {
  if (settleWithin(pool, held, actual)) return WITHIN_HOLD;
  const policy = policyGiven ?? overagePolicyOf(pool);
  const overage = overageOf(pool, held, actual);
  // If it fits next to everything held, no cap is exceeded.
  const hasRoom = fits(pool, overage);
  const exceeded = hasRoom ? undefined : capRefusal(pool, held, actual, policy);
  const booked = exceeded === undefined || policy !== "reject";
  if (booked && !hasRoom) checkTotals(pool, held, actual);
  // From here on the commit must succeed.
  settleLevels(pool, held, booked ? actual : NOTHING);
  return { booked, overage, exceeded, throws: exceeded !== undefined && policy !== "allow" };
}

/**
 * R4. Settles a hold at no more than it holds, if no reset has dropped a part of it: the totals do
 * not grow, so no cap can refuse. Otherwise changes nothing and returns false.
 */
export function settleWithin(pool: PoolState, held: Hold, actual: Quantities): boolean {
  if (held.asOf !== pool.tree.resets || !fitsWithin(NOTHING, actual, held.quantities)) return false;
  settleLevels(pool, held, actual);
  return true;
}

/** R4, R6. Releases the remaining hold; a part that a reset dropped stays dropped. */
export function release(pool: PoolState, held: Hold): void {
  settleLevels(pool, held, NOTHING);
}

function settleLevels(pool: PoolState, held: Hold, actual: Quantities): void {
  let level: PoolState | undefined = pool;
  do {
    if (isHeldAt(level, held)) {
      level.taken.exchange(held.quantities, actual);
      level.reserved.subtract(held.quantities);
      level.openReservations--;
    } else {
      level.taken.add(actual);
    }
    level = level.parent;
  } while (level !== undefined);
}

function isHeldAt(level: PoolState, held: Hold): boolean {
  return held.asOf >= level.droppedBefore;
}

function heldAt(level: PoolState, held: Hold): Quantities {
  return isHeldAt(level, held) ? held.quantities : NOTHING;
}

/** R5. Returns usage beyond the remaining hold: all of it if a reset dropped the hold. */
function overageOf(pool: PoolState, held: Hold, actual: Quantities): Quantities {
  let leastHeld = held.quantities;
  let level: PoolState | undefined = pool;
  do {
    if (!isHeldAt(level, held)) leastHeld = NOTHING;
    level = level.parent;
  } while (level !== undefined);
  return beyond(actual, leastHeld);
}

/** R5. Returns the policy of the pool, or of the nearest pool above it that has one. */
export function overagePolicyOf(pool: PoolState): OveragePolicy {
  let level: PoolState | undefined = pool;
  while (level !== undefined && level.overage === undefined) level = level.parent;
  return level?.overage ?? "throw";
}

/** R6. Zeroes used, drops the open reservations and raises the generation, on this pool only. */
export function reset(pool: PoolState): void {
  pool.taken.exchange(pool.taken, NOTHING);
  pool.reserved.exchange(pool.reserved, NOTHING);
  forgetThresholds(pool);
  pool.parts = [];
  pool.limits = limitsNow(pool);
  pool.openReservations = 0;
  pool.generation++;
  pool.tree.resets++;
  pool.droppedBefore = pool.tree.resets;
}

/** R9. Replaces caps. Nothing is evicted: holds above a lowered cap stay until they settle. */
export function setCaps(pool: PoolState, caps: CapQuantities): void {
  pool.caps = caps;
  pool.limits = limitsNow(pool);
  pool.capsView = undefined;
}

/**
 * R14. Returns the largest `n` up to `max` with which `fixed + n · unit` fits; −1 if not even
 * `fixed` does.
 */
export function largestGrant(
  pool: PoolState,
  fixed: Quantities,
  unit: Quantities,
  max: number,
): number {
  let units = max;
  for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
    if (!fitsWithin(level.taken, fixed, level.limits)) return -1;
    const room = plus(level.limits, level.taken, -1);
    units = Math.min(
      units,
      unitsIn(room.tokens - fixed.tokens, unit.tokens),
      unitsIn(room.inputTokens - fixed.inputTokens, unit.inputTokens),
      unitsIn(room.outputTokens - fixed.outputTokens, unit.outputTokens),
      unitsIn(room.nanoUsd - fixed.nanoUsd, unit.nanoUsd),
      unitsIn(room.calls - fixed.calls, unit.calls),
    );
  }
  return units;
}

/**
 * Returns how many units fit into a room. Exact: a quotient that was rounded up is one too many,
 * which is corrected.
 */
function unitsIn(room: number, unit: number): number {
  if (unit === 0) return QUANTITY_MAX;
  const units = Math.floor(room / unit);
  return units * unit > room ? units - 1 : units;
}

/** R8. Returns the root of a pool's tree. */
export function rootOf(pool: PoolState): PoolState {
  let root = pool;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

/**
 * R8. The pool and every pool above it. The hot functions walk the path without it.
 *
 * @yields each level, from leaf to root
 */
export function* pathOf(pool: PoolState): Generator<PoolState> {
  for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent)
    yield level;
}
