// A pool with slices as a process sees it, over a store in memory.

import { expect, it } from "vitest";

import { BudgetExceeded } from "../../src/index.ts";
import { BudgetStore, MemoryStore, PoolGone } from "../../src/stores/index.ts";
import type { SlicedBudgetPool, SlicedReservation, Store } from "../../src/stores/index.ts";

const CALLS = 200;

/** A store that counts what it is asked. */
function counted(inner: MemoryStore): { readonly store: Store; readonly trips: () => number } {
  let trips = 0;
  const store: Store = {
    batchesAtOnce: 1,
    commandsAtOnce: 1000,
    async execute(root, commands) {
      trips++;
      return await inner.execute(root, commands);
    },
    paths: () => inner.paths(),
    ledger: (query) => inner.ledger(query),
    close: () => inner.close(),
  };
  return { store, trips: () => trips };
}

async function callOnce(pool: SlicedBudgetPool): Promise<void> {
  const hold = await pool.reserve({ tokens: 10 });
  hold.commit({ tokens: 4, model: "m" });
}

it("R15 most requests of a busy process make no round trip, and the books equal the usage", async () => {
  const { store: inner, trips } = counted(new MemoryStore());
  const store = new BudgetStore(inner);
  await store.pool("acme", { caps: { tokens: 1_000_000 } });
  const pool = await store.pool("acme/a", { slices: true });
  for (let call = 0; call < CALLS; call++) await callOnce(pool);
  expect(trips()).toBeLessThan(CALLS);
  await pool.flush();
  const { used, inSlices, reserved } = await pool.snapshot();
  expect(used).toMatchObject({ tokens: 4 * CALLS, calls: CALLS });
  expect(inSlices).toEqual(reserved);
  expect(await pool.ledger({ limit: 1000 })).toHaveLength(CALLS);
  await store.close();
  const after = await new BudgetStore(inner).pool("acme");
  expect((await after.snapshot()).reserved.tokens).toBe(0);
});

it("R15 tryReserve, tryRecord and commit answer at once within the slice", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", {
    caps: { tokens: 10_000 },
    slices: { horizonMs: 60_000 },
  });
  // Demand is what is taken ahead for.
  for (let call = 0; call < 20; call++) await callOnce(pool);
  await expect.poll(() => pool.tryReserve({ tokens: 10 })?.release() ?? "none").toBe("none");
  await expect
    .poll(() => {
      const hold = pool.tryReserve({ tokens: 10 });
      hold?.commit({ tokens: 12 });
      return hold?.settled;
    })
    .toBe(true);
  expect(pool.tryRecord({ tokens: 1 }, { label: "x" })).toBe(true);
  await pool.flush();
  expect((await pool.snapshot()).used.tokens).toBe(20 * 4 + 12 + 1);
  await store.close();
});

it("R15 calls that use an axis which they did not hold make no round trip each", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { slices: { horizonMs: 60_000 } });
  const callOnSight = async (): Promise<boolean> => {
    const hold = pool.tryReserve({ tokens: 10 });
    (hold ?? (await pool.reserve({ tokens: 10 }))).commit({ inputTokens: 5, outputTokens: 3 });
    return hold !== undefined;
  };
  // Demand is what is taken ahead for.
  for (let call = 0; call < CALLS; call++) await callOnSight();
  let atOnce = 0;
  for (let call = 0; call < CALLS; call++) if (await callOnSight()) atOnce++;
  expect(atOnce).toBeGreaterThan(0.9 * CALLS);
  await pool.flush();
  expect((await pool.snapshot()).used).toMatchObject({ inputTokens: 10 * CALLS, calls: 2 * CALLS });
  await store.close();
});

it("R15 two processes spend all of a cap together, and not more", async () => {
  const inner = new MemoryStore();
  const stores = [1, 2, 3].map(() => new BudgetStore(inner));
  const pools = await Promise.all(
    stores.map(async (store) => {
      await store.pool("acme", { caps: { tokens: 1000 } });
      return await store.pool("acme", { slices: { reportMs: 20 } });
    }),
  );
  let spent = 0;
  const refusals: unknown[] = [];
  const work = async (pool: SlicedBudgetPool): Promise<void> => {
    for (;;) {
      try {
        const hold = await pool.reserve({ tokens: 7 });
        hold.commit({ tokens: 5 });
        spent += 5;
      } catch (error) {
        refusals.push(error);
        return;
      }
    }
  };
  await Promise.all(pools.map(work));
  await Promise.all(pools.map((pool) => pool.flush()));
  expect(refusals.every((error) => BudgetExceeded.is(error))).toBe(true);
  const [first] = pools;
  const { used } = (await first?.snapshot()) ?? {};
  expect(used?.tokens).toBe(spent);
  expect(spent).toBeLessThanOrEqual(1000);
  // No room for one more ask was left by anybody.
  expect(spent).toBeGreaterThan(1000 - 7);
  await Promise.all(stores.map((store) => store.close()));
});

