// Calendar windows by definition (R7), on a date library: a window goes from one start to the next,
// and a start is the first instant of a day, or an instant at which clocks show a full hour or
// minute, or are set forward past one.

import { Temporal } from "temporal-polyfill";
import type { CalendarPeriod, WindowSpan } from "../../src/core/window-rule.ts";

const UNIT_MS = { minute: 60_000, hour: 3_600_000 } as const;

/** The window that an instant lies in. */
export function calendarWindow(
  period: CalendarPeriod,
  timeZone: string,
  instantMs: number,
): WindowSpan {
  const starts =
    period === "minute" || period === "hour"
      ? startsOfUnit(period, timeZone, instantMs)
      : startsOfDays(period, timeZone, instantMs);
  return {
    startsAt: Math.max(...starts.filter((start) => start <= instantMs)),
    endsAt: Math.min(...starts.filter((start) => start > instantMs)),
  };
}

/** Where a window begins that is not where its calendar period does. */
export interface Anchor {
  readonly every: "day" | "week" | "month";
  readonly on: number;
  /** Minutes since midnight. */
  readonly minutes: number;
}

/** The window of an anchored period that an instant lies in. */
export function anchoredWindow(anchor: Anchor, timeZone: string, instantMs: number): WindowSpan {
  const { every, on, minutes } = anchor;
  const date = zoned(timeZone, instantMs).toPlainDate();
  const starts = [-2, -1, 0, 1, 2].flatMap((later) => {
    const near = date.add({ [`${every}s`]: later });
    const day = {
      day: near,
      week: near.add({ days: on - near.dayOfWeek }),
      month: near.with({ day: 1 }).with({ day: on }),
    }[every];
    const local = day.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
    return instantsStarting(timeZone, zonedAs("UTC", local).epochMilliseconds).slice(0, 1);
  });
  return {
    startsAt: Math.max(...starts.filter((start) => start <= instantMs)),
    endsAt: Math.min(...starts.filter((start) => start > instantMs)),
  };
}

function zonedAs(timeZone: string, local: Temporal.PlainDateTime): Temporal.ZonedDateTime {
  return local.toZonedDateTime(timeZone);
}

/** What the library's own rounding says; right where clocks are not switched inside the hour. */
export function roundedDown(period: "minute" | "hour", timeZone: string, atMs: number): number {
  return zoned(timeZone, atMs).round({ smallestUnit: period, roundingMode: "floor" })
    .epochMilliseconds;
}

/** Local time minus UTC, in milliseconds. */
export function offsetMsAt(timeZone: string, instantMs: number): number {
  return zoned(timeZone, instantMs).offsetNanoseconds / 1e6;
}

/** The instants at which the zone's offset changes, found by looking every six days. */
export function switchesBetween(
  timeZone: string,
  fromMs: number,
  untilMs: number,
  countMax: number = Number.POSITIVE_INFINITY,
): number[] {
  const stepMs = 6 * 24 * UNIT_MS.hour;
  const switches: number[] = [];
  let offset = offsetMsAt(timeZone, fromMs);
  for (let low = fromMs; low < untilMs && switches.length < countMax; low += stepMs) {
    const offsetAfter = offsetMsAt(timeZone, low + stepMs);
    if (offsetAfter === offset) continue;
    let [before, after] = [low, low + stepMs];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetMsAt(timeZone, middle) === offset) before = middle;
      else after = middle;
    }
    switches.push(after);
    offset = offsetAfter;
  }
  return switches;
}

function startsOfDays(
  period: "day" | "week" | "month",
  timeZone: string,
  instantMs: number,
): number[] {
  const date = zoned(timeZone, instantMs).toPlainDate();
  const first = {
    day: date,
    week: date.subtract({ days: date.dayOfWeek - 1 }),
    month: date.with({ day: 1 }),
  }[period];
  // After clocks were set back over midnight, the day that counts comes after the one they show.
  return [-1, 0, 1, 2].map(
    (later) =>
      first
        .add({ [`${period}s`]: later })
        .toZonedDateTime(timeZone)
        .startOfDay().epochMilliseconds,
  );
}

function startsOfUnit(period: "minute" | "hour", timeZone: string, instantMs: number): number[] {
  const unitMs = UNIT_MS[period];
  // The local times around the instant, as its clocks show them before and after a switch nearby.
  const locals = [-1, 0, 1].flatMap((later) => {
    const localMs = instantMs + offsetMsAt(timeZone, instantMs + later * unitMs);
    const floorMs = Math.floor(localMs / unitMs) * unitMs;
    return [-1, 0, 1, 2].map((unitsLater) => floorMs + unitsLater * unitMs);
  });
  return [...new Set(locals)].flatMap((localMs) => instantsStarting(timeZone, localMs));
}

/** The instants at which clocks show a local time, or are set forward past it. */
function instantsStarting(timeZone: string, localMs: number): number[] {
  const local = zoned("UTC", localMs).toPlainDateTime();
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  const later = local.toZonedDateTime(timeZone, { disambiguation: "later" });
  if (earlier.toPlainDateTime().equals(local)) {
    return [earlier.epochMilliseconds, later.epochMilliseconds];
  }
  return switchesBetween(timeZone, earlier.epochMilliseconds, later.epochMilliseconds);
}

function zoned(timeZone: string, instantMs: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone);
}
