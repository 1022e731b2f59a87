// A tree that nothing watches, waits for or rolls takes the short way through a step (its
// `isPlain`). Here a second tree goes the long way, because a pool of it has thresholds, and the two
// must answer the same, to the last figure and the last error.

import fc from "fast-check";
import { expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import type { Amount, CapsChange, OveragePolicy, Reservation } from "../../src/index.ts";

const MOST = Number.MAX_SAFE_INTEGER;

/** Few distinct quantities, so that sums often meet a cap exactly or pass the largest integer. */
const quantity: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(MOST, MOST - 1, MOST - 10, 2 ** 52) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, Number.NaN, -0) },
);
const dollars: fc.Arbitrary<number | string> = fc.constantFrom(0, 0.25, "0.5", 1e-9, 9e6, -1);
const amount: fc.Arbitrary<Amount> = fc.record(
  {
    tokens: quantity,
    inputTokens: quantity,
    outputTokens: quantity,
    usd: dollars,
    calls: quantity,
  },
  { requiredKeys: [] },
);
const caps: fc.Arbitrary<CapsChange> = fc.record(
  {
    tokens: fc.constantFrom(0, 10, 20, MOST, null),
    inputTokens: fc.constantFrom(5, 15, null),
    usd: fc.constantFrom(1, 2, null),
    calls: fc.constantFrom(3, 10, null),
  },
  { requiredKeys: [] },
);
const policy: fc.Arbitrary<OveragePolicy> = fc.constantFrom("throw", "allow", "reject");

type Step = (pool: BudgetPool, holds: Reservation[], at: number) => unknown;

const kept = (holds: Reservation[], hold: Reservation | undefined): unknown => {
  if (hold !== undefined) holds.push(hold);
  return hold?.amount;
};
const step: fc.Arbitrary<Step> = fc.oneof(
  amount.map(
    (asked): Step =>
      (pool) =>
        pool.record(asked),
  ),
  fc.tuple(amount, policy).map(
    ([asked, overage]): Step =>
      (pool) =>
        pool.record(asked, { overage }),
  ),
  amount.map(
    (asked): Step =>
      (pool) =>
        pool.tryRecord(asked),
  ),
  amount.map(
    (asked): Step =>
      (pool) =>
        pool.check(asked),
  ),
  amount.map(
    (asked): Step =>
      (pool, holds) =>
        kept(holds, pool.reserve(asked)),
  ),
  amount.map(
    (asked): Step =>
      (pool, holds) =>
        kept(holds, pool.tryReserve(asked)),
  ),
  fc.option(amount, { nil: undefined }).map(
    (used): Step =>
      (_pool, holds, at) =>
        holds[at % Math.max(1, holds.length)]?.commit(used),
  ),
  fc.constant<Step>((_pool, holds, at) => holds[at % Math.max(1, holds.length)]?.release()),
  fc.constant<Step>((pool) => pool.reset()),
  caps.map(
    (change): Step =>
      (pool) =>
        pool.configure({ caps: change }),
  ),
  policy.map(
    (overage): Step =>
      (pool) =>
        pool.configure({ overage }),
  ),
);

/** A root, a child and a child of it, and what is held on them. */
class Tree {
  readonly pools: readonly BudgetPool[];
  readonly holds: Reservation[] = [];

  constructor() {
    const root = new BudgetPool({ caps: { tokens: 40, usd: 3 } });
    const child = root.child("child", { caps: { tokens: 20, inputTokens: 15 } });
    this.pools = [root, child, child.child("leaf", { caps: { usd: 1 } })];
  }

  /** Returns what a step answers or throws, and all figures after it. */
  takes(perform: Step, at: number): unknown {
    let answer: unknown;
    try {
      answer = perform(this.pools[at % 3]!, this.holds, at);
    } catch (error) {
      answer = { text: String(error), ...Object.fromEntries(Object.entries(Object(error))) };
    }
    return { answer, figures: this.pools.map((pool) => pool.snapshot()) };
  }
}

it("R1 to R6 R8 R9 a tree without windows, thresholds and waiters answers as any other", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.nat(100)), { maxLength: 40 }), (steps) => {
      const short = new Tree();
      const long = new Tree();
      long.pools[0]!.child("watched", { thresholds: [1] });
      for (const [perform, at] of steps)
        expect(short.takes(perform, at)).toStrictEqual(long.takes(perform, at));
    }),
    { numRuns: 2000 },
  );
});

it("R2 R13 a tree is judged the long way as soon as one waits or a window is set", async () => {
  const root = new BudgetPool({ caps: { tokens: 10 }, name: "root" });
  const hold = root.reserve({ tokens: 8 });
  const waiting = root.reserveWhenFree({ tokens: 5 });
  // A commit within its hold frees room: the waiter has it at once.
  hold.commit({ tokens: 1 });
  expect(root.snapshot().reserved.tokens).toBe(5);
  (await waiting).release();

  let now = 0;
  const clock = { now: () => now, schedule: () => () => undefined };
  const timed = new BudgetPool({ caps: { tokens: 10 }, clock });
  const day = timed.child("day");
  timed.record({ tokens: 10 });
  day.configure({ window: "day" });
  timed.configure({ window: "day" });
  expect(timed.tryRecord({ tokens: 1 })).toBe(false);
  now = 86_400_000;
  expect(timed.tryRecord({ tokens: 1 })).toBe(true);
});
