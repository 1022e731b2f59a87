import { describe, expect, it } from "vitest";

import { BudgetExceeded } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import {
  HandleInvalid,
  PoolGone,
  PoolsFull,
  ReservationsFull,
  SharedBudgetPool,
  ThreadsFull,
} from "../../src/threads/index.ts";
import { sweep } from "../../src/threads/sweep.ts";
import { interpose, Views } from "./support/views.ts";

describe("removed pools", () => {
  it("R8 a child never takes the place of the pool above it", () => {
    const views = new Views({ caps: { tokens: 100 } }, { pools: 2 });
    const [a, b] = [views.open().pool, views.open().pool];
    const lost = a.child("lost");
    a.forgetChild("lost");
    expect(() => lost.child("below")).toThrow(PoolsFull);
    a.record({ tokens: 3 });
    expect([a.snapshot().used.tokens, b.snapshot().used.tokens]).toEqual([3, 3]);
  });

  it("R8 a child is one pool in every thread, whatever had its name before", () => {
    const views = new Views({}, { pools: 3 });
    const { pool } = views.open();
    for (const name of ["a", "x"]) pool.child(name);
    for (const name of ["a", "x"]) pool.forgetChild(name);
    pool.child("x", { caps: { tokens: 100 } }).record({ tokens: 100 });
    const late = views.open().pool.child("x", { caps: { tokens: 100 } });
    expect(late.tryRecord({ tokens: 1 })).toBe(false);
    expect(pool.snapshot().used.tokens).toBe(100);
  });

  it("R8 handles and reservations of a removed pool work until its slot is reused, and then throw", () => {
    const pool = SharedBudgetPool.create({ capacity: { pools: 2 } });
    const old = pool.child("x");
    const hold = old.reserve({ tokens: 5 });
    expect(pool.forgetChild("x")).toBe(true);
    expect(pool.forgetChild("x")).toBe(false);
    expect(() => pool.child("y")).toThrow(PoolsFull); // something is held on the old one
    hold.commit();
    expect(old.snapshot().used.tokens).toBe(5);
    expect(pool.child("y").snapshot().used.tokens).toBe(0);
    expect(() => old.record({ tokens: 1 })).toThrow(PoolGone);
    expect(pool.snapshot().used.tokens).toBe(5);
    pool.close();
  });
});

describe("steps that do not stand", () => {
  it("R4 R11 releasing an already freed hold does not undo later changes", () => {
    const views = new Views({ caps: { tokens: 1000 } });
    const [a, b, c] = [views.open(), views.open(), views.open()];
    const freed = a.pool.reserve({ tokens: 10 });
    sweep(b.tree, a.tree.owner, false);
    a.pool.record({ tokens: 1 });
    a.pool.record({ tokens: 1 });
    let hold = c.pool.tryReserve({ tokens: 0 });
    hold?.release();
    interpose(a.tree, () => (hold = c.pool.reserve({ tokens: 100 })));
    freed.release();
    expect(a.pool.snapshot()).toMatchObject({ openReservations: 1, reserved: { tokens: 100 } });
    expect(hold?.commit({ tokens: 50 }).overage.tokens).toBe(0);
    expect(b.pool.snapshot()).toMatchObject({ openReservations: 0, used: { tokens: 52 } });
  });

  it("R4 R13 a request that refuses a hopeless waiter does not undo concurrent changes", async () => {
    const views = new Views({ caps: { tokens: 1000 } });
    const [a, b, c] = [views.open(), views.open(), views.open()];
    const big = c.pool.reserve({ tokens: 500 });
    const wait = b.pool.reserveWhenFree({ tokens: 600 });
    a.pool.record({ tokens: 1 });
    a.pool.record({ tokens: 1 });
    let hold = c.pool.tryReserve({ tokens: 0 });
    hold?.release();
    interpose(a.tree, () => (hold = c.pool.reserve({ tokens: 50 })));
    a.pool.record({ tokens: 420 });
    expect(hold?.commit({ tokens: 50 }).exceeded).toBeUndefined();
    expect(a.pool.snapshot().reserved.tokens).toBe(500);
    await expect(wait).rejects.toMatchObject({ reason: "spent" });
    big.release();
  });

  it("R2 a step that is interrupted in the middle is not seen by others, nor published later", () => {
    const views = new Views({ caps: { tokens: 100 } });
    const [a, b] = [views.open(), views.open()];
    interpose(a.tree, () => {
      throw new Error("broken off");
    });
    expect(() => a.pool.record({ tokens: 5 })).toThrow("broken off");
    expect(a.pool.snapshot().used.tokens).toBe(0);
    a.pool.record({ tokens: 1 });
    expect([a.pool.snapshot().used.tokens, b.pool.snapshot().used.tokens]).toEqual([1, 1]);
  });

  it("R2 a step of the caller's own in the middle of another leaves both whole", () => {
    const views = new Views({ caps: { tokens: 100 } });
    const { pool, tree } = views.open();
    interpose(tree, () => pool.record({ tokens: 7 }));
    pool.record({ tokens: 5 });
    expect(pool.snapshot().used).toMatchObject({ tokens: 12, calls: 2 });
  });
});

