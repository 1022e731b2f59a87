import { expect, it } from "vitest";

import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import type { Command, Outcome } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";

const POLL_MS = 100;
const MANY = 600;

/** Counts the waiters that are polled. */
class CountingStore extends MemoryStore {
  polled = 0;

  override execute(root: string, commands: readonly Command[]): Promise<readonly Outcome[]> {
    this.polled += commands.filter(({ kind }) => kind === "wait").length;
    return super.execute(root, commands);
  }
}

it("R13 hundreds of waiters are polled every third time, and keep their places", async () => {
  const clock = new ManualClock();
  const inner = new CountingStore(clock);
  const store = new BudgetStore(inner, { clock, pollMs: POLL_MS });
  const pool = await store.pool("acme", { caps: { calls: 1 } });
  const first = await pool.reserve({});
  const admitted: number[] = [];
  const waiters = Array.from({ length: MANY }, async (_, at) => {
    const hold = await pool.reserveWhenFree({});
    admitted.push(at);
    await hold.commit({ calls: 0 });
  });
  await pool.snapshot();
  inner.polled = 0;
  const polls: number[] = [];
  for (let poll = 0; poll < 30; poll++) {
    const before = inner.polled;
    clock.advance(POLL_MS);
    // oxlint-disable-next-line no-await-in-loop -- one poll after another
    await pool.snapshot();
    polls.push(inner.polled - before);
  }
  expect(polls.reduce((sum, polled) => sum + polled)).toBeLessThan((30 * MANY) / 2);
  // Thirty polls are longer than a place lasts, and no waiter lost its place.
  await first.commit({ calls: 0 });
  await Promise.all(waiters);
  expect(admitted).toEqual(Array.from({ length: MANY }, (_, at) => at));
  expect((await pool.snapshot()).reserved.calls).toBe(0);
  await store.close();
});

it("R13 a waiter behind many others is polled in time, however often room is freed", async () => {
  const clock = new ManualClock();
  const inner = new CountingStore(clock);
  const store = new BudgetStore(inner, { clock, pollMs: POLL_MS });
  const other = new BudgetStore(inner, { clock, pollMs: POLL_MS });
  const pool = await store.pool("acme", { caps: { calls: 1000 } });
  const [full, free] = [
    await pool.child("full", { caps: { calls: 1 } }),
    await pool.child("free", { caps: { calls: 1 } }),
  ];
  const first = await full.reserve({});
  const elsewhere = await (await other.pool("acme/free", { caps: { calls: 1 } })).reserve({});
  const ahead = Array.from({ length: 100 }, async () => (await full.reserveWhenFree({})).release());
  await pool.snapshot();
  const admitted: string[] = [];
  const behind = free.reserveWhenFree({}).then((hold) => {
    admitted.push(hold.id);
    return hold.release();
  });
  await pool.snapshot();
  await elsewhere.release();
  for (let step = 0; step < 30 && admitted.length === 0; step++) {
    clock.advance(POLL_MS / 5);
    // oxlint-disable-next-line no-await-in-loop -- one commit after another
    await (await pool.reserve({})).commit();
    // oxlint-disable-next-line no-await-in-loop -- as above
    await pool.snapshot();
  }
  expect(admitted.length).toBe(1);
  await first.release();
  await Promise.all([behind, ...ahead]);
  await Promise.all([store.close(), other.close()]);
});
