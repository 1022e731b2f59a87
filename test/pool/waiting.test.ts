import { getEventListeners } from "node:events";

import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { heapInUse } from "../support/heap.ts";

describe("reserveWhenFree", () => {
  it("R13 leaves no listener, timer or waiter behind after 100,000 aborted waits", async () => {
    const clock = new ManualClock();
    const pool = new BudgetPool({ caps: { tokens: 10 }, window: { everyMs: 1000 }, clock });
    const hold = pool.reserve({ tokens: 10 });
    const heapBefore = heapInUse();
    for (let round = 0; round < 100; round++) {
      const controller = new AbortController();
      const { signal } = controller;
      const waits = Array.from({ length: 1000 }, () =>
        pool.reserveWhenFree({ tokens: 1 }, { signal, timeoutMs: 60_000 }),
      );
      expect(getEventListeners(signal, "abort").length).toBe(1000);
      controller.abort();
      const outcomes = await Promise.allSettled(waits);
      expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
      expect(getEventListeners(signal, "abort").length).toBe(0);
      expect(clock.pendingTimers).toBe(0);
    }
    expect(heapInUse() - heapBefore).toBeLessThan(8_000_000);
    hold.release();
    // Were anybody left in the line, this ask would have to stand behind it.
    await pool.reserveWhenFree({ tokens: 10 }, { timeoutMs: 0 });
  });

  it("R13 leaves no listener or timer behind when it is let in", async () => {
    const clock = new ManualClock();
    const pool = new BudgetPool({ caps: { tokens: 10 }, clock });
    const { signal } = new AbortController();
    const hold = pool.reserve({ tokens: 10 });
    const wait = pool.reserveWhenFree({ tokens: 1 }, { signal, timeoutMs: 60_000 });
    expect([getEventListeners(signal, "abort").length, clock.pendingTimers]).toEqual([1, 1]);
    hold.release();
    await wait;
    expect([getEventListeners(signal, "abort").length, clock.pendingTimers]).toEqual([0, 0]);
  });

  it("R13 serves a line of 20,000 in order", async () => {
    const pool = new BudgetPool({ caps: { tokens: 1 } });
    const served: number[] = [];
    const call = async (index: number): Promise<void> => {
      const hold = await pool.reserveWhenFree({ tokens: 1 });
      served.push(index);
      hold.commit({ tokens: 0 });
    };
    await Promise.all(Array.from({ length: 20_000 }, (_, index) => call(index)));
    expect(served).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
  });

  it("R13 a wait on a real clock ends by its timeout", async () => {
    const pool = new BudgetPool({ caps: { tokens: 1 } });
    pool.reserve({ tokens: 1 });
    const error = await pool.reserveWhenFree({ tokens: 1 }, { timeoutMs: 5 }).catch(String);
    expect(error).toMatch(/gave up after \d+ ms/);
  });

  it("R13 a total that cannot be reached any more ends the wait with a RangeError", async () => {
    const pool = new BudgetPool();
    const child = pool.child("child", { caps: { calls: 1 } });
    const hold = child.reserve({});
    const wait = child.reserveWhenFree({ tokens: 2 });
    pool.record({ tokens: Number.MAX_SAFE_INTEGER - 1 });
    hold.release();
    await expect(wait).rejects.toThrow(RangeError);
    expect(child.snapshot().openReservations).toBe(0);
  });

  it("R13 a roll lets in who waits longest, not the ask that found the window over", async () => {
    const clock = new ManualClock();
    const pool = new BudgetPool({ caps: { calls: 2 }, window: { everyMs: 1000 }, clock });
    const hold = pool.reserve({});
    pool.record({});
    const wait = pool.reserveWhenFree({});
    clock.jump(clock.now() + 1000);
    expect(pool.tryRecord({})).toBe(false);
    await wait;
    hold.release();
    expect(pool.tryRecord({})).toBe(true);
  });
});
