// What only the pool of one process has, beside the conformance suite.

import { describe, expect, it } from "vitest";

import {
  BudgetError,
  BudgetExceeded,
  BudgetPool,
  ConfigInvalid,
  ReservationSettled,
} from "../../src/index.ts";
import type { BudgetPoolOptions, Clock } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { heapInUse } from "../support/heap.ts";

function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("did not throw");
}

describe("BudgetPool", () => {
  it("BudgetPool answers at once: no method but reserveWhenFree and run returns a promise", () => {
    const pool = new BudgetPool({ caps: { tokens: 10 } });
    expect(pool.record({ tokens: 1 })).toBeUndefined();
    expect(pool.tryRecord({ tokens: 1 })).toBe(true);
    expect(pool.reserve({ tokens: 1 }).commit().booked.tokens).toBe(1);
    expect(pool.snapshot().used.tokens).toBe(3);
    expect("then" in pool).toBe(false);
  });

  it("BudgetPool is called budget when it is not given a name", () => {
    expect(new BudgetPool().path).toBe("budget");
  });

  it("BudgetPool takes no unknown options, and says which there are", () => {
    expect(() => new BudgetPool({ cap: { usd: 1 } } as BudgetPoolOptions)).toThrow(
      new TypeError(
        'Unknown key "cap" in `options`; allowed: caps, overage, window, timeZone, thresholds, onThreshold, name, clock; did you mean `caps`?',
      ),
    );
    for (const options of [5, "usd", [], null] as never[]) {
      expect(() => new BudgetPool(options)).toThrow(TypeError);
    }
    expect(() => new BudgetPool({ clock: { now: () => 0 } as Clock })).toThrow(
      "Expected `clock` to be an object with now() and schedule(), got an object",
    );
    expect(() => new BudgetPool({ clock: null as never })).toThrow(TypeError);
    expect(() => new BudgetPool({ caps: { usd: undefined as never } })).toThrow(
      "Expected `caps.usd` to be a quantity, got undefined; omit it for no cap",
    );
    expect(() => new BudgetPool({ caps: { usd: null as never } })).toThrow(
      "Expected `caps.usd` to be a quantity, got null; omit it for no cap",
    );
    expect(() => new BudgetPool().child("child", { name: "x" } as object)).toThrow(TypeError);
  });

  it("BudgetPool reads the clock only when a pool of the tree has a window", () => {
    let reads = 0;
    const clock: Clock = { now: () => ++reads, schedule: () => () => undefined };
    const pool = new BudgetPool({ caps: { tokens: 10 }, clock });
    pool.reserve({ tokens: 1 }).commit();
    pool.record({ tokens: 1 });
    pool.snapshot();
    expect(reads).toBe(0);
    pool.child("child", { window: "day" });
    pool.snapshot();
    expect(reads).toBe(1);
  });

  it("BudgetPool rolls by the system's clock when it is given none", () => {
    const pool = new BudgetPool({ window: "day" });
    const { window } = pool.snapshot();
    expect(window?.startsAt).toBeLessThanOrEqual(Date.now());
    expect(window?.endsAt).toBeGreaterThan(Date.now());
  });

  it("forgetChild removes a child, and what it used stays in the parent's books", () => {
    const root = new BudgetPool();
    const old = root.child("run", { caps: { tokens: 10 } });
    old.record({ tokens: 10 });
    const hold = old.reserve({ tokens: 0 });
    expect(root.forgetChild("run")).toBe(true);
    expect(root.forgetChild("run")).toBe(false);
    const fresh = root.child("run", { caps: { tokens: 99 } });
    expect(fresh.snapshot().used.tokens).toBe(0);
    hold.commit();
    expect(old.snapshot().used.calls).toBe(2);
    expect(root.snapshot().used).toMatchObject({ tokens: 10, calls: 2 });
  });

  it("BudgetPool keeps nothing of a hundred thousand children that were forgotten", () => {
    const root = new BudgetPool();
    const before = heapInUse();
    for (let run = 0; run < 100_000; run++) {
      root.child(`run-${run}`).record({ tokens: 1 });
      root.forgetChild(`run-${run}`);
    }
    expect(heapInUse() - before).toBeLessThan(8_000_000);
    expect(root.snapshot().used.tokens).toBe(100_000);
  });

  it("BudgetPool compares a child's options by what they mean", () => {
    const root = new BudgetPool();
    root.child("a", { caps: { usd: 0.5, tokens: 1 }, thresholds: [1, 0.5], window: "day" });
    const same = {
      caps: { tokens: 1, usd: "0.50" },
      thresholds: [0.5, 1, 1],
      window: "day",
    } as const;
    expect(() => root.child("a", same)).not.toThrow();
    expect(() => root.child("a", { ...same, timeZone: "UTC" })).not.toThrow();
    expect(() => root.child("a", { ...same, timeZone: "Asia/Tokyo" })).toThrow(ConfigInvalid);
    expect(() => root.child("a", { ...same, overage: "allow" })).toThrow(ConfigInvalid);
    expect(() => root.child("a", { ...same, thresholds: [0.5] })).toThrow(ConfigInvalid);
    root.child("b", { window: { everyMs: 10, anchor: 5 } });
    expect(() => root.child("b", { window: { everyMs: 10, anchor: new Date(5) } })).not.toThrow();
    expect(() => root.child("b", { window: { everyMs: 10 } })).toThrow(ConfigInvalid);
  });

  it("R9 children that are made alike share no cap: a change of one is not one of the other", () => {
    const root = new BudgetPool();
    const [one, other] = ["one", "other"].map((name) => root.child(name, { caps: { tokens: 10 } }));
    one?.configure({ by: { tokens: 5 } });
    expect([one, other].map((pool) => pool?.tryRecord({ tokens: 12 }))).toEqual([true, false]);
    expect(root.child("last", { caps: { tokens: 10 } }).tryRecord({ tokens: 12 })).toBe(false);
  });

  it("R9 changes that name no setting, or a time zone alone, are errors", () => {
    const pool = new BudgetPool();
    expect(() => pool.configure({ thresholds: [1] } as object)).toThrow('Unknown key "thresholds"');
    expect(() => pool.configure({ timeZone: "UTC" })).toThrow(TypeError);
    expect(() => pool.configure({ window: null, timeZone: "UTC" })).toThrow(TypeError);
    expect(() => pool.configure({})).not.toThrow();
  });

  it("R7 a change of window while a caller waits admits it when the new one rolls", async () => {
    const clock = new ManualClock();
    const pool = new BudgetPool({ caps: { calls: 2 }, clock });
    pool.record({});
    pool.reserve({});
    const wait = pool.reserveWhenFree({});
    expect(clock.pendingTimers).toBe(0);
    pool.configure({ window: { everyMs: 1000 } });
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1000);
    await wait;
    expect(clock.pendingTimers).toBe(0);
    expect(pool.snapshot().reserved.calls).toBe(2);
  });
});

