// What users read when something is wrong: which argument, what it got, what is allowed.

import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { BudgetPool, ConfigInvalid, Reservation } from "../../src/index.ts";
import type { Caps, ThresholdEvent } from "../../src/index.ts";

describe("messages", () => {
  it("R8 messages explain valid names", () => {
    expect(() => new BudgetPool({ name: 5 as never })).toThrow(
      new TypeError("Expected `name` to be a string, got 5"),
    );
    expect(() => new BudgetPool({ name: "a/b" })).toThrow(
      new RangeError(
        'Expected `name` to be 1 to 128 characters without "/" or control characters, got "a/b"',
      ),
    );
    expect(new BudgetPool({ name: "x".repeat(128) }).path).toHaveLength(128);
    expect(() => new BudgetPool({ name: null as never })).toThrow(TypeError);
  });

  it("R1 messages explain valid caps, and name the wrong one", () => {
    const messages: [unknown, string][] = [
      [5, "Expected `caps` to be an object such as { usd: 10 }, got 5"],
      [[], "Expected `caps` to be an object such as { usd: 10 }, got an array"],
      [{ tokens: 1.5 }, "Expected `caps.tokens` to be a non-negative safe integer, got 1.5"],
      [
        { tokens: "5" },
        'Expected `caps.tokens` to be a non-negative safe integer, got "5" (string)',
      ],
      [
        { usd: -1 },
        "Expected `caps.usd` to be dollars from 0 to 9007199.254740991, as a number or a decimal string, got -1",
      ],
    ];
    for (const [caps, message] of messages) {
      expect(() => new BudgetPool({ caps: caps as Caps })).toThrow(message);
    }
  });

  it("R1 messages say which total would pass the largest integer, and only beyond it", () => {
    const pool = new BudgetPool({ name: "acme" });
    pool.record({ tokens: Number.MAX_SAFE_INTEGER - 1, usd: "9007199.25474099" });
    expect(() => pool.record({ tokens: 2 })).toThrow(
      'The total of `tokens` would pass 9007199254740991 tokens in pool "acme"; reset the pool or use several pools',
    );
    expect(() => pool.record({ usd: "0.000000002" })).toThrow(
      "The total of `usd` would pass 9007199254740991 nano-dollars",
    );
    const hold = pool.reserve({ tokens: 1 });
    expect(() => hold.commit({ tokens: 2 })).toThrow("The total of `tokens` would pass");
    expect(hold.commit({ tokens: 1, usd: "0.000000001" }).overage.usd).toBe(1e-9);
    expect(pool.snapshot().used.tokens).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("R4 messages of a settled reservation say how it was settled, and what to do", () => {
    const hold = new BudgetPool().reserve({});
    hold.release();
    expect(() => hold.commit()).toThrow(
      'This reservation (pool "budget") has already been released; commit before you release, and in a block with `using` await the call before the block ends',
    );
  });

  it("messages are cut short: a long value or key is not shown whole", () => {
    const long = "k".repeat(500);
    expect(() => new BudgetPool({ [long]: 1 })).toThrow(`Unknown key "${"k".repeat(60)}" in`);
    expect(() => new BudgetPool().record({ usd: "y".repeat(60) })).toThrow(
      `got "${"y".repeat(60)}"`,
    );
  });

  it("messages carry the code and the pool of a contradiction", () => {
    const root = new BudgetPool();
    root.child("a", { caps: { usd: 1 } });
    try {
      root.child("a", {});
      expect.unreachable();
    } catch (error) {
      expect(ConfigInvalid.is(error)).toBe(true);
      expect(error).toMatchObject({
        code: "CONFIG_INVALID",
        name: "ConfigInvalid",
        pool: "budget/a",
      });
    }
  });

  it("a pool shows its figures to console.log and JSON, and a child what it may really spend", () => {
    const pool = new BudgetPool({ caps: { usd: 5 } });
    const child = pool.child("x", { caps: { usd: 50, calls: 3 } });
    const hold = pool.reserve({ usd: 1 });
    expect(hold).toBeInstanceOf(Reservation);
    expect(inspect(pool)).toContain("remaining: { usd: 4 }");
    expect(JSON.parse(JSON.stringify(pool))).toEqual(pool.snapshot());
    expect(child.snapshot()).toMatchObject({
      remaining: { usd: 50, calls: 3 },
      available: { usd: 4, calls: 3 },
    });
    expect(pool.snapshot().available).toBeUndefined();
  });

  it("F12 messages of thresholds count what is used, and show it in the unit of its axis", () => {
    const told: ThresholdEvent[] = [];
    const pool = new BudgetPool({
      caps: { tokens: 10 },
      thresholds: [0.5],
      onThreshold: (event) => told.push(event),
    });
    pool.reserve({ tokens: 4 });
    pool.record({ tokens: 1 });
    expect(told).toEqual([]);
    pool.record({ tokens: 5 });
    expect(told).toEqual([{ pool: "budget", axis: "tokens", threshold: 0.5, used: 6, cap: 10 }]);
    for (const wrong of [-1, 0, 80, Number.NaN])
      expect(() => new BudgetPool({ thresholds: [wrong] })).toThrow(
        `Expected \`thresholds\` to be fractions of a cap, such as 0.8 for 80 %, above 0 and at most 10, got ${wrong}`,
      );
  });
});
