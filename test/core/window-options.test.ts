import { describe, expect, it } from "vitest";

import { readWindow } from "../../src/core/window.ts";

function noDay(period: string, days: number): string {
  return `Expected \`window.on\` to be a day of a ${period}, 1 to ${days}, got `;
}

describe("options that name no window", () => {
  const NO_WINDOW =
    "Expected `window` to be one of minute, hour, day, week, month, { every, on, at }, { everyMs } or { sliding }, got ";
  const NO_LENGTH = "Expected `window.everyMs` to be a positive safe integer, got ";
  const NO_ANCHOR = "Expected `window.anchor` to be a valid Date or whole milliseconds, got ";

  const rows: [window: unknown, Kind: typeof TypeError | typeof RangeError, message: string][] = [
    ["year", RangeError, `${NO_WINDOW}"year"`],
    ["Day", RangeError, `${NO_WINDOW}"Day"`],
    ["", RangeError, `${NO_WINDOW}""`],
    ["toString", RangeError, `${NO_WINDOW}"toString"`],
    [null, TypeError, `${NO_WINDOW}null`],
    [undefined, TypeError, `${NO_WINDOW}undefined`],
    [60_000, TypeError, `${NO_WINDOW}60000`],
    [() => "day", TypeError, `${NO_WINDOW}a function`],
    [{}, RangeError, `${NO_LENGTH}undefined`],
    [{ everyMs: 0 }, RangeError, `${NO_LENGTH}0`],
    [{ everyMs: -1 }, RangeError, `${NO_LENGTH}-1`],
    [{ everyMs: 0.5 }, RangeError, `${NO_LENGTH}0.5`],
    [{ everyMs: Number.NaN }, RangeError, `${NO_LENGTH}NaN`],
    [{ everyMs: Number.POSITIVE_INFINITY }, RangeError, `${NO_LENGTH}Infinity`],
    [{ everyMs: 2 ** 53 }, RangeError, `${NO_LENGTH}9007199254740992`],
    [{ everyMs: "60000" }, RangeError, `${NO_LENGTH}"60000"`],
    [{ everyMs: 60n }, RangeError, `${NO_LENGTH}60n`],
    [{ everyMs: 5, anchor: 0.5 }, RangeError, `${NO_ANCHOR}0.5`],
    [{ everyMs: 5, anchor: Number.NaN }, RangeError, `${NO_ANCHOR}NaN`],
    [{ everyMs: 5, anchor: new Date(Number.NaN) }, RangeError, `${NO_ANCHOR}an object`],
    [{ everyMs: 5, anchor: null }, RangeError, `${NO_ANCHOR}null`],
    [{ everyMs: 5, anchor: true }, RangeError, `${NO_ANCHOR}true`],
    [{ everyMs: 5, anchor: "" }, RangeError, `${NO_ANCHOR}""`],
    [{ everyMs: 5, anchor: "2024-01-01" }, RangeError, `${NO_ANCHOR}"2024-01-01"`],
    [{ everyMs: 5, anchor: 5n }, RangeError, `${NO_ANCHOR}5n`],
    [{ everyMs: 5, anchor: [] }, RangeError, `${NO_ANCHOR}an array`],
    [
      { everyMs: 5, anchr: 1 },
      TypeError,
      'Unknown key "anchr" in `window`; allowed: everyMs, anchor, carryOver; did you mean `anchor`?',
    ],
  ];

  const NO_EVERY = "Expected `window.every` to be day, week or month, got ";
  const NO_TIME = 'Expected `window.at` to be a time of day such as "06:00", got ';
  rows.push(
    [{ every: "hour" }, RangeError, `${NO_EVERY}"hour"`],
    [{ every: 10 }, TypeError, `${NO_EVERY}10`],
    [{ every: "month", on: 0 }, RangeError, `${noDay("month", 31)}0`],
    [{ every: "month", on: 32 }, RangeError, `${noDay("month", 31)}32`],
    [{ every: "week", on: 8 }, RangeError, `${noDay("week", 7)}8`],
    [{ every: "day", on: 2 }, RangeError, `${noDay("day", 1)}2`],
    [{ every: "month", on: 1.5 }, RangeError, `${noDay("month", 31)}1.5`],
    [{ every: "day", at: "6:00" }, RangeError, `${NO_TIME}"6:00"`],
    [{ every: "day", at: "24:00" }, RangeError, `${NO_TIME}"24:00"`],
    [{ every: "day", anchor: "now" }, RangeError, `${NO_ANCHOR}"now"`],
    [
      { every: "day", at: "06:00", anchor: 0 },
      TypeError,
      "`window.anchor` cannot be combined with `window.on` or `window.at`",
    ],
    [
      { every: "day", from: 1 },
      TypeError,
      'Unknown key "from" in `window`; allowed: every, on, at, anchor, carryOver',
    ],
  );

  it.each(rows.map(([window, Kind, message]) => ({ window, Kind, message })))(
    "R7 a window is rejected: $message",
    ({ window, Kind, message }) => {
      expect(() => Reflect.apply(readWindow, undefined, [window])).toThrow(new Kind(message));
    },
  );

  it("R7 a time zone does not go with a window of fixed length", () => {
    const message = "`timeZone` needs a calendar window; others have the same length everywhere";
    expect(() => readWindow({ everyMs: 5 }, "Europe/Berlin")).toThrow(new TypeError(message));
    expect(() => readWindow({ everyMs: 5 }, "UTC")).toThrow(new TypeError(message));
  });
});
