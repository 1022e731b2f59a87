// The windows of subscriptions, as headers tell them.

import { describe, expect, it } from "vitest";

import { planWindowsIn } from "../../src/wire/plan-windows.ts";

const NOW = 1_800_000_000_000;

describe("the windows of a plan", () => {
  it("Claude's plan windows are read from a header each", () => {
    const headers = {
      "anthropic-ratelimit-unified-status": "allowed",
      "anthropic-ratelimit-unified-5h-utilization": "0.23",
      "anthropic-ratelimit-unified-5h-reset": "1800003600",
      "anthropic-ratelimit-unified-7d-utilization": "0.6100",
      "anthropic-ratelimit-unified-7d_opus-utilization": "1.02",
      "anthropic-ratelimit-unified-reset": "1800003600",
    };
    expect(planWindowsIn(headers, NOW)).toEqual([
      { name: "5h", usedPart: 0.23, resetsAt: NOW + 3_600_000 },
      { name: "7d", usedPart: 0.61, resetsAt: undefined },
      { name: "7d_opus", usedPart: 1.02, resetsAt: undefined },
    ]);
  });

  it("Codex's plan windows are read by their length", () => {
    const headers = {
      "x-codex-primary-used-percent": "12.5",
      "x-codex-primary-window-minutes": "300",
      "x-codex-primary-reset-after-seconds": "60",
      "x-codex-secondary-used-percent": "80",
      "x-codex-secondary-window-minutes": "10080",
      "x-codex-secondary-reset-at": "1800000100",
    };
    expect(planWindowsIn(headers, NOW)).toEqual([
      { name: "5h", usedPart: 0.125, resetsAt: NOW + 60_000 },
      { name: "7d", usedPart: 0.8, resetsAt: NOW + 100_000 },
    ]);
    expect(planWindowsIn({ "x-codex-secondary-used-percent": "3" }, NOW)).toMatchObject([
      { name: "secondary", usedPart: 0.03 },
    ]);
  });

  it("no window of a plan is read from a header without a valid number", () => {
    for (const value of ["", " ", "-1", "NaN", "Infinity", "much", undefined, 5, ["1", "2"]]) {
      const headers = {
        "anthropic-ratelimit-unified-5h-utilization": value,
        "x-codex-primary-used-percent": value,
      };
      expect(planWindowsIn(headers, NOW)).toEqual([]);
    }
  });
});
