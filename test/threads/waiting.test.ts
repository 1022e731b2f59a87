import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { afterAll, afterEach, describe, expect, it } from "vitest";

import { BudgetExceeded } from "../../src/index.ts";
import type { Clock, Reservation } from "../../src/index.ts";
import { SharedBudgetPool } from "../../src/threads/index.ts";
import type { SharedBudgetPoolOptions } from "../../src/threads/index.ts";
import { RemoteThreads, until } from "./support/remote-thread.ts";
import type { RemoteThread } from "./support/remote-thread.ts";
import { ShownClock } from "./support/shown-clock.ts";

const threads = new RemoteThreads();
const pools: SharedBudgetPool[] = [];

afterEach(async () => {
  await threads.end();
  for (const pool of pools.splice(0)) pool.close();
});
afterAll(() => threads.remove());

/** A budget of ten tokens. */
function openTen(options: SharedBudgetPoolOptions = {}): SharedBudgetPool {
  const pool = SharedBudgetPool.create({ caps: { tokens: 10 }, ...options });
  pools.push(pool);
  return pool;
}

/** A thread that takes part. */
async function join(pool: SharedBudgetPool, clock?: ShownClock): Promise<RemoteThread> {
  const thread = threads.start();
  await thread.call("attach", pool.handle, clock?.buffer);
  return thread;
}

/** How many are open, those that were let in without having heard of it included. */
function openIn(pool: SharedBudgetPool): number {
  return pool.snapshot().openReservations;
}

describe("R13 a waiter in one thread", () => {
  it("a waiter is admitted by a commit in the thread that made the budget", async () => {
    const pool = openTen();
    const hold = pool.reserve({ tokens: 6 });
    const waiter = await join(pool);
    const wait = await waiter.wait("five", { tokens: 5 });
    expect(openIn(pool)).toBe(1);
    hold.commit({ tokens: 5 });
    // In the same step, whether the other thread has heard of it or not.
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 5 }, reserved: { tokens: 5 } });
    expect(await wait.done).toBe("let in");
    await waiter.call("commit", "five", { tokens: 4 });
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 9 }, openReservations: 0 });
  });

  it("a waiter is admitted by a commit in a third thread, though that one ends right after it", async () => {
    const pool = openTen();
    const [waiter, holder] = [await join(pool), await join(pool)];
    await holder.call("reserve", "six", { tokens: 6 });
    const wait = await waiter.wait("five", { tokens: 5 });
    expect(openIn(pool)).toBe(1);
    await holder.call("commit", "six", { tokens: 1 });
    await holder.terminate();
    expect(await wait.done).toBe("let in");
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 1 }, reserved: { tokens: 5 } });
  });

  it("a waiter is admitted in its thread by a release in another one", async () => {
    const pool = openTen();
    const holder = await join(pool);
    await holder.call("reserve", "six", { tokens: 6 });
    const admitted = pool.reserveWhenFree({ tokens: 5 });
    await holder.call("release", "six");
    expect((await admitted).amount.tokens).toBe(5);
  });

  it("a waiter is refused once another thread has used the room it needs", async () => {
    const pool = openTen();
    const [waiter, holder] = [await join(pool), await join(pool)];
    await holder.call("reserve", "six", { tokens: 6 });
    const wait = await waiter.wait("five", { tokens: 5 });
    await holder.call("commit", "six", { tokens: 6 });
    expect(await wait.done).toBe("spent");
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 6 }, openReservations: 0 });
  });
});

