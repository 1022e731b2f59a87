// R7. Sliding windows: what was used in the last parts of a window, each a sixtieth of its length.
// A part is dropped when all of it is older than the length, so that nothing is dropped too early.

import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import type { PoolState } from "./pool-state.ts";
import { fitsWithin, NOTHING, plus, subtract } from "./quantities.ts";
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

/** How long a part is. */
function partMsOf({ lengthMs }: SlidingRule): number {
  return Math.ceil(lengthMs / PARTS);
}

/** Returns from when on what was used counts at an instant, and when that changes next. */
export function slidingSpan(rule: SlidingRule, nowMs: number): WindowSpan {
  const partMs = partMsOf(rule);
  const now = Math.floor(nowMs / partMs);
  return { startsAt: (now - PARTS) * partMs, endsAt: (now + 1) * partMs };
}

/**
 * Moves a window on: what was used since the last move is in the part that has ended, and parts
 * that are over are no longer used.
 */
export function slide(level: PoolState, rule: SlidingRule, span: WindowSpan): void {
  const partMs = partMsOf(rule);
  const first = span.startsAt / partMs;
  const since = usedSince(level);
  const parts = [...level.parts];
  if (!fitsWithin(since, since, NOTHING))
    parts.push({ at: level.windowEndsAt / partMs - 1, used: since });
  for (const { at, used } of parts) if (at < first) subtract(level.taken, used);
  level.parts = parts.filter(({ at }) => at >= first);
  // Thresholds that used no longer reaches are reported when it reaches them again.
  lowerThresholds(level);
}

/**
 * Returns the part of a sliding window in which an instant lies, if it is over and still counts;
 * undefined of the part of now, which is whatever is in no other.
 */
export function partAt(level: PoolState, rule: SlidingRule, atMs: number): number | undefined {
  const partMs = partMsOf(rule);
  const at = Math.floor(atMs / partMs);
  return at < level.windowEndsAt / partMs - 1 ? at : undefined;
}

/** Adds to what was used in a part that is over. */
export function addToPart(level: PoolState, at: number, difference: Quantities): void {
  const before = level.parts.find((part) => part.at === at)?.used ?? NOTHING;
  const used = plus(before, difference, 1);
  const others = level.parts.filter((part) => part.at !== at);
  level.parts = [...others, { at, used }].toSorted((one, other) => one.at - other.at);
}

/** What was used since the last part ended. */
function usedSince({ taken, reserved, parts }: PoolState): Quantities {
  const since = plus(taken, reserved, -1);
  for (const { used } of parts) subtract(since, used);
  return since;
}
