// R7. When a pool's window starts and ends. Pure: the instant is an argument, the zone data is the
// runtime's.

import { readCarryOver } from "./carry.ts";
import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import { readSliding, slidingSpan } from "./sliding.ts";
import { firstInstant, instantOf, readTimeZone, remember, UTC } from "./time-zone.ts";
import type { TimeZone } from "./time-zone.ts";
import type {
  CalendarPeriod,
  CalendarRule,
  AnchoredPeriod,
  PeriodRule,
  WindowOption,
  WindowRule,
  WindowSpan,
} from "./window-rule.ts";

const PERIODS = ["minute", "hour", "day", "week", "month"] as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;
const EPOCH_WEEKDAY = 3; // 1970-01-01 was a Thursday; Monday is 0
/** The length of a period: for months the mean over 400 years. */
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
 * @throws {TypeError | RangeError} if they are not a valid window, or if a time zone is given
 * without a calendar period.
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

/** Returns the window that contains an instant. The windows of a rule touch, and never overlap. */
export function windowAt(rule: WindowRule, instantMs: number): WindowSpan {
  // A clock may return fractions; windows start at whole milliseconds.
  const nowMs = Math.floor(instantMs);
  if (rule.kind === "sliding") return slidingSpan(rule, nowMs);
  if (rule.kind === "fixed") {
    const sinceStart = modulo(nowMs - rule.anchorMs, rule.everyMs);
    return { startsAt: nowMs - sinceStart, endsAt: nowMs - sinceStart + rule.everyMs };
  }
  const zone = readTimeZone(rule.timeZone);
  const name = `${zone.name} ${rule.period} ${rule.offsetMs}`;
  const last = lastSpans.get(name);
  if (last !== undefined && nowMs >= last.startsAt && nowMs < last.endsAt) return last;
  return remember(lastSpans, name, spanIn(zone, rule, nowMs));
}

/** The last window of each rule: in a time zone, a runtime takes long to find one. */
const lastSpans = new Map<string, WindowSpan>();

function spanIn(zone: TimeZone, rule: CalendarRule, nowMs: number): WindowSpan {
  const { period } = rule;
  const startsAt = startOf(rule, zone, nowMs);
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
 * Returns how many periods later one begins than another. Neither months nor changes of clocks
 * differ enough from the mean to change the number.
 */
export function periodsBetween(rule: PeriodRule, startsAt: number, laterAt: number): number {
  const lengthMs = rule.kind === "fixed" ? rule.everyMs : LENGTH_MS[rule.period];
  return Math.round((laterAt - startsAt) / lengthMs);
}

/** The start of the window that contains an instant; it never falls as the instant rises. */
function startOf(rule: CalendarRule, zone: TimeZone, nowMs: number): number {
  const { period } = rule;
  const offsetMs = zone.offsetMsAt(nowMs);
  const localStart = localStartOf(rule, nowMs + offsetMs);
  if (period === "minute" || period === "hour") {
    // A repeated hour is two hours: the start has the current offset.
    const startsAt = localStart - offsetMs;
    const offsetBefore = zone.offsetMsAt(startsAt);
    if (offsetBefore === offsetMs) return startsAt;
    // Unless the clocks have changed since: set forward past a start, they start the window there;
    // set back, they start nothing.
    const hasOffset = (at: number): boolean => zone.offsetMsAt(at) === offsetMs;
    const switchedAt = firstInstant(startsAt, nowMs, hasOffset);
    if (localStartOf(rule, switchedAt - 1 + offsetBefore) < localStart) return switchedAt;
    return startOf(rule, zone, switchedAt - 1);
  }
  // Clocks set back over midnight repeat the evening before; the new day has already begun by then.
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

/** Returns the start in a month: its last day if it is too short. */
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
