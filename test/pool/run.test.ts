import { describe, expect, it } from "vitest";

import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import type { Reservation, Settlement } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";

describe("run", () => {
  it("run holds the estimate while the task runs, and returns what the task returns", async () => {
    const pool = new BudgetPool({ caps: { tokens: 100 } });
    const answer = await pool.run({ tokens: 60 }, async (hold) => {
      expect(pool.snapshot().reserved.tokens).toBe(60);
      await Promise.resolve();
      hold.commit({ tokens: 40 });
      return "answer";
    });
    expect(answer).toBe("answer");
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 40 }, openReservations: 0 });
  });

  it("run takes a task that answers at once", async () => {
    const pool = new BudgetPool();
    await expect(pool.run({ tokens: 1 }, () => 5)).resolves.toBe(5);
  });

  it("run commits what was reserved when the task succeeds without settling: the call was made", async () => {
    const pool = new BudgetPool();
    await pool.run({ tokens: 60, usd: 0.5 }, async () => "answer");
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 60, usd: 0.5 }, openReservations: 0 });
  });

  it("run releases when the task throws, and passes the error on", async () => {
    const pool = new BudgetPool();
    const trouble = new Error("the model is down");
    await expect(pool.run({ tokens: 60 }, () => Promise.reject(trouble))).rejects.toBe(trouble);
    await expect(
      pool.run({ tokens: 60 }, () => {
        throw trouble;
      }),
    ).rejects.toBe(trouble);
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 0 }, openReservations: 0 });
  });

  it("run keeps what was committed before the task threw", async () => {
    const pool = new BudgetPool();
    const task = (hold: Reservation): never => {
      hold.commit({ tokens: 7 });
      throw new Error("parsing the answer failed");
    };
    await expect(pool.run({ tokens: 60 }, task)).rejects.toThrow("parsing");
    expect(pool.snapshot()).toMatchObject({ used: { tokens: 7 }, openReservations: 0 });
  });

  it("F57 run returns even when the commit went over a cap, calls onOverage, and the next request is refused", async () => {
    const pool = new BudgetPool({ caps: { usd: 1 } });
    const told: Settlement[] = [];
    const task = (hold: Reservation): string => {
      hold.commit({ usd: 1.25 });
      return "paid for";
    };
    const answer = await pool.run({ usd: 0.5 }, task, { onOverage: (event) => told.push(event) });
    expect(answer).toBe("paid for");
    expect(told).toMatchObject([
      { booked: { usd: 1.25 }, exceeded: { axis: "usd", remaining: -0.25 } },
    ]);
    expect(pool.tryRecord({ usd: 0 })).toBe(false);
    pool.configure({ caps: { usd: 2 } });
    await expect(pool.run({ usd: 0.5 }, task)).resolves.toBe("paid for");
    expect(pool.snapshot().used.usd).toBe(2.5);
  });

  it("run books what was used under the policies allow and reject too, and calls onOverage", async () => {
    for (const overage of ["allow", "reject"] as const) {
      const pool = new BudgetPool({ caps: { usd: 1 }, overage });
      const told: number[] = [];
      const answer = await pool.run({ usd: 0.5 }, (hold) => hold.commit({ usd: 2 }).booked.usd, {
        onOverage: (event) => told.push(event.booked.usd),
      });
      expect([answer, told, pool.snapshot().used.usd]).toEqual([2, [2], 2]);
    }
  });

  it("run does not call onOverage for overage that stays under the caps", async () => {
    const pool = new BudgetPool({ caps: { usd: 1 } });
    const told: Settlement[] = [];
    await pool.run({ usd: 0.1 }, (hold) => hold.commit({ usd: 0.2 }), {
      onOverage: (event) => told.push(event),
    });
    expect(told).toEqual([]);
  });

  it("run lets onOverage decide to fail", async () => {
    const pool = new BudgetPool({ caps: { usd: 1 } });
    const onOverage = (): never => {
      throw new Error("stop here");
    };
    await expect(
      pool.run({ usd: 1 }, (hold) => hold.commit({ usd: 2 }), { onOverage }),
    ).rejects.toThrow("stop here");
    expect(pool.snapshot()).toMatchObject({ used: { usd: 2 }, openReservations: 0 });
  });

  it("run refuses without calling the task", async () => {
    const pool = new BudgetPool({ caps: { calls: 1 } });
    let called = 0;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 3 }, () => pool.run({}, async () => ++called)),
    );
    expect(called).toBe(1);
    const reasons = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(
      reasons.every(({ reason }) => BudgetExceeded.is(reason) && reason.reason === "busy"),
    ).toBe(true);
  });

  it("run with `wait` waits for room, with the limits of reserveWhenFree", async () => {
    const pool = new BudgetPool({ caps: { tokens: 1 }, clock: new ManualClock() });
    let most = 0;
    let running = 0;
    const task = async (hold: Reservation): Promise<void> => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      hold.commit({ tokens: 0 });
    };
    await Promise.all(
      Array.from({ length: 20 }, () => pool.run({ tokens: 1 }, task, { wait: true })),
    );
    expect([most, pool.snapshot().used.calls]).toEqual([1, 20]);
    pool.reserve({ tokens: 1 });
    const signal = AbortSignal.abort(new Error("aborted before"));
    await expect(pool.run({ tokens: 1 }, task, { wait: { signal } })).rejects.toThrow(
      "aborted before",
    );
    const given = pool.run({ tokens: 1 }, task, { wait: { timeoutMs: 0 } });
    await expect(given).rejects.toMatchObject({ reason: "busy", waitedMs: 0 });
  });

  it("run rejects unknown options", async () => {
    const pool = new BudgetPool();
    const run = pool.run({}, () => 1, { onOverrun: () => 1 } as object);
    await expect(run).rejects.toThrow('Unknown key "onOverrun" in `options`');
  });
});