describe("a thread that was taken for dead", () => {
  it("R13 a thread that was taken for dead does not stand in the queue again when there is no room left in it", async () => {
    const views = new Views({ caps: { tokens: 10 } }, { reservations: 3 });
    const [a, b] = [views.open(), views.open()];
    const hold = b.pool.reserve({ tokens: 10 });
    const waits = [1, 2].map(() => a.pool.reserveWhenFree({ tokens: 3 }).catch(codeOf));
    sweep(b.tree, a.tree.owner, false);
    const others = [1, 2].map(() => b.pool.reserveWhenFree({ tokens: 4 }).catch(codeOf));
    a.tree.queue.judgeNow();
    expect(await Promise.all(waits)).toEqual(["RESERVATIONS_FULL", "RESERVATIONS_FULL"]);
    hold.release();
    for (const held of await Promise.all(others)) expect(held).toMatchObject({ settled: false });
  });

  it("R8 R13 a thread presumed dead is notified when the pool it waits on is removed", async () => {
    const views = new Views({ caps: { tokens: 100 } }, { pools: 2 });
    const [a, b] = [views.open(), views.open()];
    const child = a.pool.child("x", { caps: { tokens: 10 } });
    child.reserve({ tokens: 10 });
    const wait = child.reserveWhenFree({ tokens: 5 }).catch(codeOf);
    sweep(b.tree, a.tree.owner, false);
    b.pool.forgetChild("x");
    const other = b.pool.child("y");
    a.tree.queue.judgeNow();
    expect(await wait).toBe("POOL_GONE");
    expect(other.snapshot().openReservations).toBe(0);
  });
});

describe("thresholds across threads", () => {
  it("F12 each listener in a thread is called once, also after a change of the window or a raise", () => {
    const views = new Views({ caps: { tokens: 100 }, thresholds: [0.5] });
    const [a, b] = [views.open(), views.open()];
    const told: number[] = [];
    b.tree.root.listen(({ used }) => told.push(used));
    a.pool.record({ tokens: 60 });
    b.tree.thresholds.look();
    a.pool.configure({ window: "day" });
    b.tree.thresholds.look();
    b.pool.record({ tokens: 1 });
    expect(told).toEqual([60]);
    a.pool.configure({ caps: { tokens: 200 } }); // 61 is below the half again
    b.tree.thresholds.look();
    a.pool.record({ tokens: 50 });
    b.tree.thresholds.look();
    expect(told).toEqual([60, 111]);
  });

  it("F12 the listener of a removed pool is dropped, and the others are called", () => {
    const views = new Views({ caps: { tokens: 10 }, thresholds: [0.5] }, { pools: 2 });
    const [a, b] = [views.open(), views.open()];
    const told: string[] = [];
    a.pool.child("x", { thresholds: [0.5], onThreshold: ({ pool }) => told.push(pool) });
    a.tree.root.listen(({ pool }) => told.push(pool));
    b.pool.forgetChild("x");
    b.pool.child("y").record({ tokens: 6 });
    a.tree.thresholds.look();
    expect(told).toEqual(["budget"]);
  });
});

