import { describe, expect, it } from "vitest";

import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import type { Reservation } from "../../src/index.ts";

const poolOf100 = (): BudgetPool => new BudgetPool({ caps: { tokens: 100 } });

function held(pool: BudgetPool): number {
  return pool.snapshot().reserved.tokens;
}

function used(pool: BudgetPool): number {
  return pool.snapshot().used.tokens;
}

describe("a reservation in a `using` declaration", () => {
  it("R4 a reservation in a `using` declaration is held to the end of the block, and released there", () => {
    const pool = poolOf100();
    let kept: Reservation | undefined;
    {
      using hold = pool.reserve({ tokens: 60 });
      kept = hold;
      expect(hold.settled).toBe(false);
      expect(held(pool)).toBe(60);
    }
    expect(kept.settled).toBe(true);
    expect([held(pool), used(pool)]).toEqual([0, 0]);
    expect(() => kept.commit()).toThrow(expect.objectContaining({ code: "RESERVATION_SETTLED" }));
  });

  it("R4 a reservation in a `using` declaration is left alone when it was committed in the block", () => {
    const pool = poolOf100();
    {
      using hold = pool.reserve({ tokens: 60 });
      hold.commit({ tokens: 25 });
    }
    expect([held(pool), used(pool)]).toEqual([0, 25]);
  });

  it("R4 a reservation in a `using` declaration is left alone when it was released in the block", () => {
    const pool = poolOf100();
    const other = pool.reserve({ tokens: 10 });
    {
      using hold = pool.reserve({ tokens: 60 });
      hold.release();
    }
    expect([held(pool), used(pool)]).toEqual([10, 0]);
    expect(other.settled).toBe(false);
  });

  it("R4 a reservation in a `using` declaration is released by return, by break and by what the block throws", () => {
    const pool = poolOf100();
    const answer = (): number => {
      using hold = pool.reserve({ tokens: 60 });
      return hold.amount.tokens + held(pool);
    };
    expect(answer()).toBe(120);
    expect(held(pool)).toBe(0);

    for (using hold of [pool.reserve({ tokens: 30 }), pool.reserve({ tokens: 40 })]) {
      expect(hold.settled).toBe(false);
      break;
    }
    expect(held(pool)).toBe(40);

    const boom = (): void => {
      using hold = pool.reserve({ tokens: 60 });
      throw new Error(`boom, settled: ${hold.settled}`);
    };
    expect(boom).toThrow(new Error("boom, settled: false"));
    expect(held(pool)).toBe(40);
  });
});

describe("reservations in `using` declarations", () => {
  it("R4 several reservations in `using` declarations are each released, also when one was committed", () => {
    const pool = poolOf100();
    {
      using first = pool.reserve({ tokens: 30 });
      using second = pool.reserve({ tokens: 40 });
      using third = pool.reserve({ tokens: 5 });
      second.commit({ tokens: 1 });
      expect([first.settled, second.settled, third.settled]).toEqual([false, true, false]);
      expect([held(pool), used(pool)]).toEqual([35, 1]);
    }
    expect([held(pool), used(pool)]).toEqual([0, 1]);
  });

  it("R4 reservations in `using` declarations live through awaits, and are released when the task fails", async () => {
    const pool = poolOf100();
    const task = async (): Promise<void> => {
      using hold = pool.reserve({ tokens: 60 });
      await Promise.resolve();
      expect([hold.settled, held(pool)]).toEqual([false, 60]);
      throw new Error("the model is overloaded");
    };
    await expect(task()).rejects.toThrow("the model is overloaded");
    expect([held(pool), used(pool)]).toEqual([0, 0]);
  });

  it("R4 a commit over the cap throws its own error, and nothing is released after it", () => {
    const pool = poolOf100();
    const overspend = (): void => {
      using hold = pool.reserve({ tokens: 60 });
      hold.commit({ tokens: 130 });
    };
    expect(overspend).toThrow(BudgetExceeded);
    expect([held(pool), used(pool)]).toEqual([0, 130]);
  });

  it("R4 what `tryReserve` refuses is undefined, which `using` takes", () => {
    const pool = poolOf100();
    {
      using none = pool.tryReserve({ tokens: 101 });
      using some = pool.tryReserve({ tokens: 100 });
      expect([none, some?.settled]).toEqual([undefined, false]);
    }
    expect(held(pool)).toBe(0);
  });

  it("R4 grants in `using` declarations, and reservations that were waited for, are released as well", async () => {
    const pool = poolOf100();
    {
      using grant = pool.reserveUpTo({ unit: { tokens: 7 }, max: 50 });
      expect([grant.units, held(pool)]).toEqual([14, 98]);
    }
    const first = pool.reserve({ tokens: 100 });
    const second = pool.reserveWhenFree({ tokens: 50 });
    first.release();
    {
      using hold = await second;
      expect([hold.settled, held(pool)]).toEqual([false, 50]);
    }
    expect(held(pool)).toBe(0);
  });
});

describe("the end of a `using` block", () => {
  it("R4, R13 the end of a `using` block admits a waiter", async () => {
    const pool = poolOf100();
    let waiting: Promise<Reservation>;
    {
      using hold = pool.reserve({ tokens: 100 });
      waiting = pool.reserveWhenFree({ tokens: hold.amount.tokens });
      expect(pool.snapshot().openReservations).toBe(1);
    }
    expect((await waiting).settled).toBe(false);
  });

  it("R4, R8 the end of a `using` block releases on every pool above", () => {
    const root = poolOf100();
    const leaf = root.child("team").child("task");
    {
      using hold = leaf.reserve({ tokens: 60 });
      expect([hold.settled, held(root), held(leaf)]).toEqual([false, 60, 60]);
    }
    expect([held(root), held(leaf), root.snapshot().openReservations]).toEqual([0, 0, 0]);
  });

  it("R4, R6 the end of a `using` block changes nothing when a reset has dropped the reservation", () => {
    const pool = poolOf100();
    {
      using hold = pool.reserve({ tokens: 60 });
      pool.reset();
      pool.record({ tokens: 10 });
      expect(hold.settled).toBe(false);
    }
    expect([held(pool), used(pool), pool.snapshot().openReservations]).toEqual([0, 10, 0]);
  });
});

describe("[Symbol.dispose]", () => {
  it("R4 [Symbol.dispose] releases, as often as it is called", () => {
    const pool = poolOf100();
    const other = pool.reserve({ tokens: 10 });
    const hold = pool.reserve({ tokens: 60 });
    hold[Symbol.dispose]();
    expect([hold.settled, held(pool)]).toEqual([true, 10]);
    hold[Symbol.dispose]();
    expect([other.settled, held(pool)]).toEqual([false, 10]);
  });

  it("R4 [Symbol.dispose] is a method of the class that no loop over a reservation comes upon", () => {
    const hold = poolOf100().reserve({ tokens: 60 });
    expect(Symbol.dispose in hold).toBe(true);
    expect(Object.hasOwn(hold, Symbol.dispose)).toBe(false);
    const method = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(hold), Symbol.dispose);
    expect(method).toMatchObject({ enumerable: false, value: expect.any(Function) });
  });

  it("R4 [Symbol.dispose] works in a DisposableStack", () => {
    const pool = poolOf100();
    const stack = new DisposableStack();
    stack.use(pool.reserve({ tokens: 30 }));
    stack.use(pool.reserve({ tokens: 40 })).commit({ tokens: 5 });
    expect(held(pool)).toBe(30);
    stack.dispose();
    expect([held(pool), used(pool)]).toEqual([0, 5]);
  });
});
