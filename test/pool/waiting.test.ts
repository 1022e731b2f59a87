import { getEventListeners } from "node:events";

import { describe, expect, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { heapInUse } from "../support/heap.ts";

describe("reserveWhenFree", () => {
  it("R13 reserveWhenFree leaves no listener, timer or waiter behind after 100,000 aborted waits", async () => {
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

  it("R13 reserveWhenFree leaves no listener or timer behind when it is admitted", async () => {
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

  it("R13 reserveWhenFree serves a queue of 20,000 in order", async () => {
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
    expect(error).toMatch(/gave up after waiting \d+ ms/);
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

  it("R13 a roll admits the first waiter, not the request that triggered it", async () => {
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

  it("R2 R13 calls made by a signal or clock while the queue is being served are handled afterwards", async () => {
    const pool = new BudgetPool({ caps: { tokens: 10 } });
    const hold = pool.reserve({ tokens: 10 });
    const empty = pool.reserve({ tokens: 0 });
    let calls = 0;
    const signal = {
      aborted: false,
      addEventListener: () => undefined,
      removeEventListener: () => {
        if (++calls > 1) return;
        empty.release();
        pool.tryReserve({ tokens: 9 });
      },
    };
    const waits = [
      pool.reserveWhenFree({ tokens: 1 }, { signal }),
      pool.reserveWhenFree({ tokens: 1 }),
    ];
    hold.release();
    const first = await waits[0];
    expect(pool.snapshot().remaining.tokens).toBeGreaterThanOrEqual(0);
    first?.release();
    (await waits[1])?.release();
    expect(pool.snapshot()).toMatchObject({ openReservations: 1, reserved: { tokens: 9 } });
  });

  it("R13 a signal that throws while it is listened to leaves no waiter in the queue", async () => {
    const pool = new BudgetPool({ caps: { tokens: 10 } });
    const hold = pool.reserve({ tokens: 10 });
    const throws = (): never => {
      throw new Error("a signal's own trouble");
    };
    const signal = { aborted: false, addEventListener: throws, removeEventListener: throws };
    await expect(pool.reserveWhenFree({ tokens: 8 }, { signal })).rejects.toThrow("own trouble");
    hold.release();
    expect(pool.snapshot()).toMatchObject({ openReservations: 0, remaining: { tokens: 10 } });
    const half = { aborted: false, addEventListener: throws } as never;
    await expect(pool.reserveWhenFree({ tokens: 1 }, { signal: half })).rejects.toThrow(TypeError);
  });

  it("R4 a reservation that its clock releases or commits while it is released settles once", () => {
    let again: (() => void) | undefined;
    const clock = {
      now: (): number => {
        const call = again;
        again = undefined;
        call?.();
        return 1;
      },
      schedule: () => () => undefined,
    };
    for (const settle of ["release", "commit"] as const) {
      const pool = new BudgetPool({ caps: { tokens: 10 }, window: "day", clock });
      const hold = pool.reserve({ tokens: 6 });
      again = (): void => void hold[settle]();
      hold.release();
      expect(pool.snapshot().openReservations).toBe(0);
      expect(pool.snapshot().reserved.tokens).toBe(0);
    }
  });

  it("R13 5,000 waiters on as many children join and leave in a moment", async () => {
    const root = new BudgetPool();
    const controller = new AbortController();
    const waits: Promise<unknown>[] = [];
    for (let index = 0; index < 5000; index++) {
      const child = root.child(`child-${index}`, { caps: { calls: 1 } });
      child.reserve({});
      waits.push(child.reserveWhenFree({}, { signal: controller.signal }).catch(String));
    }
    controller.abort(new Error("enough"));
    expect(new Set(await Promise.all(waits))).toEqual(new Set(["Error: enough"]));
    expect(root.snapshot().openReservations).toBe(5000);
  });

  it("R8 thresholds are reported in a tree deeper than the stack", () => {
    let told = 0;
    const root = new BudgetPool({
      caps: { tokens: 10 },
      thresholds: [0.5],
      onThreshold: () => told++,
    });
    let leaf = root;
    for (let depth = 0; depth < 12_000; depth++) leaf = leaf.child("x");
    leaf.record({ tokens: 6 });
    expect([told, root.snapshot().used.tokens]).toEqual([1, 6]);
  });
});
