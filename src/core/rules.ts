// The rules R2 to R9 and R14 of a budget, over the states of a pool and the pools above it. Pure
// and synchronous: no clock, no I/O, no randomness. Every function first checks every level and
// axis, and only then assigns, so a refused or throwing call changes nothing. A store calls these
// functions inside one exclusive step.

import { AXES } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { capsView, limitsOf } from "./caps.ts";
import type { CapQuantities } from "./caps.ts";
import { capNow, carryLimit } from "./carry.ts";
import { frozenRefusal, limitsNow } from "./frozen.ts";
import { toUsd } from "./nano-usd.ts";
import type { OveragePolicy, PoolState } from "./pool-state.ts";
import {
  add,
  assign,
  exchange,
  FIELD_OF_AXIS,
  fitsWithin,
  quantitiesOf,
  QUANTITY_MAX,
  subtract,
  uniform,
} from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { Refusal, RefusalReason } from "./refusal.ts";

const NOTHING: Quantities = uniform(0);
const COUNTABLE: Quantities = limitsOf({});

/**
 * R8. Returns the levels of a path that refuse a request because of a cap or the largest integer.
 */
export function refusingLevels(pool: PoolState, ask: Quantities): PoolState[] {
  return [...pathOf(pool)].filter((level) => !fitsWithin(level.taken, ask, level.limits));
}

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
    add(level.taken, ask);
    level = level.parent;
  } while (level !== undefined);
}

