import { describe, expect, it } from "vitest";

import { inWords, lastsMs } from "../../src/cli/output/forecast.ts";
import { keysIn, View } from "../../src/cli/output/top-view.ts";
import { screenOf } from "../../src/cli/output/top-screen.ts";
import type { Shown } from "../../src/cli/output/top-screen.ts";
import { BudgetPool } from "../../src/index.ts";

const at = new Date("2026-11-24T12:34:56Z");

function shown(name: string, cap: number | undefined, used: number, held = 0, spent = 0): Shown {
  const pool = new BudgetPool({ name, caps: cap === undefined ? {} : { usd: cap } });
  pool.record({ usd: used });
  if (held > 0) pool.reserve({ usd: held });
  return { snapshot: pool.snapshot(), spent, overMs: 60_000 };
}

describe("the screen of top", () => {
  const pools = [
    shown("daily", 20, 10, 4, 0.5),
    shown("experiments", 5, 5),
    shown("counter", undefined, 1.25),
  ];

  it("the screen fits in 80 columns", () => {
    expect(screenOf(pools, { columns: 80, rows: 24 }, at)).toEqual([
      { text: "token-budget top   3 pools   12:34:56 UTC   q quits" },
      { text: "" },
      {
        text: "daily        [##########++++      ] $10.00 of $20.00  lasts 12 min",
        style: "green",
      },
      {
        text: "experiments  [####################] $5.00 of $5.00  0 open",
        style: "red",
      },
      { text: "counter      $1.25 used, 1 call, 0 open", style: "green" },
    ]);
  });

  it("the screen of top fits into any size", () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      shown(`${"pool".repeat(20)}${index}`, 1, 0.5),
    );
    for (const columns of [1, 10, 40, 79, 80, 200])
      for (const rows of [1, 3, 24]) {
        const lines = screenOf(many, { columns, rows }, at);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const { text } of lines) expect(text.length).toBeLessThanOrEqual(columns);
      }
    expect(screenOf(many, { columns: 80, rows: 10 }, at).at(-1)?.text).toBe("… and 43 more");
    expect(screenOf([], { columns: 80, rows: 24 }, at).at(-1)?.text).toContain("No pools yet");
  });

  it("top shows how long a budget lasts", () => {
    const told = (left: number, spent: number, overMs: number): string | undefined => {
      const ms = lastsMs(left, spent, overMs);
      return ms === undefined ? undefined : inWords(ms);
    };
    expect(told(10, 1, 19 * 60_000)).toBe("3 h 10 min");
    expect(told(1, 10, 60_000)).toBe("less than a minute");
    expect(told(100, 1, 3_600_000)).toBe("4 d 4 h");
    expect(told(1e6, 1, 3_600_000)).toBe("more than 99 days");
    expect(told(0, 1, 60_000)).toBe("no time");
    expect(told(-1, 1, 60_000)).toBe("no time");
    expect(told(10, 0, 60_000)).toBeUndefined();
  });

  it("top takes keys one by one, also those that came together", () => {
    expect(keysIn("/a\u001B[A\u001B[5~\u001BOH\r\u001B")).toEqual([
      "/",
      "a",
      "\u001B[A",
      "\u001B[5~",
      "\u001BOH",
      "\r",
      "\u001B",
    ]);
    const view = new View({ search: "", order: "name", only: undefined });
    const press = (text: string): boolean => keysIn(text).some((key) => view.press(key));
    expect(press("/User-9\r")).toBe(false);
    expect(view.selection.search).toBe("user-9");
    expect(press("ss")).toBe(false);
    expect([view.selection.order, view.note]).toEqual(["part", "/user-9 by part"]);
    expect(press("\u001B")).toBe(false);
    expect(view.selection.search).toBe("");
    expect(press("jq")).toBe(true);
  });
});
