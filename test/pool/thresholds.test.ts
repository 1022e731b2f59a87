import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { BudgetPoolOptions, ThresholdEvent } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";

function watched(options: BudgetPoolOptions): {
  pool: BudgetPool;
  told: string[];
  events: ThresholdEvent[];
} {
  const told: string[] = [];
  const events: ThresholdEvent[] = [];
  const pool = new BudgetPool({
    thresholds: [0.5, 0.8, 1],
    ...options,
    onThreshold: (event) => {
      events.push(event);
      told.push(`${event.axis} ${event.threshold}`);
    },
  });
  return { pool, told, events };
}

describe("thresholds", () => {
  it("F12 thresholds are reported once per crossing, however often used grows past them", () => {
    const { pool, told, events } = watched({ name: "acme", caps: { usd: 10 } });
    pool.record({ usd: 4.999999999 });
    expect(told).toEqual([]);
    pool.record({ usd: "0.000000001" });
    pool.record({ usd: 1 });
    expect(events).toEqual([{ pool: "acme", axis: "usd", threshold: 0.5, used: 5, cap: 10 }]);
    pool.record({ usd: 4 });
    expect(told).toEqual(["usd 0.5", "usd 0.8", "usd 1"]);
  });

  it("F12 thresholds are reported again in the next window, and after a reset", () => {
    const clock = new ManualClock();
    const { pool, told } = watched({ caps: { tokens: 10 }, window: { everyMs: 1000 }, clock });
    pool.record({ tokens: 8 });
    pool.record({ tokens: 1 });
    clock.advance(1000);
    pool.record({ tokens: 8 });
    pool.reset();
    pool.record({ tokens: 5 });
    expect(told).toEqual(["tokens 0.5", "tokens 0.8", "tokens 0.5", "tokens 0.8", "tokens 0.5"]);
  });

  it("thresholds count what is used, not what is held, and count overage", () => {
    const { pool, told } = watched({ caps: { tokens: 10 }, overage: "allow" });
    const hold = pool.reserve({ tokens: 10 });
    expect(told).toEqual([]);
    hold.commit({ tokens: 12 });
    expect(told).toEqual(["tokens 0.5", "tokens 0.8", "tokens 1"]);
  });

  it("thresholds are reported for each capped axis", () => {
    const { pool, told } = watched({ caps: { tokens: 10, calls: 2 }, thresholds: [0.5] });
    pool.record({ tokens: 1, usd: 100 });
    pool.record({ tokens: 4 });
    expect(told).toEqual(["calls 0.5", "tokens 0.5"]);
  });

  it("thresholds are reported for every pool on the path that has them, from the leaf up", () => {
    const told: string[] = [];
    const onThreshold = ({ pool }: ThresholdEvent): unknown => told.push(pool);
    const root = new BudgetPool({
      name: "root",
      caps: { tokens: 10 },
      thresholds: [0.5],
      onThreshold,
    });
    const silent = root.child("silent", { caps: { tokens: 1 } });
    const leaf = silent.child("leaf", { caps: { tokens: 10 }, thresholds: [0.1], onThreshold });
    leaf.record({ tokens: 1 });
    root.record({ tokens: 4 });
    expect(told).toEqual(["root/silent/leaf", "root"]);
  });

  it("thresholds are reported when a lowered cap puts used past them, and again after a raised cap", () => {
    const { pool, told } = watched({ caps: { tokens: 100 }, thresholds: [0.8] });
    pool.record({ tokens: 50 });
    pool.configure({ caps: { tokens: 60 } });
    expect(told).toEqual(["tokens 0.8"]);
    pool.configure({ caps: { tokens: 100 } });
    pool.record({ tokens: 20 });
    expect(told).toEqual(["tokens 0.8"]);
    pool.record({ tokens: 10 });
    expect(told).toEqual(["tokens 0.8", "tokens 0.8"]);
  });

  it("thresholds at decimal fractions of a cap are exact", () => {
    const { pool, told } = watched({ caps: { usd: 0.3 }, thresholds: [0.1, 0.7] });
    pool.record({ usd: "0.029999999" });
    expect(told).toEqual([]);
    pool.record({ usd: "0.000000001" });
    expect(told).toEqual(["usd 0.1"]);
    pool.record({ usd: "0.179999999" });
    expect(told).toEqual(["usd 0.1"]);
    pool.record({ usd: "0.000000001" });
    expect(told).toEqual(["usd 0.1", "usd 0.7"]);
  });

  it("thresholds of a cap of zero are not reached by nothing", () => {
    const { pool, told } = watched({ caps: { usd: 0 }, thresholds: [0.5], overage: "allow" });
    pool.record({ tokens: 5 });
    expect(told).toEqual([]);
    pool.reserve({ tokens: 1 }).commit({ usd: "0.000000001" });
    expect(told).toEqual(["usd 0.5"]);
  });

  it("thresholds survive a listener that throws, rejects, or uses the pool itself", async () => {
    const told: number[] = [];
    const pool: BudgetPool = new BudgetPool({
      caps: { tokens: 10 },
      thresholds: [1, 0.5, 0.5],
      onThreshold: ({ threshold }) => {
        told.push(threshold);
        if (threshold === 0.5) {
          pool.record({ tokens: 5 });
          throw new Error("a listener's own trouble");
        }
        return Promise.reject(new Error("a listener's later trouble"));
      },
    });
    pool.record({ tokens: 5 });
    await Promise.resolve();
    expect(told).toEqual([0.5, 1]);
    expect(pool.snapshot().used.tokens).toBe(10);
  });

  it("thresholds call the listener that was given last for a child", () => {
    const told: string[] = [];
    const root = new BudgetPool();
    const options = { caps: { calls: 2 }, thresholds: [0.5, 1] };
    root.child("child", { ...options, onThreshold: () => told.push("first") }).record({});
    root.child("child", { ...options, onThreshold: () => told.push("second") }).record({});
    expect(told).toEqual(["first", "second"]);
  });

  it("thresholds that are not fractions, and listeners that are not functions, are errors", () => {
    for (const thresholds of [[0], [-0.5], [Number.NaN], [Number.POSITIVE_INFINITY], ["0.5"]]) {
      expect(() => new BudgetPool({ thresholds: thresholds as number[] })).toThrow(RangeError);
    }
    expect(() => new BudgetPool({ thresholds: 0.5 as never })).toThrow(
      "Expected `thresholds` to be a list such as [0.5, 0.8, 1], got 0.5",
    );
    expect(() => new BudgetPool({ onThreshold: "log" as never })).toThrow(TypeError);
  });
});
