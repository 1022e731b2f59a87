import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readTimeZone } from "../../src/core/time-zone.ts";
import { readWindow, windowAt } from "../../src/core/window.ts";
import type { CalendarPeriod, WindowRule } from "../../src/core/window-rule.ts";
import {
  anchoredWindow,
  calendarWindow,
  offsetMsAt,
  roundedDown,
  switchesBetween,
} from "../support/calendar-oracle.ts";

const PERIODS: readonly CalendarPeriod[] = ["minute", "hour", "day", "week", "month"];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 366 * DAY_MS;
const FROM_MS = Date.UTC(1970, 0, 1);
const UNTIL_MS = Date.UTC(2038, 0, 1);
/** The longest window: a month, and the hours that a switch adds to it. */
const WINDOW_MS_MAX = 32 * DAY_MS;

// Zones whose clocks are switched in different ways.
const NOTED_ZONES = [
  "Europe/Berlin",
  "Europe/Dublin", // winter time is the one that is switched to
  "Africa/Casablanca", // two switches around Ramadan
  "Africa/Cairo",
  "Africa/Monrovia",
  "America/St_Johns",
  "America/Havana",
  "America/Sao_Paulo",
  "America/Caracas", // half an hour back in 2007, forward in 2016
  "Asia/Kathmandu", // offsets of quarters of an hour
  "Asia/Pyongyang",
  "Asia/Gaza", // at another hour nearly every year
  "Antarctica/Troll", // two hours
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Kwajalein",
];

const zone = fc.constantFrom("UTC", ...Intl.supportedValuesOf("timeZone"));
const period = fc.constantFrom(...PERIODS);
const instant = fc.integer({ min: FROM_MS, max: UNTIL_MS });
const nearSwitch = fc.oneof(
  fc.constantFrom(-HOUR_MS, -1, 0, 1, HOUR_MS),
  fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS }),
);

/** An instant beside a switch of clocks: the first one in the four years from any instant on. */
const besideSwitch = fc
  .record({ zone, from: instant, by: nearSwitch })
  .map(({ zone: name, from, by }) => {
    const [first = from] = switchesBetween(name, from, Math.min(from + 4 * YEAR_MS, UNTIL_MS), 1);
    return { zone: name, at: first + by };
  });

const fixedRule = fc.record({
  kind: fc.constant("fixed" as const),
  everyMs: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10 * YEAR_MS })),
  anchorMs: fc.oneof(
    fc.integer({ min: -100, max: 100 }),
    fc.integer({ min: -8.64e15, max: 8.64e15 }),
  ),
});

/** Checks what holds of the windows around an instant, whatever the rule. */
function expectTiling(rule: WindowRule, at: number, inside: number): void {
  const span = windowAt(rule, at);
  const { startsAt, endsAt } = span;
  expect(startsAt).toBeLessThanOrEqual(at);
  expect(endsAt).toBeGreaterThan(at);
  expect(windowAt(rule, startsAt)).toEqual(span);
  expect(windowAt(rule, endsAt - 1)).toEqual(span);
  expect(windowAt(rule, startsAt + Math.floor(inside * (endsAt - startsAt)))).toEqual(span);
  expect(windowAt(rule, endsAt).startsAt).toBe(endsAt);
  expect(windowAt(rule, startsAt - 1).endsAt).toBe(startsAt);
}