describe("R13 waiters in several threads", () => {
  it("waiters in several threads are admitted in the order in which they came, whatever size they are", async () => {
    const pool = openTen();
    const all = pool.reserve({ tokens: 10 });
    const [first, second, third] = [await join(pool), await join(pool), await join(pool)];
    const order: string[] = [];
    const enter = async (thread: RemoteThread, name: string, tokens: number): Promise<void> => {
      const { done } = await thread.wait(name, { tokens });
      void done.then(() => order.push(name));
    };
    await enter(second, "eight", 8);
    await enter(third, "three", 3);
    await enter(first, "seven", 7);
    all.release();
    await until(() => order.length === 1, "the first one was let in");
    // Two are left, and three would not fit; neither does it help the seven behind it.
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 8 }, openReservations: 1 });
    await second.call("release", "eight");
    await until(() => order.length === 3, "the others were let in");
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 10 }, openReservations: 2 });
    expect(order[0]).toBe("eight");
  });

  it("waiters in several threads are not overtaken by a small request behind a large one", async () => {
    const pool = openTen();
    const most = pool.reserve({ tokens: 7 });
    const [first, second] = [await join(pool), await join(pool)];
    const large = await first.wait("eight", { tokens: 8 });
    const small = await second.wait("two", { tokens: 2 });
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 7 }, openReservations: 1 });
    most.release();
    expect([await large.done, await small.done]).toEqual(["let in", "let in"]);
    expect(pool.snapshot().reserved.tokens).toBe(10);
  });

  it("waiters get freed room although other threads request it constantly", async () => {
    const pool = openTen();
    const all = pool.reserve({ tokens: 10 });
    const [waiter, ...others] = [await join(pool), await join(pool), await join(pool)];
    const wait = await waiter.wait("ten", { tokens: 10 });
    for (const other of others) await other.call("hammer", { tokens: 1 });
    all.release();
    expect(await wait.done).toBe("let in");
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 10 }, openReservations: 1 });
    const counts = await Promise.all(
      others.map(async (other) => await other.call("stopHammering")),
    );
    expect(counts.map(({ admitted }) => admitted)).toEqual([0, 0]);
    expect(Math.min(...counts.map(({ asked }) => asked))).toBeGreaterThan(0);
  });

  it("waiters in several threads all get in and out again through a gate for one", async () => {
    const pool = openTen();
    const queue = [await join(pool), await join(pool), await join(pool)];
    const passThrough = async (thread: RemoteThread): Promise<void> => {
      for (let round = 0; round < 20; round++) {
        await thread.call("wait", "ten", { tokens: 10 });
        await thread.call("commit", "ten", { tokens: 0, calls: 1 });
      }
    };
    await Promise.all(queue.map(passThrough));
    expect(pool.snapshot()).toMatchObject({
      used: { tokens: 0, calls: 60 },
      reserved: { tokens: 0 },
      openReservations: 0,
    });
  });
});

describe("R13 a waiter that gives up", () => {
  it("a waiter that gives up in another thread leaves nothing behind, and lets those behind go on", async () => {
    const pool = openTen({ capacity: { reservations: 3 } });
    const most = pool.reserve({ tokens: 5 });
    const [first, second] = [await join(pool), await join(pool)];
    for (let round = 0; round < 10; round++) {
      const large = await first.wait("eight", { tokens: 8 });
      const small = await second.wait("four", { tokens: 4 });
      expect(openIn(pool)).toBe(1);
      await first.call("abort", "eight");
      expect(await large.done).toBe("Error: eight is not needed any more");
      expect(await small.done).toBe("let in");
      expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 9 }, openReservations: 2 });
      await second.call("release", "four");
    }
    most.release();
    // Nobody stands in the queue any more, and all that fit can be open.
    const holds = [1, 2, 3].map((tokens) => pool.reserve({ tokens }));
    for (const hold of holds) hold.release();
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 0 }, openReservations: 0 });
  });

  it("a waiter that times out reports that it was queued behind others", async () => {
    const pool = openTen();
    const most = pool.reserve({ tokens: 5 });
    const waiter = await join(pool);
    const wait = await waiter.wait("eight", { tokens: 8 }, 10);
    expect(await wait.done).toBe("busy");
    most.release();
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 0 }, openReservations: 0 });
  });
});

/** A clock whose timers fire when they are told to, and that does something when it is read. */
class PryingClock implements Clock {
  readonly timers: (() => void)[] = [];
  onRead: () => void = () => {};

  now(): number {
    this.onRead();
    return 0;
  }

  schedule(_delayMs: number, callback: () => void): () => void {
    this.timers.push(callback);
    return () => {};
  }
}

