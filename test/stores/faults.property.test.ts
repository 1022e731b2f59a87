import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BudgetExceeded } from "../../src/index.ts";
import { BudgetStore, MemoryStore, StoreUnavailable } from "../../src/stores/index.ts";
import type { StoredBudgetPool } from "../../src/stores/index.ts";
import { BOUNDED_MS } from "../support/bounds.ts";
import { FailingStore } from "../support/failing-store.ts";
import type { Fault } from "../support/failing-store.ts";

const fault = fc.constantFrom<Fault>("none", "none", "ask lost", "answer lost", "twice", "late");
const task = fc.record({
  ask: fc.integer({ min: 1, max: 40 }),
  used: fc.integer({ min: 0, max: 50 }),
  does: fc.constantFrom("commit", "release", "record"),
});

/** What a task has been told is booked. */
async function perform(
  pool: StoredBudgetPool,
  { ask, used, does }: { ask: number; used: number; does: string },
): Promise<number> {
  try {
    if (does === "record") {
      await pool.record({ tokens: used });
      return used;
    }
    const hold = await pool.reserve({ tokens: ask });
    if (does === "release") {
      await hold.release();
      return 0;
    }
    await hold.commit({ tokens: used });
    return used;
  } catch (error) {
    if (!BudgetExceeded.is(error)) throw error;
    return error.booked ? used : 0;
  }
}

it("R10 F23 F32 everything is booked once although messages are lost, doubled or delayed", async () => {
  expect.hasAssertions();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 40 }),
      fc.array(task, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (plan, tasks, commandsAtOnce) => {
        const inner = new MemoryStore();
        await new BudgetStore(inner).pool("acme", { caps: { tokens: 200 } });
        const store = new BudgetStore(new FailingStore(inner, plan, commandsAtOnce));
        const pool = await store.pool("acme/run");
        const told = await Promise.all(tasks.map((each) => perform(pool, each)));
        const sum = told.reduce((total, tokens) => total + tokens, 0);
        const root = await (await store.pool("acme")).snapshot();
        expect([root.used.tokens, root.openReservations, root.reserved.tokens]).toEqual([
          sum,
          0,
          0,
        ]);
        const lines = await pool.ledger({ limit: 1000 });
        expect(lines.reduce((total, { amount }) => total + amount.tokens, 0)).toBe(sum);
        await store.close();
      },
    ),
    { numRuns: 60 },
  );
});

it("R12 F26 I8 a store that does not answer is StoreUnavailable in bounded time, and nothing is spent", async () => {
  const inner = new MemoryStore();
  const failing = new FailingStore(inner, []);
  const store = new BudgetStore(failing, { timeoutMs: 200 });
  const pool = await store.pool("acme", { caps: { tokens: 10 } });
  failing.plan(["silence", "silence", "silence"]);
  const startedAt = performance.now();
  const asks = [
    pool.reserve({ tokens: 1 }),
    pool.record({ tokens: 1 }),
    pool.tryReserve({ tokens: 1 }),
    pool.reserveWhenFree({ tokens: 1 }),
    pool.snapshot(),
    pool.run({ tokens: 1 }, () => expect.unreachable()),
  ];
  for (const ask of await Promise.allSettled(asks)) {
    expect(ask.status === "rejected" && StoreUnavailable.is(ask.reason)).toBe(true);
  }
  expect(performance.now() - startedAt).toBeLessThan(BOUNDED_MS);
  failing.plan([]);
  expect((await pool.snapshot()).used.tokens).toBe(0);
  await store.close();
});

it("R12 a commit without an answer is booked once, in the background or when it is tried again", async () => {
  const failing = new FailingStore(new MemoryStore(), []);
  const store = new BudgetStore(failing, { timeoutMs: 60 });
  const pool = await store.pool("acme", { caps: { tokens: 10 } });
  for (const [index, isTriedAgain] of [true, false].entries()) {
    const hold = await pool.reserve({ tokens: 4 });
    failing.plan(Array.from({ length: 20 }, () => "answer lost" as const));
    await expect(hold.commit({ tokens: 3 })).rejects.toSatisfy((error) =>
      StoreUnavailable.is(error),
    );
    // What may have been committed is not given back.
    await hold.release();
    failing.plan([]);
    if (isTriedAgain) await hold.commit({ tokens: 3 });
    else await expect.poll(() => hold.settled, { timeout: 10_000 }).toBe(true);
    expect(hold.settled).toBe(true);
    expect((await pool.snapshot()).used.tokens).toBe(3 * (index + 1));
  }
  await store.close();
});

describe.each(["before", "after"] as const)(
  "a command that its caller abandoned arrives %s its cancellation",
  (when) => {
    it("R12 C11 an abandoned request is neither held nor booked, unless the caller chose its id", async () => {
      const failing = new FailingStore(new MemoryStore(), []);
      const store = new BudgetStore(failing, { timeoutMs: 60 });
      const pool = await store.pool("acme/run", { caps: { tokens: 100 } });
      failing.plan(["stalled"]);
      const asks = await Promise.allSettled([
        pool.reserve({ tokens: 1 }),
        pool.reserve({ tokens: 10 }, { id: "mine" }),
        pool.reserveUpTo({ fixed: { tokens: 1 }, unit: { tokens: 1 }, min: 1, max: 2 }),
        pool.reserveWhenFree({ tokens: 1 }),
        pool.run({ tokens: 1 }, () => expect.unreachable()),
        pool.record({ tokens: 1 }),
        pool.tryRecord({ tokens: 1 }),
        pool.record({ tokens: 20 }, { id: "mine too" }),
      ]);
      for (const ask of asks)
        expect(ask.status === "rejected" && StoreUnavailable.is(ask.reason)).toBe(true);
      if (when === "before") failing.resume();
      const released = async (): Promise<number> =>
        (await pool.ledger()).filter(({ kind }) => kind === "release" || kind === "amend").length;
      // Four holds and two records that nobody can ask for again.
      await expect.poll(released, { timeout: 10_000 }).toBe(6);
      if (when === "after") failing.resume();
      const hold = await pool.reserve({ tokens: 10 }, { id: "mine" });
      await pool.record({ tokens: 20 }, { id: "mine too" });
      const { used, reserved, openReservations } = await pool.snapshot();
      expect([used.tokens, reserved.tokens, openReservations]).toEqual([20, 10, 1]);
      await hold.commit();
      await store.close();
    });
  },
);

it("F57 run returns the paid result although the store does not answer the commit", async () => {
  const failing = new FailingStore(new MemoryStore(), []);
  const store = new BudgetStore(failing, { timeoutMs: 60 });
  const pool = await store.pool("acme", { caps: { tokens: 10 } });
  const answer = await pool.run({ tokens: 4 }, () => {
    failing.plan(["silence"]);
    return "paid for";
  });
  expect(answer).toBe("paid for");
  await expect.poll(async () => (await pool.snapshot()).used.tokens, { timeout: 10_000 }).toBe(4);
  await store.close();
});