it("R15 R18 a request that is refused is one entry of the journal, however often it waits", async () => {
  const inner = new MemoryStore();
  const store = new BudgetStore(inner);
  const pool = await store.pool("acme", { caps: { tokens: 1000 }, slices: { reportMs: 10 } });
  for (let call = 0; call < 20; call++) await callOnce(pool);
  let refused = 0;
  const holds: SlicedReservation[] = [];
  const burst = async (sizes: readonly number[]): Promise<unknown> =>
    await Promise.all(
      sizes.map(async (tokens) => {
        const hold = await pool.reserve({ tokens }).catch(() => undefined);
        if (hold === undefined) refused++;
        else holds.push(hold);
      }),
    );
  const sizes = Array.from({ length: 64 }, (_, index) => 25 + (index % 7));
  // No room will ever be enough for the last one, while others may wait.
  await burst([...sizes, 2000]);
  await burst(sizes);
  for (const hold of holds) hold.commit({ tokens: 10 });
  await burst([...sizes, 2000]);
  await store.close();
  const { counts } = await new BudgetStore(inner).refusals("acme");
  expect(refused).toBeGreaterThan(64);
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(refused);
});

it("R15 with sums, the ledger has one entry per report, model and label", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { slices: { ledger: "sums", horizonMs: 60_000 } });
  for (let call = 0; call < 50; call++) await callOnce(pool);
  await pool.flush();
  const lines = await pool.ledger({ limit: 1000 });
  expect(lines.length).toBeLessThan(50);
  expect(lines.reduce((sum, { amount }) => sum + amount.tokens, 0)).toBe(200);
  expect(lines.reduce((sum, { amount }) => sum + amount.calls, 0)).toBe(50);
  await store.close();
});

it("R15 a reported settlement is amended by its id, and thresholds are crossed by reports", async () => {
  const crossed: number[] = [];
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", {
    caps: { tokens: 100 },
    thresholds: [0.5],
    onThreshold: ({ used }) => crossed.push(used),
    slices: true,
  });
  const hold = await pool.reserve({ tokens: 60 });
  hold.commit({ tokens: 55 });
  expect(crossed).toEqual([]);
  await pool.flush();
  expect(crossed).toEqual([55]);
  await pool.amend(hold.id ?? "", { tokens: 20 });
  expect((await pool.snapshot()).used.tokens).toBe(20);
  await store.close();
});

it("R15 a reset drops the slice, and later settlements count in the new period", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { caps: { tokens: 100 }, slices: true });
  const hold = await pool.reserve({ tokens: 60 });
  await pool.reset();
  hold.commit({ tokens: 30 });
  await pool.flush();
  expect((await pool.snapshot()).used.tokens).toBe(30);
  await store.close();
});

it("R15 freezing a pool recalls its slices, and thawing it grants them again", async () => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("acme", { caps: { tokens: 100_000 }, slices: { reportMs: 10 } });
  for (let call = 0; call < 20; call++) await callOnce(pool);
  await pool.freeze();
  await expect.poll(async () => (await pool.snapshot()).reserved.tokens).toBe(0);
  expect(pool.tryReserve({ tokens: 1 })).toBeUndefined();
  await expect(pool.reserve({ tokens: 1 })).rejects.toMatchObject({ reason: "frozen" });
  await pool.thaw();
  (await pool.reserve({ tokens: 1 })).release();
  await store.close();
});

it("R15 reserveWhenFree waits until another process frees room", async () => {
  const { store: inner, trips } = counted(new MemoryStore());
  const [one, other] = [
    new BudgetStore(inner, { pollMs: 20 }),
    new BudgetStore(inner, { pollMs: 20 }),
  ];
  const options = { caps: { tokens: 10 }, slices: { reportMs: 20 } };
  const holder = await one.pool("acme", options);
  const waiter = await other.pool("acme", options);
  const hold = await holder.reserve({ tokens: 8 });
  const waiting = waiter.reserveWhenFree({ tokens: 5 });
  // It asks again and again, as long as there is no room.
  const before = trips();
  await expect.poll(trips).toBeGreaterThan(before + 3);
  hold.commit({ tokens: 1 });
  const held = await waiting;
  expect(held.amount.tokens).toBe(5);
  await held.release();
  await one.close();
  await other.close();
});

it("R15 a deleted pool is reported, and its holds are not booked in a new pool of the same name", async () => {
  const inner = new MemoryStore();
  const store = new BudgetStore(inner);
  const pool = await store.pool("acme", { slices: true });
  const hold = await pool.reserve({ tokens: 5 });
  const gone: Store = new MemoryStore();
  // The store has lost its data.
  inner.execute = (root, commands) => gone.execute(root, commands) as never;
  hold.commit({ tokens: 3 });
  await expect(pool.reserve({ tokens: 1e9 })).rejects.toThrow(PoolGone);
  await store.close();
});

it("R12 R15 a store that does not answer in time refuses, and the draw is repeated", async () => {
  const inner = new MemoryStore();
  const { store: reached } = counted(inner);
  const healthy = reached.execute.bind(reached);
  const store = new BudgetStore(reached, { timeoutMs: 60 });
  const pool = await store.pool("acme", { caps: { tokens: 100 }, slices: { reportMs: 10 } });
  const hold = await pool.reserve({ tokens: 5 });
  reached.execute = () => Promise.reject(new Error("no way through"));
  hold.commit({ tokens: 3 });
  await expect(pool.reserve({ tokens: 50 })).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  reached.execute = healthy;
  await expect.poll(async () => (await pool.snapshot()).used.tokens, { timeout: 5000 }).toBe(3);
  await expect.poll(async () => (await pool.snapshot()).reserved.tokens, { timeout: 5000 }).toBe(0);
  await store.close();
});
