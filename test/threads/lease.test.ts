import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { SharedBudgetPool } from "../../src/threads/index.ts";
import type { SharedBudgetPoolOptions } from "../../src/threads/index.ts";
import { RemoteThreads, until } from "./support/remote-thread.ts";
import type { RemoteThread } from "./support/remote-thread.ts";
import { ShownClock } from "./support/shown-clock.ts";

const LEASE_MS = 300;
/** How often a thread shows that it lives, under this lease. */
const BEAT_MS = LEASE_MS / 4;
const FOREVER_MS = 1_000_000;

const threads = new RemoteThreads();
/** Threads that are older than the first budget, so that nobody watches them by itself. */
const unwatched: RemoteThread[] = [];

beforeAll(async () => {
  for (let count = 0; count < 14; count++) unwatched.push(threads.start());
  await Promise.all(unwatched.map(async (thread) => await thread.call("hear")));
});

afterAll(async () => {
  await threads.end();
  threads.remove();
});

/** A budget of ten tokens, of which a thread that nobody watches holds six. */
async function holdSix(options: SharedBudgetPoolOptions = {}): Promise<{
  readonly pool: SharedBudgetPool;
  readonly thread: RemoteThread;
}> {
  const pool = SharedBudgetPool.create({ caps: { tokens: 10 }, leaseMs: LEASE_MS, ...options });
  const thread = unwatched.pop()!;
  await thread.call("attach", pool.handle);
  await thread.call("reserve", "six", { tokens: 6 });
  expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 6 }, openReservations: 1 });
  return { pool, thread };
}

function expectNothingHeld(pool: SharedBudgetPool): void {
  expect(pool.snapshot()).toMatchObject({
    reserved: { tokens: 0, calls: 0 },
    openReservations: 0,
  });
}

describe("an unwatched thread that is terminated", () => {
  it("R11, F28 the holds of a terminated thread stay until its lease expires, and not longer", async () => {
    const { pool, thread } = await holdSix();
    const beganAt = performance.now();
    await thread.terminate();
    expect(pool.snapshot().openReservations).toBe(1);
    await until(() => pool.snapshot().openReservations === 0, "the lease ran out");
    // It was last seen to live one beat before it ended at the earliest.
    expect(performance.now() - beganAt).toBeGreaterThan(LEASE_MS - BEAT_MS - 1);
    expectNothingHeld(pool);
    pool.close();
  });

  it("R11, F28 a terminated thread is freed by any thread that is left", async () => {
    const { pool, thread } = await holdSix();
    const other = unwatched.pop()!;
    await other.call("attach", pool.handle);
    await thread.terminate();
    const { handle } = pool;
    pool.close();
    for (let freed = false; !freed;) {
      freed = (await other.call("snapshot")).openReservations === 0;
    }
    await other.call("close");
    const again = SharedBudgetPool.attach(handle);
    expect(again.snapshot()).toMatchObject({ reserved: { tokens: 0 }, openReservations: 0 });
    again.close();
  });

  it("R13, F28 a terminated thread does not hold up a waiter behind it for longer than the lease", async () => {
    const { pool, thread } = await holdSix();
    const second = pool.reserveWhenFree({ tokens: 8 });
    await thread.terminate();
    const hold = await second;
    expect(hold.amount.tokens).toBe(8);
    hold.release();
    expectNothingHeld(pool);
    pool.close();
  });
});

describe("a thread that is watched since later", () => {
  it("R11, F28 a thread that is watched later is freed as soon as it has exited, with its place", async () => {
    const { pool, thread } = await holdSix({
      leaseMs: FOREVER_MS,
      capacity: { threads: 2 },
    });
    pool.watch(thread.worker);
    thread.worker.once("exit", () => expectNothingHeld(pool));
    await thread.terminate();
    const next = threads.start();
    await next.call("attach", pool.handle);
    await next.call("reserve", "ten", { tokens: 10 });
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 10 }, openReservations: 1 });
    pool.close();
  });
});

