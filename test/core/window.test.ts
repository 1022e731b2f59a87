import { describe, expect, it, onTestFinished, vi } from "vitest";

import { readTimeZone, UTC } from "../../src/core/time-zone.ts";
import { readWindow, windowAt } from "../../src/core/window.ts";
import type { CalendarPeriod, WindowOption } from "../../src/core/window-rule.ts";
import { calendarWindow } from "../support/calendar-oracle.ts";

const PERIODS: readonly CalendarPeriod[] = ["minute", "hour", "day", "week", "month"];
const DAY_MS = 86_400_000;

/** A window as text, such as `2024-03-31T00:00Z/2024-04-01T00:00Z`; seconds where there are any. */
function span(option: WindowOption, timeZone: string | undefined, instant: string): string {
  const { startsAt, endsAt } = windowAt(readWindow(option, timeZone), Date.parse(instant));
  return `${text(startsAt)}/${text(endsAt)}`;
}

function text(atMs: number): string {
  return new Date(atMs).toISOString().replace(/(:00)?\.000Z$/, "Z");
}

/** Checks that windows start at these instants, and at none between. */
function expectStarts(period: CalendarPeriod, timeZone: string, starts: readonly string[]): void {
  const rule = readWindow(period, timeZone);
  const instants = starts.map((start) => Date.parse(start));
  for (const [index, startsAt] of instants.slice(0, -1).entries()) {
    const endsAt = instants[index + 1] ?? Number.NaN;
    const step = Math.ceil((endsAt - startsAt) / 60);
    const inside = Array.from({ length: 60 }, (_, steps) => startsAt + steps * step);
    for (const at of [...inside.filter((sample) => sample < endsAt), startsAt + 1, endsAt - 1]) {
      expect(windowAt(rule, at), `at ${text(at)}`).toEqual({ startsAt, endsAt });
    }
  }
}

