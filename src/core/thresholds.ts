// Thresholds: reports once, per axis and window, that used has reached a fraction of a cap.

import { AXES } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { describe } from "./describe.ts";
import { toUsd } from "./nano-usd.ts";
import type { CapQuantities } from "./caps.ts";
import type { PoolState } from "./pool-state.ts";
import { FIELD_OF_AXIS, plus } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";

/** Reported when used reaches a fraction of a cap. `usd` figures are dollars. */
export interface ThresholdEvent {
  /** The path of the pool. */
  readonly pool: string;
  readonly axis: Axis;
  /** The fraction of the cap that was reached, as given in `thresholds`. */
  readonly threshold: number;
  readonly used: number;
  readonly cap: number;
}

/** A larger value is a percentage by mistake, and would never be reached. */
const THRESHOLD_MAX = 10;

/**
 * Reads the `thresholds` option: fractions of a cap above zero; sorts them and removes duplicates.
 *
 * @throws {TypeError | RangeError} if it is not a list of such numbers.
 */
export function readThresholds(thresholds: readonly number[]): readonly number[] {
  if (!Array.isArray(thresholds)) {
    throw new TypeError(
      `Expected \`thresholds\` to be a list such as [0.5, 0.8, 1], got ${describe(thresholds)}`,
    );
  }
  for (const threshold of thresholds) {
    if (!(Number.isFinite(threshold) && threshold > 0 && threshold <= THRESHOLD_MAX)) {
      throw new RangeError(
        `Expected \`thresholds\` to be fractions of a cap, such as 0.8 for 80 %, above 0 and at most ${THRESHOLD_MAX}, got ${describe(threshold)}`,
      );
    }
  }
  return [...new Set(thresholds as readonly number[])].toSorted((a, b) => a - b);
}

/** Returns the thresholds that this pool has newly crossed, and marks them as reported. */
export function crossThresholds(pool: PoolState): readonly ThresholdEvent[] {
  if (pool.thresholds.length === 0 || isAsReported(pool)) return NONE;
  const events: ThresholdEvent[] = [];
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    const cap = pool.caps[field];
    if (cap === undefined) continue;
    const used = pool.taken[field] - pool.reserved[field];
    const shown = (quantity: number): number => (axis === "usd" ? toUsd(quantity) : quantity);
    const reached = countReached(pool.thresholds, used, cap);
    for (const threshold of pool.thresholds.slice(pool.thresholdsTold[field], reached)) {
      events.push({ pool: pool.path, axis, threshold, used: shown(used), cap: shown(cap) });
    }
    // A raised cap puts thresholds out of reach; reaching them again is a new crossing.
    pool.thresholdsTold[field] = reached;
  }
  return events;
}

const NONE: readonly ThresholdEvent[] = [];

/** Whether used is between the last threshold that was reported and the next one, on every axis. */
function isAsReported({
  thresholds,
  caps,
  taken,
  reserved,
  thresholdsTold: told,
}: PoolState): boolean {
  const used = plus(taken, reserved, -1);
  return (
    isBetween(thresholds, caps.tokens, used.tokens, told.tokens) &&
    isBetween(thresholds, caps.inputTokens, used.inputTokens, told.inputTokens) &&
    isBetween(thresholds, caps.outputTokens, used.outputTokens, told.outputTokens) &&
    isBetween(thresholds, caps.nanoUsd, used.nanoUsd, told.nanoUsd) &&
    isBetween(thresholds, caps.calls, used.calls, told.calls)
  );
}

/** The same on one axis, of which so many thresholds were reported. */
function isBetween(
  thresholds: readonly number[],
  cap: number | undefined,
  used: number,
  told: number,
): boolean {
  if (cap === undefined) return true;
  if (told < thresholds.length && used >= quantityAt(thresholds[told] ?? 0, cap)) return false;
  return told === 0 || used >= quantityAt(thresholds[told - 1] ?? 0, cap);
}

/** The cap and used on some axes, before or after a change. */
interface Standing {
  readonly caps: CapQuantities;
  readonly used: Quantities;
}

/** Returns the thresholds that a pool crossed between two states. */
export function thresholdsCrossed(
  pool: string,
  thresholds: readonly number[],
  before: Standing,
  now: Standing,
): ThresholdEvent[] {
  return AXES.flatMap((axis) => {
    const field = FIELD_OF_AXIS[axis];
    const cap = now.caps[field];
    if (cap === undefined) return [];
    const capBefore = before.caps[field];
    const told =
      capBefore === undefined ? 0 : countReached(thresholds, before.used[field], capBefore);
    const shown = (quantity: number): number => (axis === "usd" ? toUsd(quantity) : quantity);
    const used = shown(now.used[field]);
    return thresholds
      .slice(told, countReached(thresholds, now.used[field], cap))
      .map((threshold) => ({ pool, axis, threshold, used, cap: shown(cap) }));
  });
}

/** Unmarks, without a report, thresholds that used no longer reaches, as after a raised cap. */
export function lowerThresholds(pool: PoolState): void {
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    const cap = pool.caps[field];
    const used = pool.taken[field] - pool.reserved[field];
    const reached = cap === undefined ? 0 : countReached(pool.thresholds, used, cap);
    pool.thresholdsTold[field] = Math.min(pool.thresholdsTold[field], reached);
  }
}

/** Unmarks all thresholds: used is zero. */
export function forgetThresholds({ thresholdsTold }: PoolState): void {
  for (const axis of AXES) thresholdsTold[FIELD_OF_AXIS[axis]] = 0;
}

function countReached(thresholds: readonly number[], used: number, cap: number): number {
  let reached = 0;
  for (const threshold of thresholds) {
    if (used < quantityAt(threshold, cap)) break;
    reached++;
  }
  return reached;
}

/**
 * Returns the least integer that reaches a fraction of a cap; at least 1, so that zero usage
 * reaches nothing.
 */
function quantityAt(threshold: number, cap: number): number {
  const product = threshold * cap;
  const nearest = Math.round(product);
  // 0.1 is not exactly a tenth: a product within rounding error of an integer means that integer.
  const meant = Math.abs(product - nearest) <= product * 2 ** -51 ? nearest : Math.ceil(product);
  return Math.max(1, meant);
}
