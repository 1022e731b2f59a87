// R7. When a pool's window starts and ends. Pure: the instant is an argument, the zone data is the
// runtime's.

import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import { firstInstant, instantOf, readTimeZone, UTC } from "./time-zone.ts";
import type { TimeZone } from "./time-zone.ts";

/** A calendar period: weeks begin on Monday (ISO 8601), months on the first. */
export type CalendarPeriod = "minute" | "hour" | "day" | "week" | "month";

/**
 * A period of fixed length, counted from `anchor` (default: 1970-01-01T00:00Z) in both directions.
 */
export interface FixedPeriod {
  /** The length in milliseconds: a positive safe integer. */
  readonly everyMs: number;
  /** An instant at which a window begins: a `Date`, or milliseconds since 1970. */
  readonly anchor?: number | Date | undefined;
}

/** The period after which used starts at zero. */
export type WindowOption = CalendarPeriod | FixedPeriod;

/** A window as read from options: plain data, so that it can be sent and kept as it is. */
export type WindowRule =
  | { readonly kind: "calendar"; readonly period: CalendarPeriod; readonly timeZone: string }
  | { readonly kind: "fixed"; readonly everyMs: number; readonly anchorMs: number };

/** One window: from `startsAt` up to, not including, `endsAt`; milliseconds since 1970. */
export interface WindowSpan {
  readonly startsAt: number;
  readonly endsAt: number;
}

const PERIODS = ["minute", "hour", "day", "week", "month"] as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const EPOCH_WEEKDAY = 3; // 1970-01-01 was a Thursday; Monday is 0
const LENGTH_MS_MAX: Readonly<Record<CalendarPeriod, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: WEEK_MS,
  month: 31 * DAY_MS,
};

/**
 * Reads the `window` and `timeZone` options of a pool.
 *
 * @throws {TypeError | RangeError} when they do not name a window, or a time zone comes without a
 * calendar period.
 */
export function readWindow(window: WindowOption, timeZone?: string): WindowRule {
  if (typeof window === "string") {
    if (!(PERIODS as readonly string[]).includes(window)) throw badWindow(RangeError, window);
    return {
      kind: "calendar",
      period: window,
      timeZone: timeZone === undefined ? UTC.name : readTimeZone(timeZone).name,
    };
  }
  if (typeof window !== "object" || window === null) throw badWindow(TypeError, window);
  if (timeZone !== undefined) {
    throw new TypeError(
      "`timeZone` goes with a calendar window; a window of `everyMs` is the same length everywhere",
    );
  }
  checkKeys(window, ["everyMs", "anchor"], "window");
  const { everyMs, anchor = 0 } = window;
  if (!Number.isSafeInteger(everyMs) || everyMs <= 0) {
    throw new RangeError(
      `Expected \`window.everyMs\` to be a positive safe integer, got ${describe(everyMs)}`,
    );
  }
  const anchorMs = anchor instanceof Date ? anchor.getTime() : anchor;
  if (!Number.isSafeInteger(anchorMs)) {
    throw new RangeError(
      `Expected \`window.anchor\` to be a valid Date or whole milliseconds, got ${describe(anchor)}`,
    );
  }
  return { kind: "fixed", everyMs, anchorMs };
}

/** The window that an instant lies in. The windows of a rule touch, and none overlaps another. */
export function windowAt(rule: WindowRule, instantMs: number): WindowSpan {
  // A clock may tell fractions; windows start at whole milliseconds.
  const nowMs = Math.floor(instantMs);
  if (rule.kind === "fixed") {
    const sinceStart = modulo(nowMs - rule.anchorMs, rule.everyMs);
    return { startsAt: nowMs - sinceStart, endsAt: nowMs - sinceStart + rule.everyMs };
  }
  const { period } = rule;
  const zone = readTimeZone(rule.timeZone);
  const startsAt = startOf(period, zone, nowMs);
  if (zone === UTC) return { startsAt, endsAt: nextLocalStart(period, startsAt) };
  // The end is where the next window starts: where the clocks say so, unless they were switched in
  // between, which makes a window longer or shorter by a day at most.
  const begunBy = (at: number): boolean => startOf(period, zone, at) > startsAt;
  const expected = instantOf(
    zone,
    nextLocalStart(period, localStartOf(period, startsAt + zone.offsetMsAt(startsAt))),
  );
  if (expected > nowMs && !begunBy(expected - 1)) return { startsAt, endsAt: expected };
  return {
    startsAt,
    endsAt: firstInstant(nowMs, nowMs + LENGTH_MS_MAX[period] + 2 * DAY_MS, begunBy),
  };
}

/** The start of the window that an instant lies in; never falls as the instant rises. */
function startOf(period: CalendarPeriod, zone: TimeZone, nowMs: number): number {
  const offsetMs = zone.offsetMsAt(nowMs);
  const localStart = localStartOf(period, nowMs + offsetMs);
  if (zone === UTC) return localStart;
  if (period === "minute" || period === "hour") {
    // An hour shown twice is two hours: the start has the offset of now.
    const startsAt = localStart - offsetMs;
    const offsetBefore = zone.offsetMsAt(startsAt);
    if (offsetBefore === offsetMs) return startsAt;
    // Unless clocks were switched since. Set forward past a start, they start it there; set back,
    // they start nothing.
    const hasOffset = (at: number): boolean => zone.offsetMsAt(at) === offsetMs;
    const switchedAt = firstInstant(startsAt, nowMs, hasOffset);
    if (localStartOf(period, switchedAt - 1 + offsetBefore) < localStart) return switchedAt;
    return startOf(period, zone, switchedAt - 1);
  }
  // Clocks set back over midnight show the evening before once more; by then the new day has begun.
  const nextStart = instantOf(zone, nextLocalStart(period, localStart));
  return nextStart <= nowMs ? nextStart : instantOf(zone, localStart);
}

function localStartOf(period: CalendarPeriod, localMs: number): number {
  if (period === "month") return startOfMonth(localMs, 0);
  const sinceMonday = period === "week" ? EPOCH_WEEKDAY * DAY_MS : 0;
  return localMs - modulo(localMs + sinceMonday, LENGTH_MS_MAX[period]);
}

function nextLocalStart(period: CalendarPeriod, localStart: number): number {
  return period === "month" ? startOfMonth(localStart, 1) : localStart + LENGTH_MS_MAX[period];
}

function startOfMonth(localMs: number, monthsLater: number): number {
  const date = new Date(localMs);
  date.setUTCMonth(date.getUTCMonth() + monthsLater, 1);
  return date.setUTCHours(0, 0, 0, 0);
}

function modulo(value: number, length: number): number {
  return ((value % length) + length) % length;
}

function badWindow(Kind: typeof RangeError | typeof TypeError, window: unknown): Error {
  return new Kind(
    `Expected \`window\` to be one of ${PERIODS.join(", ")} or { everyMs }, got ${describe(window)}`,
  );
}