/** R4. Reserves a request that fits, on every level. */
export function hold(pool: PoolState, ask: Quantities): Hold {
  let level: PoolState | undefined = pool;
  do {
    add(level.taken, ask);
    add(level.reserved, ask);
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
  return frozenRefusal(pool, ask) ?? refusalByCap(pool, ask);
}

/** Returns the same, ignoring freezes. */
export function refusalByCap(pool: PoolState, ask: Quantities): Refusal | undefined {
  let told: (Refusal & { readonly reason: CapReason }) | undefined;
  for (const level of pathOf(pool)) {
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      const reserved = level.reserved[field];
      const used = level.taken[field] - reserved;
      const reason = reasonToRefuse(level, field, used, reserved, ask[field]);
      if (reason !== undefined && (told === undefined || LASTING[reason] > LASTING[told.reason])) {
        const attempted = used + reserved + ask[field];
        told = refusal(level, axis, { attempted, used, reserved, reason });
      }
    }
  }
  if (told !== undefined) return told;
  for (const level of pathOf(pool)) checkTotals(level, NOTHING, ask);
  return undefined;
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

const LASTING: Readonly<Record<CapReason, number>> = { never: 3, spent: 2, busy: 1 };

/** Returns why a cap refuses. */
type CapReason = Exclude<RefusalReason, "frozen">;

/**
 * R3. Returns why `ask` does not fit next to `used` and `reserved` under the level's cap; undefined
 * if it does.
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

function refusal(
  level: PoolState,
  axis: Axis,
  found: { attempted: number; used: number; reserved: number; reason: CapReason },
): Refusal & { readonly reason: CapReason } {
  const shown = (quantity: number): number => (axis === "usd" ? toUsd(quantity) : quantity);
  const cap = capNow(level, FIELD_OF_AXIS[axis]) ?? QUANTITY_MAX;
  return {
    pool: level.path,
    axis,
    attempted: shown(found.attempted),
    cap: shown(cap),
    used: shown(found.used),
    reserved: shown(found.reserved),
    remaining: shown(cap - found.used - found.reserved),
    reason: found.reason,
    ...(found.reason === "spent" && level.window !== undefined && { resetsAt: level.windowEndsAt }),
  };
}

/**
 * R1. Checks that no total of this level passes 2^53 − 1 with `freed` subtracted and `ask` added.
 */
function checkTotals(level: PoolState, freed: Quantities, ask: Quantities): void {
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    if (level.taken[field] - freed[field] + ask[field] > QUANTITY_MAX) {
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
  if (held.asOf === pool.tree.resets && fitsWithin(NOTHING, actual, held.quantities)) {
    // Without a reset and without overage, the totals do not grow, so no cap can refuse.
    settleLevels(pool, held, actual);
    return WITHIN_HOLD;
  }
  const policy = policyGiven ?? overagePolicyOf(pool);
  const overage = overageOf(pool, held, actual);
  const exceeded = exceededBy(pool, held, actual, policy);
  const booked = exceeded === undefined || policy !== "reject";
  if (booked) for (const level of pathOf(pool)) checkTotals(level, heldAt(level, held), actual);
  // From here on the commit cannot fail.
  settleLevels(pool, held, booked ? actual : NOTHING);
  return { booked, overage, exceeded, throws: exceeded !== undefined && policy !== "allow" };
}

/** R4, R6. Releases the remaining hold; a part that a reset dropped stays dropped. */
export function release(pool: PoolState, held: Hold): void {
  settleLevels(pool, held, NOTHING);
}

function settleLevels(pool: PoolState, held: Hold, actual: Quantities): void {
  let level: PoolState | undefined = pool;
  do {
    if (isHeldAt(level, held)) {
      exchange(level.taken, held.quantities, actual);
      subtract(level.reserved, held.quantities);
      level.openReservations--;
    } else {
      add(level.taken, actual);
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
  for (const level of pathOf(pool)) {
    if (!isHeldAt(level, held)) leastHeld = NOTHING;
  }
  return quantitiesOf((field) => Math.max(0, actual[field] - leastHeld[field]));
}

/**
 * R5. Returns a cap that overage leaves exceeded, in the form of a refusal, for a level and axis
 * with overage.
 */
function exceededBy(
  pool: PoolState,
  held: Hold,
  actual: Quantities,
  policy: OveragePolicy,
): Refusal | undefined {
  let told: (Refusal & { readonly reason: CapReason }) | undefined;
  for (const level of pathOf(pool)) {
    const heldHere = heldAt(level, held);
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      if (actual[field] <= heldHere[field]) continue;
      const reserved = level.reserved[field] - heldHere[field];
      const usedBefore = level.taken[field] - level.reserved[field];
      const reason = reasonToRefuse(level, field, usedBefore, reserved, actual[field]);
      if (reason !== undefined && (told === undefined || LASTING[reason] > LASTING[told.reason])) {
        const attempted = usedBefore + reserved + actual[field];
        const used = policy === "reject" ? usedBefore : usedBefore + actual[field];
        told = refusal(level, axis, { attempted, used, reserved, reason });
      }
    }
  }
  return told;
}

/** R5. Returns the policy of the pool, or of the nearest pool above it that has one. */
export function overagePolicyOf(pool: PoolState): OveragePolicy {
  for (const level of pathOf(pool)) {
    if (level.overage !== undefined) return level.overage;
  }
  return "throw";
}

/** R6. Zeroes used, drops the open reservations and raises the generation, on this pool only. */
export function reset(pool: PoolState): void {
  assign(pool.taken, NOTHING);
  assign(pool.reserved, NOTHING);
  assign(pool.thresholdsTold, NOTHING);
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
  pool.capsView = Object.freeze(capsView(caps));
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
  for (const level of pathOf(pool)) {
    for (const axis of AXES) {
      const field = FIELD_OF_AXIS[axis];
      const room = level.limits[field] - level.taken[field] - fixed[field];
      if (room < 0) return -1;
      // Exact: the remainder of two integers is exact, and so is dividing the difference.
      if (unit[field] > 0) units = Math.min(units, (room - (room % unit[field])) / unit[field]);
    }
  }
  return units;
}

/** R14. Returns `fixed + units · unit`. */
export function grantOf(fixed: Quantities, unit: Quantities, units: number): Quantities {
  return quantitiesOf((field) => fixed[field] + units * unit[field]);
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