describe("windows in UTC", () => {
  it.each([
    ["minute", "2024-02-29T12:34:56.789Z", "2024-02-29T12:34Z/2024-02-29T12:35Z"],
    ["hour", "2024-02-29T12:34:56.789Z", "2024-02-29T12:00Z/2024-02-29T13:00Z"],
    ["day", "2024-02-29T12:34:56.789Z", "2024-02-29T00:00Z/2024-03-01T00:00Z"],
    ["week", "2024-02-29T12:34:56.789Z", "2024-02-26T00:00Z/2024-03-04T00:00Z"],
    ["month", "2024-02-29T12:34:56.789Z", "2024-02-01T00:00Z/2024-03-01T00:00Z"],
    ["minute", "1969-12-31T23:59:59.999Z", "1969-12-31T23:59Z/1970-01-01T00:00Z"],
    ["hour", "1969-12-31T23:59:59.999Z", "1969-12-31T23:00Z/1970-01-01T00:00Z"],
    ["day", "1969-12-31T23:59:59.999Z", "1969-12-31T00:00Z/1970-01-01T00:00Z"],
    ["week", "1969-12-31T23:59:59.999Z", "1969-12-29T00:00Z/1970-01-05T00:00Z"],
    ["month", "1969-12-31T23:59:59.999Z", "1969-12-01T00:00Z/1970-01-01T00:00Z"],
    ["month", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00Z/1970-02-01T00:00Z"],
  ] as const)("R7 the %s of %s is %s", (period, instant, expected) => {
    expect(span(period, undefined, instant)).toBe(expected);
    expect(span(period, "UTC", instant)).toBe(expected);
    expect(span(period, "Etc/UTC", instant)).toBe(expected);
  });

  it("R7 the zone is UTC by default and under that name in any case", () => {
    expect(readWindow("day")).toEqual({
      kind: "calendar",
      period: "day",
      timeZone: "UTC",
      offsetMs: 0,
    });
    expect(readTimeZone("UTC")).toBe(UTC);
    expect(readTimeZone("utc")).toBe(UTC);
    expect(UTC.offsetMsAt(0)).toBe(0);
  });

  it("R7 weeks begin on Monday: the last millisecond of a Sunday is in the week before", () => {
    expect(span("week", "UTC", "2024-03-03T23:59:59.999Z")).toBe(
      "2024-02-26T00:00Z/2024-03-04T00:00Z",
    );
    expect(span("week", "UTC", "2024-03-04T00:00:00.000Z")).toBe(
      "2024-03-04T00:00Z/2024-03-11T00:00Z",
    );
  });

  it.each([
    [2023, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [2024, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [2000, [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
    [2100, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]],
  ])("R7 the months of %i have %j days", (year, lengths) => {
    const days = lengths.map((length, month) => {
      const first = windowAt(readWindow("month"), Date.UTC(year, month, 1));
      const last = windowAt(readWindow("month"), Date.UTC(year, month, length, 23, 59, 59, 999));
      expect(last).toEqual(first);
      expect(first.startsAt).toBe(Date.UTC(year, month, 1));
      return (first.endsAt - first.startsAt) / DAY_MS;
    });
    expect(days).toEqual(lengths);
  });
});

/** What clocks do, and where windows start around that. */
const SWITCHED: readonly [does: string, CalendarPeriod, zone: string, starts: string[]][] = [
  [
    "a day in which clocks go forward has 23 hours",
    "day",
    "Europe/Berlin",
    ["2024-03-29T23:00Z", "2024-03-30T23:00Z", "2024-03-31T22:00Z", "2024-04-01T22:00Z"],
  ],
  [
    "a day in which clocks go back has 25 hours",
    "day",
    "Europe/Berlin",
    ["2024-10-25T22:00Z", "2024-10-26T22:00Z", "2024-10-27T23:00Z", "2024-10-28T23:00Z"],
  ],
  [
    "a week in which clocks go forward has 167 hours",
    "week",
    "Europe/Berlin",
    ["2024-03-24T23:00Z", "2024-03-31T22:00Z", "2024-04-07T22:00Z"],
  ],
  [
    "a month in which clocks go back has 745 hours",
    "month",
    "Europe/Berlin",
    ["2024-09-30T22:00Z", "2024-10-31T23:00Z", "2024-11-30T23:00Z"],
  ],
  [
    "an hour that is left out is no window",
    "hour",
    "Europe/Berlin",
    ["2024-03-31T00:00Z", "2024-03-31T01:00Z", "2024-03-31T02:00Z"],
  ],
  [
    "an hour that is shown twice is two windows",
    "hour",
    "Europe/Berlin",
    ["2024-10-26T23:00Z", "2024-10-27T00:00Z", "2024-10-27T01:00Z", "2024-10-27T02:00Z"],
  ],
  [
    "a minute that is shown twice is two windows",
    "minute",
    "Europe/Berlin",
    ["2024-10-27T00:59Z", "2024-10-27T01:00Z", "2024-10-27T01:01Z"],
  ],
  [
    "clocks that go forward by half an hour make a day of 23.5 hours",
    "day",
    "Australia/Lord_Howe",
    ["2024-10-04T13:30Z", "2024-10-05T13:30Z", "2024-10-06T13:00Z", "2024-10-07T13:00Z"],
  ],
  [
    "clocks that go back by half an hour make a day of 24.5 hours",
    "day",
    "Australia/Lord_Howe",
    ["2024-04-05T13:00Z", "2024-04-06T13:00Z", "2024-04-07T13:30Z", "2024-04-08T13:30Z"],
  ],
  [
    "clocks that go forward by half an hour make an hour of 30 minutes",
    "hour",
    "Australia/Lord_Howe",
    ["2024-10-05T14:30Z", "2024-10-05T15:30Z", "2024-10-05T16:00Z", "2024-10-05T17:00Z"],
  ],
  [
    "clocks that go back by half an hour make an hour of 90 minutes",
    "hour",
    "Australia/Lord_Howe",
    ["2024-04-06T13:00Z", "2024-04-06T14:00Z", "2024-04-06T15:30Z", "2024-04-06T16:30Z"],
  ],
  [
    "a day that is left out is no window",
    "day",
    "Pacific/Apia",
    ["2011-12-28T10:00Z", "2011-12-29T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z"],
  ],
  [
    "a day that is left out makes a week of six days",
    "week",
    "Pacific/Apia",
    ["2011-12-19T10:00Z", "2011-12-26T10:00Z", "2012-01-01T10:00Z", "2012-01-08T10:00Z"],
  ],
  [
    "an hour goes before, and an hour comes after, a day that is left out",
    "hour",
    "Pacific/Apia",
    ["2011-12-30T09:00Z", "2011-12-30T10:00Z", "2011-12-30T11:00Z"],
  ],
  [
    "a day that is left out makes a month a day shorter",
    "month",
    "Pacific/Kwajalein",
    ["1993-07-01T12:00Z", "1993-08-01T12:00Z", "1993-08-31T12:00Z", "1993-09-30T12:00Z"],
  ],
  [
    "a day that is left out is no window",
    "day",
    "Pacific/Kwajalein",
    ["1993-08-19T12:00Z", "1993-08-20T12:00Z", "1993-08-21T12:00Z", "1993-08-22T12:00Z"],
  ],
  [
    "a day that is shown for 23 more hours goes on",
    "day",
    "Pacific/Kwajalein",
    ["1969-09-28T13:00Z", "1969-09-29T13:00Z", "1969-10-01T12:00Z", "1969-10-02T12:00Z"],
  ],
  [
    "a day without a midnight starts when clocks are set forward past it",
    "day",
    "America/Sao_Paulo",
    ["2018-11-03T03:00Z", "2018-11-04T03:00Z", "2018-11-05T02:00Z", "2018-11-06T02:00Z"],
  ],
  [
    "a day whose last hour is shown twice starts after the second",
    "day",
    "America/Sao_Paulo",
    ["2019-02-15T02:00Z", "2019-02-16T02:00Z", "2019-02-17T03:00Z", "2019-02-18T03:00Z"],
  ],
  [
    "a day without a midnight starts when clocks are set forward past it",
    "day",
    "Africa/Cairo",
    ["2024-04-24T22:00Z", "2024-04-25T22:00Z", "2024-04-26T21:00Z", "2024-04-27T21:00Z"],
  ],
  [
    "a day whose last hour is shown twice starts after the second",
    "day",
    "Africa/Cairo",
    ["2024-10-29T21:00Z", "2024-10-30T21:00Z", "2024-10-31T22:00Z", "2024-11-01T22:00Z"],
  ],
  [
    "a day whose midnight is shown twice starts at the first",
    "day",
    "America/Havana",
    ["2020-10-31T04:00Z", "2020-11-01T04:00Z", "2020-11-02T05:00Z", "2020-11-03T05:00Z"],
  ],
  [
    "a month whose midnight is shown twice starts at the first",
    "month",
    "America/Havana",
    ["2020-10-01T04:00Z", "2020-11-01T04:00Z", "2020-12-01T05:00Z"],
  ],
  [
    "a day that has begun goes on when clocks show the evening before once more",
    "day",
    "America/St_Johns",
    ["2010-11-05T02:30Z", "2010-11-06T02:30Z", "2010-11-07T02:30Z", "2010-11-08T03:30Z"],
  ],
  [
    "a month that has begun goes on when clocks show the evening before once more",
    "month",
    "America/St_Johns",
    ["2009-10-01T02:30Z", "2009-11-01T02:30Z", "2009-12-01T03:30Z"],
  ],
  [
    "an hour that has begun goes on when clocks show the end of the one before once more",
    "hour",
    "America/St_Johns",
    ["2010-11-07T00:30Z", "2010-11-07T01:30Z", "2010-11-07T02:30Z", "2010-11-07T03:30Z"],
  ],
  [
    "hours that are shown twice are four windows",
    "hour",
    "Antarctica/Troll",
    [
      "2024-10-26T23:00Z",
      "2024-10-27T00:00Z",
      "2024-10-27T01:00Z",
      "2024-10-27T02:00Z",
      "2024-10-27T03:00Z",
    ],
  ],
  [
    "an hour whose start is left out starts when clocks are set forward past it",
    "hour",
    "America/St_Johns",
    ["2010-03-14T02:30Z", "2010-03-14T03:30Z", "2010-03-14T03:31Z", "2010-03-14T04:30Z"],
  ],
];

describe("windows in zones whose clocks are switched", () => {
  it.each(SWITCHED)("R7 %s (%s, %s)", (_does, period, zone, starts) => {
    expect.hasAssertions();
    expectStarts(period, zone, starts);
  });

  it.each<[CalendarPeriod, starts: string[]]>([
    ["minute", ["1971-06-01T11:59:30Z", "1971-06-01T12:00:30Z", "1971-06-01T12:01:30Z"]],
    ["hour", ["1971-06-01T11:44:30Z", "1971-06-01T12:44:30Z", "1971-06-01T13:44:30Z"]],
    ["day", ["1971-06-01T00:44:30Z", "1971-06-02T00:44:30Z", "1971-06-03T00:44:30Z"]],
    ["day", ["1972-01-06T00:44:30Z", "1972-01-07T00:44:30Z", "1972-01-08T00:00:00Z"]],
    ["month", ["1971-12-01T00:44:30Z", "1972-01-01T00:44:30Z", "1972-02-01T00:00:00Z"]],
    ["minute", ["1972-01-07T00:43:30Z", "1972-01-07T00:44:30Z", "1972-01-07T00:45:00Z"]],
  ])("R7 a %s follows clocks whose offset has seconds (Africa/Monrovia)", (period, starts) => {
    expect.hasAssertions();
    expectStarts(period, "Africa/Monrovia", starts);
  });

  it.each([
    ["before the year 1", -70_000_000_000_000],
    ["before the year 100", -60_000_000_000_000],
    ["before 1970", -1],
    ["at 1970", 0],
    ["in the year 9999", 253_370_764_800_000],
    ["in the year 200,000", 6_250_000_000_000_000],
  ])("R7 windows are where a date library has them %s", (_when, at) => {
    for (const zone of ["Europe/Berlin", "Asia/Kolkata", "America/New_York"]) {
      for (const period of PERIODS) {
        const found = windowAt(readWindow(period, zone), at);
        expect(found, `${period} ${zone}`).toEqual(calendarWindow(period, zone, at));
      }
    }
  });

  it("R7 the time zone of the machine plays no part", () => {
    vi.stubEnv("TZ", "Pacific/Auckland");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(new Date(0).getTimezoneOffset()).toBe(-720);
    for (let hour = 0; hour < 24; hour++) {
      const at = Date.UTC(2024, 11, 31, hour);
      for (const period of PERIODS) {
        const found = windowAt(readWindow(period, "America/New_York"), at);
        expect(found).toEqual(calendarWindow(period, "America/New_York", at));
      }
    }
  });

  it("R7 a clock with fractions of milliseconds is in the window of its millisecond", () => {
    for (const at of [0.25, -0.25, 1_711_846_800_000.5, 1_711_846_799_999.75]) {
      for (const period of PERIODS) {
        const rule = readWindow(period, "Europe/Berlin");
        expect(windowAt(rule, at)).toEqual(windowAt(rule, Math.floor(at)));
      }
    }
  });
});

describe("windows of a fixed length", () => {
  it.each<[at: number, everyMs: number, anchor: number | Date | undefined, starts: number]>([
    [0, 1000, undefined, 0],
    [999, 1000, undefined, 0],
    [1000, 1000, undefined, 1000],
    [-1, 1000, undefined, -1000],
    [-1000, 1000, undefined, -1000],
    [-1001, 1000, undefined, -2000],
    [2499, 1000, 500, 1500],
    [2500, 1000, 500, 2500],
    [499, 1000, 500, -500],
    [-501, 1000, 500, -1500],
    [7, 1000, -250, -250],
    [-251, 1000, -250, -1250],
    [7, 1000, 10_500, -500],
    [500, 1000, new Date(10_500), 500],
    [41, 1, undefined, 41],
    [1000.75, 1000, undefined, 1000],
    [999.75, 1000, undefined, 0],
    [-0.25, 1000, undefined, -1000],
    [5, Number.MAX_SAFE_INTEGER, undefined, 0],
    [5, Number.MAX_SAFE_INTEGER, 5, 5],
  ])("R7 instant %d, every %d ms from anchor %s: the window starts at %d", (...row) => {
    const [at, everyMs, anchor, startsAt] = row;
    const option = anchor === undefined ? { everyMs } : { everyMs, anchor };
    expect(windowAt(readWindow(option), at)).toEqual({ startsAt, endsAt: startsAt + everyMs });
  });

  it("R7 an anchor that is left out, or undefined, is 1970", () => {
    const read = { kind: "fixed", everyMs: 5, anchorMs: 0 };
    expect(readWindow({ everyMs: 5 })).toEqual(read);
    expect(readWindow({ everyMs: 5, anchor: undefined })).toEqual(read);
    expect(readWindow({ everyMs: 5, anchor: new Date(0) })).toEqual(read);
  });
});
