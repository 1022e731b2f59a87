import { describe, expect, it } from "vitest";

import { changeText, periodText } from "../../src/cli/output/settings-text.ts";

const HOUR_MS = 3_600_000;

describe("settings of a pool, as people read them", () => {
  it.each([
    [{ period: "day", timeZone: "UTC" }, "per day"],
    [{ period: "week", timeZone: "UTC", offsetMs: 150 * HOUR_MS }, "per week from 7 06:00"],
    [{ period: "month", timeZone: "UTC", offsetMs: 336 * HOUR_MS }, "per month from 15"],
    [
      { period: "day", timeZone: "Europe/Berlin", offsetMs: 6 * HOUR_MS, carry: true },
      "per day from 06:00 (Europe/Berlin), carries over up to one cap",
    ],
    [
      { period: "month", timeZone: "UTC", carry: { nanoUsd: 10_000_000_000 } },
      "per month, carries over up to $10.00",
    ],
    [{ slidingMs: 5 * HOUR_MS }, "in the last 5 h"],
    [{ everyMs: 90_000, anchorMs: 0 }, "per period of 90 s"],
  ])("a window %j reads %j", (window, text) => {
    expect(periodText(window)).toBe(text);
  });

  it.each([
    [{ caps: { usd: 30, calls: null } }, "caps $30.00, no cap on calls"],
    [
      { by: { usd: 5 }, until: Date.UTC(2026, 10, 28, 21) },
      "caps +$5.00 until 2026-11-28 21:00 UTC",
    ],
    [{ by: { tokens: -1000 } }, "caps -1,000 tokens"],
    [{ frozen: true }, "frozen"],
    [{ frozen: false }, "thawed"],
    [{ ended: "01J8Z3" }, "released 01J8Z3"],
    [{ window: null }, "no period"],
    [{ caps: { usd: 1 }, window: { period: "day", timeZone: "UTC" } }, "caps $1.00, per day"],
    [{}, undefined],
  ])("a change %j reads %j", (change, text) => {
    expect(changeText(change)).toBe(text);
  });
});
