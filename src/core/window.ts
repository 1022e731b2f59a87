// R7. When a pool's window starts and ends. Pure: the instant is an argument, the zone data is the
// runtime's.

import { readCarryOver } from "./carry.ts";
import type { CarryOver, CarryRule } from "./carry.ts";
import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import { readSliding, slidingSpan } from "./sliding.ts";
import type { SlidingRule } from "./sliding.ts";
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
  /**
   * What a period leaves that is added to the caps of the next one, and up to how much.
   *
   * @default nothing
   */
  readonly carryOver?: CarryOver | undefined;
}

/**
 * A calendar period that begins later than the calendar's own: a month from the 15th, a day from
 * 06:00, a week from Sunday. Local time counts, in the `timeZone` of the pool.
 *
 * @example
 *   new BudgetPool({ caps: { usd: 50 }, window: { every: "month", on: 15 } });
 *   new BudgetPool({ window: { every: "day", at: "06:00" }, timeZone: "Europe/Berlin" });
 */
export interface AnchoredPeriod {
  readonly every: "day" | "week" | "month";
  /**
   * The day on which it begins: 1 to 31 of a month, whose last day stands for those that it does
   * not have; 1 (Monday) to 7 of a week.
   *
   * @default 1
   */
  readonly on?: number | undefined;
  /** The time of day at which it begins, from `"00:00"` to `"23:59"`. @default "00:00" */
  readonly at?: string | undefined;
  /**
   * In place of `on` and `at`: an instant at which one of the periods begins, as a `Date` or
   * milliseconds since 1970.
   */
  readonly anchor?: number | Date | undefined;
  /**
   * What a period leaves that is added to the caps of the next one, and up to how much.
   *
   * @default nothing
   */
  readonly carryOver?: CarryOver | undefined;
}

/**
 * A window that moves with the time: what was used in the last five hours, say. It moves in steps
 * of a sixtieth of its length, and what was used counts for the length at least, and for a step
 * more at the most: never too short, so that no more than the cap is used within the length.
 *
 * @example
 *   new BudgetPool({ caps: { usd: 5 }, window: { sliding: "5h" } });
 */
export interface SlidingPeriod {
  /**
   * The length: a number with its unit (`"30s"`, `"90m"`, `"5h"`, `"7d"`), or milliseconds; from 60
   * ms to 366 days.
   */
  readonly sliding: string | number;
}

/** The period after which used starts at zero, or for which it counts. */
export type WindowOption = CalendarPeriod | AnchoredPeriod | FixedPeriod | SlidingPeriod;

/** A window as read from options: plain data, so that it can be sent and kept as it is. */
export type WindowRule = PeriodRule | SlidingRule;

/** A window that ends, and with it what is used in it. */
export type PeriodRule = CalendarRule | FixedRule;

interface FixedRule {
  readonly kind: "fixed";
  readonly everyMs: number;
  readonly anchorMs: number;
  readonly carry?: CarryRule;
}

/** A calendar period, and how long after its own beginning the windows begin. */
interface CalendarRule {
  readonly kind: "calendar";
  readonly period: CalendarPeriod;
  readonly timeZone: string;
  readonly offsetMs: number;
  readonly carry?: CarryRule;
}

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
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;
const EPOCH_WEEKDAY = 3; // 1970-01-01 was a Thursday; Monday is 0
/** How long a period is: of months the mean, of 400 years. */
const LENGTH_MS: Readonly<Record<CalendarPeriod, number>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: WEEK_MS,
  month: 30.436875 * DAY_MS,
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
    return calendarRule(window, zoneOf(timeZone), 0);
  }
  if (typeof window !== "object" || window === null) throw badWindow(TypeError, window);
  if ("every" in window)
    return { ...readAnchored(window, zoneOf(timeZone)), ...readCarryOver(window.carryOver) };
  if (timeZone !== undefined)
    throw new TypeError(
      "`timeZone` needs a calendar window; others have the same length everywhere",
    );
  if ("sliding" in window) return readSliding(window);
  checkKeys(window, ["everyMs", "anchor", "carryOver"], "window");
  const { everyMs, anchor = 0, carryOver } = window;
  if (!Number.isSafeInteger(everyMs) || everyMs <= 0) {
    throw new RangeError(
      `Expected \`window.everyMs\` to be a positive safe integer, got ${describe(everyMs)}`,
    );
  }
  return { kind: "fixed", everyMs, anchorMs: readAnchor(anchor), ...readCarryOver(carryOver) };
}

function zoneOf(timeZone: string | undefined): TimeZone {
  return timeZone === undefined ? UTC : readTimeZone(timeZone);
}

function calendarRule(period: CalendarPeriod, zone: TimeZone, offsetMs: number): CalendarRule {
  return { kind: "calendar", period, timeZone: zone.name, offsetMs };
}

function readAnchor(anchor: number | Date): number {
  const anchorMs = anchor instanceof Date ? anchor.getTime() : anchor;
  if (Number.isSafeInteger(anchorMs)) return anchorMs;
  throw new RangeError(
    `Expected \`window.anchor\` to be a valid Date or whole milliseconds, got ${describe(anchor)}`,
  );
}