describe("capacity", () => {
  it("a shared budget holds as many reservations as its capacity, then throws a clear error that changes nothing", () => {
    const pool = SharedBudgetPool.create({ capacity: { reservations: 3 } });
    const holds = [1, 2, 3].map((tokens) => pool.reserve({ tokens }));
    const before = pool.snapshot();
    expect(() => pool.reserve({ tokens: 1 })).toThrow(ReservationsFull);
    expect(() => pool.tryReserve({ tokens: 1 })).toThrow(/All 3 reservations/);
    expect(pool.snapshot()).toEqual(before);
    holds[0]?.release();
    expect(pool.reserve({ tokens: 4 }).settled).toBe(false);
    pool.close();
  });

  it("a shared budget takes as many threads as its capacity, and a closed one makes room", () => {
    const views = new Views({}, { threads: 2 });
    views.open();
    const { tree } = views.open();
    expect(() => views.open()).toThrow(ThreadsFull);
    tree.leave("was closed");
    expect(views.open().pool.snapshot().used.calls).toBe(0);
  });
});

describe("handles", () => {
  const pool = SharedBudgetPool.create({ caps: { usd: 1 } });

  it("handles lead to the same pool in the same thread, by a part that is taken once", () => {
    const again = SharedBudgetPool.attach(structuredClone(pool.handle));
    again.record({ usd: 0.5 });
    const child = SharedBudgetPool.attach(structuredClone(pool.child("child").handle));
    child.record({ usd: 0.5 });
    expect(child.path).toBe("budget/child");
    expect(() => again.record({ usd: 0.1 })).toThrow(BudgetExceeded);
  });

  it("handles that are invalid, or lead elsewhere, are errors that say so", () => {
    const { handle } = pool;
    const attach = (given: unknown): unknown => SharedBudgetPool.attach(given as typeof handle);
    expect(() => attach(pool)).toThrow(/pass `pool.handle`/);
    expect(() => attach({ budget: handle })).toThrow(/the keys budget/);
    expect(() => SharedBudgetPool.create(handle as object)).toThrow(/attach\(handle\)/);
    expect(() => Reflect.construct(SharedBudgetPool, [{}])).toThrow(/SharedBudgetPool.create/);
    expect(() => pool.watch({} as never)).toThrow(/Expected `worker`/);
    expect(() => SharedBudgetPool.attach(handle, { clock: {} as never })).toThrow(/`clock`/);
    expect(() => SharedBudgetPool.attach(handle, { onThreshold: 5 as never })).toThrow(TypeError);
    for (const wrong of [undefined, null, 5, {}, pool])
      expect(() => attach(wrong)).toThrow(TypeError);
    const json: unknown = JSON.parse(JSON.stringify(handle));
    expect(() => attach(json)).toThrow(/not as JSON/);
    const foreign = new SharedArrayBuffer(handle.buffer.byteLength);
    expect(() => attach({ ...handle, buffer: foreign })).toThrow(/holds no shared budget/);
    expect(() => attach({ ...handle, buffer: new SharedArrayBuffer(8) })).toThrow(HandleInvalid);
    const newer = new SharedArrayBuffer(handle.buffer.byteLength);
    new Uint8Array(newer).set(new Uint8Array(handle.buffer));
    new Int32Array(newer)[2] = 99;
    expect(() => attach({ ...handle, buffer: newer })).toThrow(/layout version 99/);
    expect(() => attach({ ...handle, born: 12_345 })).toThrow(HandleInvalid);
  });

  it("handles are not attached with another clock", () => {
    const clock = new ManualClock();
    expect(() => SharedBudgetPool.attach(pool.handle, { clock })).toThrow(/another `clock`/);
  });
});

describe("closing", () => {
  it("R4 closing releases what the thread holds, fails its waiters, and then throws", async () => {
    const views = new Views({ caps: { tokens: 10 } });
    const [a, b] = [views.open(), views.open()];
    const hold = a.pool.reserve({ tokens: 6 });
    const wait = a.pool.reserveWhenFree({ tokens: 8 });
    a.tree.leave("was closed in this thread");
    await expect(wait).rejects.toMatchObject({ code: "POOL_GONE" });
    hold.release();
    expect(hold.settled).toBe(true);
    expect(() => hold.commit()).toThrow(PoolGone);
    expect(() => a.pool.snapshot()).toThrow(/was closed in this thread/);
    expect(b.pool.snapshot()).toMatchObject({ openReservations: 0, reserved: { tokens: 0 } });
  });
});

it("R4 an answer that was paid for is not lost because its task has closed the pool", async () => {
  const pool = SharedBudgetPool.create({ caps: { usd: 1 } });
  const answer = await pool.run({ usd: 0.5 }, () => {
    pool.close();
    return "paid for";
  });
  expect(answer).toBe("paid for");
});

function codeOf(error: { code?: unknown }): unknown {
  return error.code;
}