describe("R13 a waiter whose time runs out", () => {
  it.each([1, 2, 3, 4])(
    "a waiter whose time runs out is admitted or reported as kept waiting, when another thread admits it at the %i. look at the clock",
    async (look) => {
      const clock = new PryingClock();
      const pool = openTen({ caps: { tokens: 20 }, window: { everyMs: 1000 }, clock });
      const other = await join(pool, new ShownClock());
      const most = pool.reserve({ tokens: 13 });
      // It stands in the way of those who come later, and would fit.
      const ahead = await other.wait("eight", { tokens: 8 });
      const admitted = pool.reserveWhenFree({ tokens: 3 }, { timeoutMs: 50 });
      const outcome = admitted.then(
        (reservation: Reservation) => reservation.amount.tokens,
        (error: unknown) => error,
      );
      const giveUp = clock.timers.at(-1);
      let looks = 0;
      clock.onRead = () => {
        if (++looks === look) other.callSync("abort", "eight");
      };
      giveUp?.();
      clock.onRead = () => {};
      if (looks < look) other.callSync("abort", "eight");
      const came = await outcome;
      const told = BudgetExceeded.is(came) ? came.reason : came;
      expect(["busy", 3]).toContain(told);
      await ahead.done;
      const open = came === 3 ? 2 : 1;
      expect(pool.snapshot()).toMatchObject({
        reserved: { tokens: came === 3 ? 16 : 13 },
        openReservations: open,
      });
      most.release();
    },
  );
});

describe("R13, F28 a waiter in a thread that ends", () => {
  it("a waiter in a thread that ends does not hold up those behind it", async () => {
    const pool = openTen();
    const most = pool.reserve({ tokens: 5 });
    const [first, second] = [await join(pool), await join(pool)];
    await first.wait("eight", { tokens: 8 });
    const small = await second.wait("four", { tokens: 4 });
    expect(openIn(pool)).toBe(1);
    await first.terminate();
    expect(await small.done).toBe("let in");
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 9 }, openReservations: 2 });
    most.release();
  });

  it("a waiter that ended and was admitted without noticing holds nothing", async () => {
    const pool = openTen();
    const most = pool.reserve({ tokens: 5 });
    const [first, second] = [await join(pool), await join(pool)];
    await first.wait("eight", { tokens: 8 });
    const behind = await second.wait("four", { tokens: 4 });
    const word = new Int32Array(new SharedArrayBuffer(4));
    void first.call("block", word, "asleep");
    await second.call("hear");
    most.release();
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 8 }, openReservations: 1 });
    await first.terminate();
    expect(await behind.done).toBe("let in");
    expect(pool.snapshot()).toMatchObject({ reserved: { tokens: 4 }, openReservations: 1 });
  });
});

describe("R7, R13 a waiter", () => {
  it("a waiter is admitted when the window rolls, without a call from any thread", async () => {
    const clock = new ShownClock();
    const pool = openTen({ window: { everyMs: 1000 }, clock });
    pool.record({ tokens: 3 });
    pool.reserve({ tokens: 5 });
    const waiter = await join(pool, clock);
    const wait = await waiter.wait("five", { tokens: 5 });
    clock.advance(999);
    expect((await waiter.call("snapshot")).openReservations).toBe(1);
    clock.advance(1);
    expect(await wait.done).toBe("let in");
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 0 }, reserved: { tokens: 10 } });
  });
});

describe("R13 a thread that has nothing to do but to wait", () => {
  let worker: Worker;
  afterEach(async () => {
    await worker.terminate();
  });

  it("a thread that has nothing to do but to wait lives until it is admitted", async () => {
    const pool = openTen();
    const hold = pool.reserve({ tokens: 6 });
    worker = new Worker(new URL("waiting-worker.ts", import.meta.url), {
      workerData: pool.handle,
    });
    let ended = false;
    const exit = once(worker, "exit").then(([code]) => {
      ended = true;
      return code as unknown;
    });
    await once(worker, "message");
    // Several times as long as a thread without anything to do takes to end.
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(ended).toBe(false);
    hold.release();
    expect(await exit).toBe(0);
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 5 }, openReservations: 0 });
  });
});
