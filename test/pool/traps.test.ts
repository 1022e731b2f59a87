// The traps of token-budget-py 0.1.0 and its peers, each as they were seen in public issues.

import { describe, expect, it } from "vitest";

import { BudgetExceeded, BudgetPool, ReservationSettled } from "../../src/index.ts";
import type { Amount, Caps, Reservation } from "../../src/index.ts";
import { heapInUse } from "../support/heap.ts";

describe("traps", () => {
  it("F03 float drift: every cap that is n times a price takes n records, and not a nano-dollar more", () => {
    for (const price of ["0.1", "0.0036", "0.0125", "0.000001", "0.333333333"]) {
      for (let count = 1; count <= 200; count++) {
        const nano = BigInt(Math.round(Number(price) * 1e9)) * BigInt(count);
        const text = nano.toString().padStart(10, "0");
        const cap = `${text.slice(0, -9)}.${text.slice(-9)}`;
        const pool = new BudgetPool({ caps: { usd: cap } });
        for (let record = 0; record < count; record++) pool.record({ usd: Number(price) });
        expect(pool.tryRecord({ usd: "0.000000001" })).toBe(false);
        expect(pool.snapshot().remaining.usd).toBe(0);
      }
    }
  });

  it("F03 float drift: 0.1 three times fits 0.3, which token-budget-py refuses", () => {
    const pool = new BudgetPool({ caps: { usd: 0.3 } });
    pool.record({ usd: 0.1 });
    pool.record({ usd: 0.1 });
    pool.record({ usd: 0.1 });
    expect(pool.snapshot().used.usd).toBe(0.3);
  });

  it("R1 a million records of $0.000001 are exactly $1", () => {
    const pool = new BudgetPool({ caps: { usd: 1 } });
    for (let record = 0; record < 1_000_000; record++) pool.record({ usd: 0.000001 });
    expect(pool.snapshot().used.usd).toBe(1);
    expect(pool.tryRecord({ usd: "0.000000001" })).toBe(false);
  });

  it("F04 NaN accepted: it is an error, and the cap still holds after it", () => {
    const pool = new BudgetPool({ caps: { usd: 1, tokens: 10 } });
    for (const amount of [
      { usd: Number.NaN },
      { tokens: Number.NaN },
      { usd: -0.01 },
      { tokens: 1.5 },
    ]) {
      expect(() => pool.record(amount)).toThrow(RangeError);
    }
    expect(() => pool.record({ usd: 1.01 })).toThrow(BudgetExceeded);
    expect(pool.snapshot().used).toMatchObject({ usd: 0, tokens: 0, calls: 0 });
  });

  it("F02 a commit over the cap that forgets real spend: it is booked, and the pool cannot be overspent for ever", () => {
    const pool = new BudgetPool({ caps: { tokens: 100 } });
    pool.record({ tokens: 85 });
    for (let turn = 0; turn < 3; turn++) {
      const hold = pool.tryReserve({ tokens: 10 });
      if (hold === undefined) continue;
      expect(() => hold.commit({ tokens: 30 })).toThrow(BudgetExceeded);
    }
    expect(pool.snapshot().used).toMatchObject({ tokens: 115, calls: 2 });
  });

  it("F05 double commit: the second is an error, used stays 30 and reserved stays 0", () => {
    const pool = new BudgetPool();
    const hold = pool.reserve({ tokens: 30 });
    hold.commit();
    expect(() => hold.commit()).toThrow(ReservationSettled);
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 30 }, reserved: { tokens: 0 } });
  });

  it("F06 release after commit, twice: reserved does not go negative", () => {
    const pool = new BudgetPool({ caps: { tokens: 30 } });
    const hold = pool.reserve({ tokens: 30 });
    hold.commit();
    hold.release();
    hold.release();
    expect(pool.snapshot()).toMatchObject({
      used: { tokens: 30 },
      reserved: { tokens: 0 },
      remaining: { tokens: 0 },
    });
  });

  it("F13 reset in mid-reservation: the late commit is booked, reserved is 0", () => {
    const pool = new BudgetPool({ caps: { tokens: 100 } });
    const committed = pool.reserve({ tokens: 30 });
    const released = pool.reserve({ tokens: 30 });
    pool.reset();
    committed.commit({ tokens: 20 });
    released.release();
    expect(pool.snapshot()).toMatchObject({
      used: { tokens: 20 },
      reserved: { tokens: 0 },
      openReservations: 0,
    });
  });

  it("R1 a misspelled axis: it is an error that names what there is, not a record of nothing", () => {
    const pool = new BudgetPool({ caps: { tokens: 10 } });
    const misspelled = { token: 5 } as Amount;
    expect(() => pool.record(misspelled)).toThrow(
      new TypeError(
        'Unknown key "token" in `amount`; allowed: tokens, inputTokens, outputTokens, usd, calls; did you mean `tokens`?',
      ),
    );
    expect(() => pool.reserve({ tokens: 1, cost: 1 } as Amount)).toThrow(TypeError);
    expect(pool.snapshot().used.calls).toBe(0);
  });

  it("R1 __proto__ in parsed JSON: it is an error, and pollutes nothing", () => {
    const pool = new BudgetPool();
    const hostile = JSON.parse('{ "__proto__": { "tokens": 5, "usd": 0 } }') as Amount;
    expect(() => pool.record(hostile)).toThrow('Unknown key "__proto__"');
    expect(() => new BudgetPool({ caps: hostile as Caps })).toThrow(
      'Unknown key "__proto__" in `caps`',
    );
    expect(() => new BudgetPool(JSON.parse('{ "__proto__": { "caps": {} } }') as object)).toThrow(
      TypeError,
    );
    expect(pool.snapshot().used.tokens).toBe(0);
  });

  it("R1 an inherited quantity counts like an own one, and an inherited stranger is an error", () => {
    const pool = new BudgetPool();
    pool.record(Object.create({ tokens: 5 }) as Amount);
    expect(pool.snapshot().used.tokens).toBe(5);
    expect(() => pool.record(Object.create({ token: 5 }) as Amount)).toThrow(TypeError);
  });

  it("R1 a getter that changes its mind is read once", () => {
    const pool = new BudgetPool({ caps: { tokens: 10 } });
    let reads = 0;
    const shifty = {
      get tokens(): number {
        reads++;
        return reads === 1 ? 5 : Number.NaN;
      },
    };
    pool.record(shifty);
    expect([reads, pool.snapshot().used.tokens]).toEqual([1, 5]);
  });

  it("F07 a refused request in progress does not refuse one that fits", () => {
    const pool = new BudgetPool({ caps: { tokens: 50 } });
    const holds: (Reservation | undefined)[] = [];
    for (let ask = 0; ask < 100; ask++)
      holds.push(pool.tryReserve({ tokens: ask % 2 === 0 ? 500 : 1 }));
    expect(holds.filter((hold) => hold !== undefined).length).toBe(50);
  });

  // oxlint-disable typescript/unbound-method -- handing methods to strangers is what this test is about
  it("F08 a forged or foreign reservation cannot be settled", () => {
    const pool = new BudgetPool();
    const hold = pool.reserve({ tokens: 30 });
    const forged = [{}, Object.create(hold), { amount: hold.amount, settled: false }] as object[];
    for (const forgery of forged) {
      expect(() => Reflect.apply(hold.release, forgery, [])).toThrow(TypeError);
      expect(() => Reflect.apply(hold.commit, forgery, [])).toThrow(TypeError);
    }
    expect(pool.snapshot().reserved.tokens).toBe(30);
  });
  // oxlint-enable typescript/unbound-method

  it("F14 a million refusals build no error and keep no memory", () => {
    const pool = new BudgetPool({ caps: { tokens: 0 } });
    let refused = 0;
    const before = heapInUse();
    for (let ask = 0; ask < 1_000_000; ask++)
      if (pool.tryReserve({ tokens: 1 }) === undefined) refused++;
    expect(refused).toBe(1_000_000);
    expect(heapInUse() - before).toBeLessThan(4_000_000);
  });

  it("F12 and I7 settled work leaves nothing behind: a million reservations come and go", () => {
    const pool = new BudgetPool({ caps: { tokens: 10 } });
    for (let call = 0; call < 1_000_000; call++) pool.reserve({ tokens: 10 }).release();
    expect(pool.snapshot()).toMatchObject({ openReservations: 0, remaining: { tokens: 10 } });
  });
});
