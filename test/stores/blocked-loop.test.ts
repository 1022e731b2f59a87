// A process that is blocked for longer than its lease, in the middle of a turn of its event loop.

import { expect, it } from "vitest";

import { BudgetExceeded } from "../../src/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import type { SlicedBudgetPool, SlicedReservation } from "../../src/stores/index.ts";
import { turnNow } from "../../src/stores/slices/turn-clock.ts";

const USES_MAX = 32;
const CAP = 1_000_000;
const LEASE_MS = 100;

function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}

/** Reads the clock until a reading is shared. */
function share(): number {
  let [before, now] = [turnNow(), turnNow()];
  while (before !== now) [before, now] = [now, turnNow()];
  return now;
}

it("R15 a reading of the clock is shared by few requests, and by none of another turn", async () => {
  const shared = share();
  block(5);
  let uses = 0;
  while (turnNow() === shared) uses++;
  expect(uses).toBeLessThan(USES_MAX);
  share();
  await nextTurn();
  const before = performance.now();
  expect(turnNow()).toBeGreaterThanOrEqual(before);
});

it("R15 requests that come alone each read the clock", async () => {
  for (let request = 0; request < 20; request++) {
    block(1);
    const before = performance.now();
    expect(turnNow()).toBeGreaterThanOrEqual(before);
    if (request % 5 === 0) await nextTurn();
  }
});

/** Holds as much as the slice gives, at most so many times. */
function holdMany(pool: SlicedBudgetPool, times: number): SlicedReservation[] {
  const holds: SlicedReservation[] = [];
  for (let time = 0; time < times; time++) {
    const hold = pool.tryReserve({ tokens: 100 });
    if (hold === undefined) break;
    holds.push(hold);
  }
  return holds;
}

/** Takes everything that is left; returns how much. */
async function takeAll(pool: SlicedBudgetPool): Promise<number> {
  let taken = 0;
  for (let ask = CAP; ask >= 1;) {
    try {
      await pool.record({ tokens: ask });
      taken += ask;
    } catch (error) {
      if (!BudgetExceeded.is(error)) throw error;
      ask = Math.floor(ask / 2);
    }
  }
  return taken;
}

it("R15 a process blocked past its lease admits a few requests of what is booked, and no more", async () => {
  const inner = new MemoryStore();
  const [store, otherStore] = [new BudgetStore(inner), new BudgetStore(inner)];
  const options = { leaseMs: LEASE_MS, horizonMs: 60_000, reportMs: 20 };
  const caps = { tokens: CAP };
  const pool = await store.pool("acme", { caps, slices: options });
  const other = await otherStore.pool("acme", { caps, slices: { ...options, leaseMs: 60_000 } });
  // Until demand is known.
  await expect
    .poll(
      async () => {
        (await pool.reserve({ tokens: 100 })).release();
        await nextTurn();
        return holdMany(pool, 200).map((hold) => hold.release()).length;
      },
      { timeout: 60_000 },
    )
    .toBe(200);
  const before = holdMany(pool, 100);
  const sharedAt = share();
  block(3 * LEASE_MS);
  expect(performance.now() - sharedAt).toBeGreaterThan(LEASE_MS);
  // Nothing has told the process yet that it was away.
  const late = holdMany(pool, 1000);
  expect(late.length).toBeLessThanOrEqual(USES_MAX);
  for (const hold of [...before, ...late]) hold.commit({ tokens: 90 });
  const bill = 90 * (before.length + late.length);
  // Others do not get what the process has spent.
  const taken = await takeAll(other);
  expect(taken).toBeLessThanOrEqual(CAP - bill);
  const { used, reserved } = await other.snapshot();
  expect(used.tokens + reserved.tokens).toBeLessThanOrEqual(CAP);
  expect(used.tokens + reserved.tokens).toBeGreaterThanOrEqual(bill + taken);
  // Once it has reported, the books are exact.
  await pool.flush();
  await other.flush();
  await expect.poll(async () => (await other.snapshot()).used.tokens).toBe(bill + taken);
  await store.close();
  await otherStore.close();
});
