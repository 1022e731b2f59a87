import { expect, it } from "vitest";

import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";

/** Two stores over one place, as two processes have them. */
function twoProcesses(pollMs = 50): readonly [BudgetStore, BudgetStore] {
  const place = new MemoryStore();
  return [new BudgetStore(place, { pollMs }), new BudgetStore(place, { pollMs })];
}

it("R11 a lease is renewed while its process lives, and ends when that stops", async () => {
  const [store, other] = twoProcesses();
  const pool = await store.pool("acme", { caps: { tokens: 10 }, leaseMs: 300 });
  const there = await other.pool("acme");
  const hold = await pool.reserve({ tokens: 10 });
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(await there.tryReserve({ tokens: 1 })).toBeUndefined();
  await store.close();
  await expect.poll(async () => (await there.snapshot()).reserved.tokens).toBe(0);
  expect(hold.settled).toBe(false);
  await other.close();
});

it("R13 waiters in one process are admitted in order when another process frees room", async () => {
  const [store, other] = twoProcesses();
  const pool = await store.pool("acme", { caps: { tokens: 10 } });
  const there = await other.pool("acme");
  const hold = await pool.reserve({ tokens: 10 });
  const order: string[] = [];
  const first = there.reserveWhenFree({ tokens: 8 }).then((held) => {
    order.push("first");
    return held;
  });
  await there.snapshot();
  const second = pool.reserveWhenFree({ tokens: 3 }).then((held) => {
    order.push("second");
    return held;
  });
  await pool.snapshot();
  await hold.release();
  await (await first).commit({ tokens: 2 });
  await second;
  expect(order).toEqual(["first", "second"]);
  await Promise.all([store.close(), other.close()]);
});

it("R13 a waiter of a dead process leaves the queue and blocks no other", async () => {
  const [store, other] = twoProcesses();
  const pool = await store.pool("acme", { caps: { tokens: 10 } });
  const there = await other.pool("acme");
  const hold = await pool.reserve({ tokens: 10 });
  const lost = there.reserveWhenFree({ tokens: 10 }).catch(() => "ended");
  await there.snapshot();
  await other.close();
  expect(await lost).toBe("ended");
  const next = pool.reserveWhenFree({ tokens: 5 });
  await hold.release();
  await (await next).release();
  await store.close();
});