describe("windows of any rule", () => {
  const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it("R7 calendar windows hold their instant, touch, and are the same throughout", () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(zone, instant, period, fraction, (name, at, every, inside) => {
        expectTiling(readWindow(every, name), at, inside);
      }),
      { numRuns: 1000 },
    );
  });

  it("R7 windows beside a switch of clocks hold their instant, touch, and are the same throughout", () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(besideSwitch, period, fraction, ({ zone: name, at }, every, inside) => {
        expectTiling(readWindow(every, name), at, inside);
      }),
      { numRuns: 500 },
    );
  });

  it("R7 windows of a fixed length hold their instant, touch, and start at whole lengths from their anchor", () => {
    const anyInstant = fc.oneof(
      instant,
      fc.integer({ min: -1000, max: 1000 }),
      fc.integer({ min: -UNTIL_MS, max: -1 }),
    );
    fc.assert(
      fc.property(fixedRule, anyInstant, fraction, (rule, at, inside) => {
        expectTiling(rule, at, inside);
        const { startsAt, endsAt } = windowAt(rule, at);
        expect(endsAt - startsAt).toBe(rule.everyMs);
        expect((BigInt(startsAt) - BigInt(rule.anchorMs)) % BigInt(rule.everyMs)).toBe(0n);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("windows against a date library", () => {
  it("R7 calendar windows in any zone are where the library has them", () => {
    fc.assert(
      fc.property(zone, instant, period, (name, at, every) => {
        expect(windowAt(readWindow(every, name), at)).toEqual(calendarWindow(every, name, at));
      }),
      { numRuns: 1500 },
    );
  });

  it("R7 calendar windows beside a switch in any zone are where the library has them", () => {
    fc.assert(
      fc.property(besideSwitch, period, ({ zone: name, at }, every) => {
        expect(windowAt(readWindow(every, name), at)).toEqual(calendarWindow(every, name, at));
      }),
      { numRuns: 1500 },
    );
  });

  it("R7 calendar windows at any instant that a Date holds are where the library has them", () => {
    const anyInstant = fc.integer({
      min: -8.64e15 + WINDOW_MS_MAX * 2,
      max: 8.64e15 - WINDOW_MS_MAX * 2,
    });
    fc.assert(
      fc.property(zone, anyInstant, period, (name, at, every) => {
        expect(windowAt(readWindow(every, name), at)).toEqual(calendarWindow(every, name, at));
      }),
      { numRuns: 500 },
    );
  });

  it("R7 away from clock changes, hours and minutes equal the rounding of the reference library", () => {
    const unit = fc.constantFrom("minute" as const, "hour" as const);
    fc.assert(
      fc.property(zone, instant, unit, (name, at, every) => {
        fc.pre(offsetMsAt(name, at - HOUR_MS) === offsetMsAt(name, at + HOUR_MS));
        const startsAt = roundedDown(every, name, at);
        const endsAt = startsAt + (every === "hour" ? HOUR_MS : 60_000);
        expect(windowAt(readWindow(every, name), at)).toEqual({ startsAt, endsAt });
      }),
      { numRuns: 1500 },
    );
  });

  it("R7 anchored windows, beside a switch too, are where the library has them", () => {
    const anchor = fc
      .constantFrom(["day", 1] as const, ["week", 7] as const, ["month", 31] as const)
      .chain(([every, days]) =>
        fc.record({
          every: fc.constant(every),
          on: fc.integer({ min: 1, max: days }),
          minutes: fc.oneof(
            fc.integer({ min: 0, max: 180 }),
            fc.integer({ min: 0, max: 24 * 60 - 1 }),
          ),
        }),
      );
    const anyWhere = fc.oneof(besideSwitch, fc.record({ zone, at: instant }));
    fc.assert(
      fc.property(anyWhere, anchor, ({ zone: name, at }, { every, on, minutes }) => {
        const time = [Math.floor(minutes / 60), minutes % 60]
          .map((part) => String(part).padStart(2, "0"))
          .join(":");
        const rule = readWindow({ every, on, at: time }, name);
        expect(windowAt(rule, at)).toEqual(anchoredWindow({ every, on, minutes }, name, at));
      }),
      { numRuns: 1500 },
    );
  });

  it("R7 offsets of a zone are the library's, to the second", () => {
    fc.assert(
      fc.property(besideSwitch, ({ zone: name, at }) => {
        expect(readTimeZone(name).offsetMsAt(at)).toBe(offsetMsAt(name, at));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("windows on both sides of each switch from 1970 to 2037", () => {
  it.each(NOTED_ZONES)("R7 windows in %s are where the library has them", (name) => {
    const switches = switchesBetween(name, FROM_MS, UNTIL_MS);
    expect(switches).not.toHaveLength(0);
    const rules = PERIODS.map((every) => readWindow(every, name));
    for (const [index, switchedAt] of switches.entries()) {
      for (const [side, by] of [-HOUR_MS, -1, 0, 1, HOUR_MS].entries()) {
        // Each side of a switch takes another period, and another one at the next switch.
        const turn = (index + side) % PERIODS.length;
        const [every, rule] = [PERIODS[turn], rules[turn]];
        if (every === undefined || rule === undefined) throw new Error("no such period");
        const at = switchedAt + by;
        expect(windowAt(rule, at), `${every} at ${at}`).toEqual(calendarWindow(every, name, at));
      }
    }
  });
});