describe("a thread that stalls for longer than its lease", () => {
  it.each(["asleep", "busy"] as const)(
    "R11, R5, F28 a thread that is %s past its lease is freed, and what it commits later is booked all the same",
    async (how) => {
      const { pool, thread } = await holdSix({ overage: "allow" });
      const word = new Int32Array(new SharedArrayBuffer(4));
      const blocked = thread.call("block", word, how);
      await until(() => pool.snapshot().openReservations === 0, "the lease ran out");
      expectNothingHeld(pool);
      const mine = pool.reserve({ tokens: 7 });
      Atomics.store(word, 0, 1);
      Atomics.notify(word, 0);
      await blocked;
      const settlement = await thread.call("commit", "six", { tokens: 5 });
      expect(settlement).toMatchObject({
        booked: { tokens: 5 },
        overage: { tokens: 5 },
        exceeded: { attempted: 12, used: 5, reserved: 7, reason: "busy" },
      });
      mine.release();
      expect(pool.snapshot()).toMatchObject({ used: { tokens: 5 }, openReservations: 0 });
      // It goes on as if nothing had been.
      await thread.call("reserve", "next", { tokens: 4 });
      await thread.call("release", "next");
      await thread.call("close");
      expectNothingHeld(pool);
      pool.close();
    },
  );

  it("R4, R11 a thread that stalled past its lease can release without freeing the holds of others", async () => {
    const { pool, thread } = await holdSix();
    const word = new Int32Array(new SharedArrayBuffer(4));
    const blocked = thread.call("block", word, "asleep");
    await until(() => pool.snapshot().openReservations === 0, "the lease ran out");
    const mine = pool.reserve({ tokens: 7 });
    Atomics.store(word, 0, 1);
    Atomics.notify(word, 0);
    await blocked;
    await thread.call("release", "six");
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 7 }, openReservations: 1 });
    mine.release();
    await thread.call("close");
    expectNothingHeld(pool);
    pool.close();
  });

  it("R13 a waiter of a thread that stalled past its lease queues again behind the others", async () => {
    const { pool, thread } = await holdSix();
    const waiting = await thread.wait("eight", { tokens: 8 });
    const word = new Int32Array(new SharedArrayBuffer(4));
    const blocked = thread.call("block", word, "asleep");
    await until(() => pool.snapshot().openReservations === 0, "the lease ran out");
    const mine = pool.reserve({ tokens: 10 });
    const second = pool.reserveWhenFree({ tokens: 9 });
    Atomics.store(word, 0, 1);
    Atomics.notify(word, 0);
    await blocked;
    await thread.call("hear");
    mine.release();
    const hold = await second;
    expect(hold.amount.tokens).toBe(9);
    hold.release();
    expect(await waiting.done).toBe("let in");
    expect(pool.snapshot().reserved.tokens).toBe(8);
    await thread.call("close");
    expectNothingHeld(pool);
    pool.close();
  });
});

describe("an unwatched thread that ends by itself", () => {
  it.each(["exit", "fail"] as const)(
    "R11, F28 a thread that ends with %s() frees what it holds at once, and its place",
    async (how) => {
      const { pool, thread } = await holdSix({ leaseMs: FOREVER_MS, capacity: { threads: 2 } });
      void thread.call(how);
      await thread.exit;
      expectNothingHeld(pool);
      const next = threads.start();
      await next.call("attach", pool.handle);
      expect(await next.call("snapshot")).toMatchObject({ openReservations: 0 });
      pool.close();
    },
  );
});

describe("a budget that a thread has dropped without closing it", () => {
  it("R7, R11 a thread that dropped its budget leaves it by the clock that it was attached with", async () => {
    const clock = new ShownClock();
    const pool = SharedBudgetPool.create({
      caps: { tokens: 10 },
      window: { everyMs: 1000 },
      clock,
    });
    pool.record({ tokens: 1 });
    const thread = threads.start();
    await thread.call("attach", pool.handle, clock.buffer);
    await thread.call("reserve", "six", { tokens: 6 });
    await thread.call("drop");
    expect(pool.snapshot()).toMatchObject({
      used: { tokens: 1 },
      reserved: { tokens: 0 },
      openReservations: 0,
      window: { startsAt: 0, endsAt: 1000 },
    });
    pool.close();
  });
});
