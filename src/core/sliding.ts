// R7. Sliding windows: the usage of the last parts of a window, each a sixtieth of its length. A
// part is dropped when all of it is older than the length, so that nothing is dropped too early.

import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import type { PoolState } from "./pool-state.ts";
import { fitsWithin, NOTHING, plus } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import { lowerThresholds } from "./thresholds.ts";
import type { SlidingPeriod, SlidingRule, WindowSpan } from "./window-rule.ts";

/** Into how many parts a sliding window is divided. */
const PARTS = 60;
const LENGTH_MS_MIN = 60;
const LENGTH_MS_MAX = 366 * 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const LENGTH = /^(\d{1,9})(s|m|h|d)$/;

/**
 * Reads a sliding window.
 *
 * @throws {TypeError | RangeError} if its length is invalid.
 */
export function readSliding(window: SlidingPeriod): SlidingRule {
  checkKeys(window, ["sliding"], "window");
  const { sliding } = window;
  const [, count, unit = ""] = typeof sliding === "string" ? (LENGTH.exec(sliding) ?? []) : [];
  const lengthMs = typeof sliding === "number" ? sliding : Number(count) * (UNITS[unit] ?? 0);
  if (Number.isSafeInteger(lengthMs) && lengthMs >= LENGTH_MS_MIN && lengthMs <= LENGTH_MS_MAX)
    return { kind: "sliding", lengthMs };
  throw new RangeError(
    `Expected \`window.sliding\` to be a length such as "5h", or milliseconds, from 60 ms to 366 days, got ${describe(sliding)}`,
  );
}

/** Returns the length of a part. */
function partMsOf({ lengthMs }: SlidingRule): number {
  return Math.ceil(lengthMs / PARTS);
}

/** Returns the instant from which on usage counts now, and when that changes next. */
export function slidingSpan(rule: SlidingRule, nowMs: number): WindowSpan {
  const partMs = partMsOf(rule);
  const now = Math.floor(nowMs / partMs);
  return { startsAt: (now - PARTS) * partMs, endsAt: (now + 1) * partMs };
}

/**
 * Moves a window on: usage since the last move goes to the part that has ended, and parts that are
 * over no longer count.
 */
export function slide(level: PoolState, rule: SlidingRule, span: WindowSpan): void {
  const partMs = partMsOf(rule);
  const first = span.startsAt / partMs;
  const since = usedSince(level);
  const parts = [...level.parts];
  if (!fitsWithin(since, since, NOTHING))
    parts.push({ at: level.windowEndsAt / partMs - 1, used: since });
  for (const { at, used } of parts) if (at < first) level.taken.subtract(used);
  level.parts = parts.filter(({ at }) => at >= first);
  // A threshold that used no longer reaches is reported when it is reached again.
  lowerThresholds(level);
}

/**
 * Returns the past part of a sliding window that contains an instant and still counts; undefined
 * for the current part, which is whatever no other part contains.
 */
export function partAt(level: PoolState, rule: SlidingRule, atMs: number): number | undefined {
  const partMs = partMsOf(rule);
  const at = Math.floor(atMs / partMs);
  return at < level.windowEndsAt / partMs - 1 ? at : undefined;
}

/** Adds to the usage of a past part. */
export function addToPart(level: PoolState, at: number, difference: Quantities): void {
  const before = level.parts.find((part) => part.at === at)?.used ?? NOTHING;
  const used = plus(before, difference, 1);
  const others = level.parts.filter((part) => part.at !== at);
  level.parts = [...others, { at, used }].toSorted((one, other) => one.at - other.at);
}

/** Usage since the last part ended. */
function usedSince({ taken, reserved, parts }: PoolState): Quantities {
  return parts.reduce((since, { used }) => plus(since, used, -1), plus(taken, reserved, -1));
}