describe("errors", () => {
  const pool = new BudgetPool({ name: "acme", caps: { tokens: 100, usd: 10 } });

  it("errors are matched by code and by a marker that works across copies of the package", () => {
    const error = errorOf(() => pool.record({ usd: 11 }));
    expect(BudgetError.is(error)).toBe(true);
    expect(BudgetExceeded.is(error)).toBe(true);
    expect([ReservationSettled.is(error), ConfigInvalid.is(error)]).toEqual([false, false]);
    const foreign = Object.assign(new Error("from another copy"), { code: "BUDGET_EXCEEDED" });
    expect(BudgetExceeded.is(foreign)).toBe(false);
    Object.defineProperty(foreign, Symbol.for("token-budget.error"), { value: true });
    expect(BudgetExceeded.is(foreign)).toBe(true);
    for (const other of [null, undefined, 5, "x", {}, new Error("x")]) {
      expect(BudgetError.is(other)).toBe(false);
    }
  });

  it("errors have a name, a stack and only the fields that say something", () => {
    const error = errorOf(() => pool.record({ usd: 11 }));
    expect(error.name).toBe("BudgetExceeded");
    expect(error.stack).toContain("budget-pool.test");
    expect(Object.keys(error).toSorted()).toEqual(
      [
        "attempted",
        "axis",
        "booked",
        "cap",
        "code",
        "name",
        "pool",
        "reason",
        "remaining",
        "reserved",
        "used",
      ].toSorted(),
    );
  });

  it("errors give the request, the remainder and what to do", () => {
    expect(errorOf(() => pool.record({ usd: 11 })).message).toBe(
      'Budget exceeded on usd: asked $11.00, remaining $10.00 of $10.00 (pool "acme"); the request alone is over the cap: request less, or raise the cap',
    );
    const hold = pool.reserve({ tokens: 60, usd: "0.000000001" });
    expect(errorOf(() => pool.record({ tokens: 50 })).message).toBe(
      'Budget exceeded on tokens: asked 50, remaining 40 of 100 (pool "acme"); it fits once open reservations settle: wait with reserveWhenFree()',
    );
    expect(errorOf(() => hold.commit({ usd: 12.5 })).message).toBe(
      'Budget exceeded on usd: a commit took it to $12.50 of $10.00 (pool "acme"). The spend is booked; new requests are refused until there is room',
    );
    expect(errorOf(() => pool.record({ usd: 0.25 })).message).toBe(
      'Budget exceeded on usd: asked $0.25, remaining -$2.50 of $10.00 (pool "acme"); reset the pool or raise the cap',
    );
    expect(errorOf(() => hold.commit()).message).toBe(
      'This reservation (pool "acme") has already been committed; commit once; to book more use record()',
    );
    const released = new BudgetPool().reserve({});
    released.release();
    expect(errorOf(() => released.commit()).message).toContain("already been released");
  });
});