function readAnchored(window: AnchoredPeriod, zone: TimeZone): CalendarRule {
  checkKeys(window, ["every", "on", "at", "anchor", "carryOver"], "window");
  const { every, on = 1, at = "00:00", anchor } = window;
  const days = { day: 1, week: 7, month: 31 }[every];
  if (days === undefined)
    throw new (typeof every === "string" ? RangeError : TypeError)(
      `Expected \`window.every\` to be day, week or month, got ${describe(every)}`,
    );
  if (anchor !== undefined) {
    if (window.on !== undefined || window.at !== undefined)
      throw new TypeError("`window.anchor` cannot be combined with `window.on` or `window.at`");
    const anchorMs = readAnchor(anchor);
    const localMs = anchorMs + zone.offsetMsAt(anchorMs);
    return calendarRule(every, zone, localMs - localStartOf(calendarRule(every, zone, 0), localMs));
  }
  if (!Number.isInteger(on) || on < 1 || on > days)
    throw new RangeError(
      `Expected \`window.on\` to be a day of a ${every}, 1 to ${days}, got ${describe(on)}`,
    );
  const [, hours, minutes] = TIME_OF_DAY.exec(at) ?? [];
  if (hours === undefined)
    throw new RangeError(
      `Expected \`window.at\` to be a time of day such as "06:00", got ${describe(at)}`,
    );
  const timeMs = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  return calendarRule(every, zone, (on - 1) * DAY_MS + timeMs);
}

/** The window that an instant lies in. The windows of a rule touch, and none overlaps another. */
export function windowAt(rule: WindowRule, instantMs: number): WindowSpan {
  // A clock may tell fractions; windows start at whole milliseconds.
  const nowMs = Math.floor(instantMs);
  if (rule.kind === "sliding") return slidingSpan(rule, nowMs);
  if (rule.kind === "fixed") {
    const sinceStart = modulo(nowMs - rule.anchorMs, rule.everyMs);
    return { startsAt: nowMs - sinceStart, endsAt: nowMs - sinceStart + rule.everyMs };
  }
  const { period } = rule;
  const zone = readTimeZone(rule.timeZone);
  const startsAt = startOf(rule, zone, nowMs);
  if (zone === UTC) return { startsAt, endsAt: nextLocalStart(rule, startsAt) };
  // The end is where the next window starts: where the clocks say so, unless they were switched in
  // between, which makes a window longer or shorter by a day at most.
  const begunBy = (at: number): boolean => startOf(rule, zone, at) > startsAt;
  const expected = instantOf(
    zone,
    nextLocalStart(rule, localStartOf(rule, startsAt + zone.offsetMsAt(startsAt))),
  );
  if (expected > nowMs && !begunBy(expected - 1)) return { startsAt, endsAt: expected };
  return {
    startsAt,
    endsAt: firstInstant(nowMs, nowMs + LENGTH_MS[period] + 3 * DAY_MS, begunBy),
  };
}

/**
 * How many periods later one begins than another. Months, and days on which clocks are switched,
 * are never so far from the mean that it is another number.
 */
export function periodsBetween(rule: PeriodRule, startsAt: number, laterAt: number): number {
  const lengthMs = rule.kind === "fixed" ? rule.everyMs : LENGTH_MS[rule.period];
  return Math.round((laterAt - startsAt) / lengthMs);
}

/** The start of the window that an instant lies in; never falls as the instant rises. */
function startOf(rule: CalendarRule, zone: TimeZone, nowMs: number): number {
  const { period } = rule;
  const offsetMs = zone.offsetMsAt(nowMs);
  const localStart = localStartOf(rule, nowMs + offsetMs);
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
    if (localStartOf(rule, switchedAt - 1 + offsetBefore) < localStart) return switchedAt;
    return startOf(rule, zone, switchedAt - 1);
  }
  // Clocks set back over midnight show the evening before once more; by then the new day has begun.
  const nextStart = instantOf(zone, nextLocalStart(rule, localStart));
  return nextStart <= nowMs ? nextStart : instantOf(zone, localStart);
}

function localStartOf({ period, offsetMs }: CalendarRule, localMs: number): number {
  if (period === "month") {
    const startsAt = startInMonth(localMs, 0, offsetMs);
    return startsAt <= localMs ? startsAt : startInMonth(localMs, -1, offsetMs);
  }
  const sinceMonday = period === "week" ? EPOCH_WEEKDAY * DAY_MS : 0;
  return localMs - modulo(localMs + sinceMonday - offsetMs, LENGTH_MS[period]);
}

function nextLocalStart({ period, offsetMs }: CalendarRule, localStart: number): number {
  return period === "month"
    ? startInMonth(localStart, 1, offsetMs)
    : localStart + LENGTH_MS[period];
}

/** The start that lies in a month: on its last day where it is too short. */
function startInMonth(localMs: number, monthsLater: number, offsetMs: number): number {
  const date = new Date(localMs);
  const month = date.getUTCMonth() + monthsLater;
  date.setUTCMonth(month, 1);
  const first = date.setUTCHours(0, 0, 0, 0);
  date.setUTCMonth(date.getUTCMonth() + 1, 0);
  const days = Math.min(Math.floor(offsetMs / DAY_MS), date.getUTCDate() - 1);
  return first + days * DAY_MS + (offsetMs % DAY_MS);
}

function modulo(value: number, length: number): number {
  return ((value % length) + length) % length;
}

function badWindow(Kind: typeof RangeError | typeof TypeError, window: unknown): Error {
  return new Kind(
    `Expected \`window\` to be one of ${PERIODS.join(", ")}, { every, on, at }, { everyMs } or { sliding }, got ${describe(window)}`,
  );
}
