import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";

const LENGTH_MS = 600;

describe("a sliding window", () => {
  it("a sliding window admits no more than the cap within its length, and forgets within a part after it", () => {
    const step = fc.record({ ms: fc.nat(200), tokens: fc.nat(6) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new ManualClock();
        const pool = new BudgetPool({
          caps: { tokens: 10 },
          window: { sliding: LENGTH_MS },
          clock,
        });
        const booked: { at: number; tokens: number }[] = [];
        const within = (ms: number): number =>
          booked
            .filter(({ at }) => clock.now() - at < ms)
            .reduce((sum, { tokens }) => sum + tokens, 0);
        for (const { ms, tokens } of steps) {
          clock.advance(ms);
          const longest = within(LENGTH_MS + LENGTH_MS / 60);
          expect(pool.snapshot().used.tokens).toBeGreaterThanOrEqual(within(LENGTH_MS));
          expect(pool.snapshot().used.tokens).toBeLessThanOrEqual(longest);
          if (longest + tokens <= 10) pool.record({ tokens });
          else if (!pool.tryRecord({ tokens })) continue;
          booked.push({ at: clock.now(), tokens });
          expect(within(LENGTH_MS)).toBeLessThanOrEqual(10);
        }
      }),
    );
  });

  it("a sliding window reports thresholds again when used reaches them again", () => {
    const clock = new ManualClock();
    const told: number[] = [];
    const pool = new BudgetPool({
      caps: { tokens: 10 },
      window: { sliding: "1h" },
      clock,
      thresholds: [0.5],
      onThreshold: ({ used }) => told.push(used),
    });
    pool.record({ tokens: 6 });
    clock.advance(1_800_000);
    pool.record({ tokens: 2 });
    clock.advance(2_000_000);
    pool.record({ tokens: 4 });
    expect(told).toEqual([6, 6]);
  });
});
