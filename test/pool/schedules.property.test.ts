import fc from "fast-check";
import { expect, it } from "vitest";

import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import type { BudgetSnapshot, Reservation } from "../../src/index.ts";

interface Task {
  readonly child: number;
  readonly estimate: number;
  readonly actual: number;
  readonly how: "reserve" | "wait" | "run" | "record" | "grant";
  readonly fails: boolean;
}

const task: fc.Arbitrary<Task> = fc.record({
  child: fc.nat(2),
  estimate: fc.integer({ min: 1, max: 60 }),
  actual: fc.integer({ min: 0, max: 80 }),
  how: fc.constantFrom("reserve", "wait", "run", "record", "grant"),
  fails: fc.boolean(),
});

/** What one task did to the books, as it was told. */
interface Told {
  booked: number;
  overage: number;
}

class Fanout {
  readonly root: BudgetPool = new BudgetPool({ caps: { tokens: 100 }, overage: "allow" });
  readonly pools: readonly BudgetPool[] = [
    this.root,
    this.root.child("a", { caps: { tokens: 70 } }),
    this.root.child("b", { caps: { tokens: 50 } }),
  ];
  readonly told: Told[] = [];
  readonly open = new Set<Reservation>();

  /** R2: at every instant used + reserved is at most the cap and the overage that was booked. */
  check(): void {
    const held = [...this.open].reduce((sum, hold) => sum + hold.amount.tokens, 0);
    // A waiter that has just been let in holds its ask a few turns before its task goes on.
    expect(this.root.snapshot().reserved.tokens).toBeGreaterThanOrEqual(held);
    const overage = this.told.reduce((sum, each) => sum + each.overage, 0);
    for (const pool of this.pools) expectWithin(pool.snapshot(), overage);
  }

  async perform(job: Task, call: () => Promise<void>): Promise<void> {
    const pool = this.pools[job.child] ?? this.root;
    const amount = { tokens: job.estimate };
    if (job.how === "record") {
      if (pool.tryRecord(amount)) this.told.push({ booked: job.estimate, overage: 0 });
      return this.check();
    }
    if (job.how === "run") {
      await pool.run(amount, (hold) => this.#use(hold, job, call), { wait: true });
      return;
    }
    if (job.how === "wait") return await this.#use(await pool.reserveWhenFree(amount), job, call);
    if (job.how === "grant") {
      const hold = pool.reserveUpTo({ unit: { tokens: 1 }, max: job.estimate });
      return await this.#use(hold, job, call);
    }
    const hold = pool.tryReserve(amount);
    if (hold !== undefined) await this.#use(hold, job, call);
  }

  async #use(hold: Reservation, job: Task, call: () => Promise<void>): Promise<void> {
    this.open.add(hold);
    this.check();
    await call();
    this.open.delete(hold);
    if (job.fails) {
      hold.release();
    } else {
      const { booked, overage } = hold.commit({ tokens: job.actual });
      this.told.push({ booked: booked.tokens, overage: overage.tokens });
    }
    this.check();
  }
}

function expectWithin({ caps, used, reserved }: BudgetSnapshot, overage: number): void {
  expect(used.tokens + reserved.tokens).toBeLessThanOrEqual((caps.tokens ?? 0) + overage);
  expect(reserved.tokens).toBeGreaterThanOrEqual(0);
}

it("R2 R4 R5 R13 concurrent tasks that settle in any order never pass a cap, and the books equal what was reported", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(task, { minLength: 1, maxLength: 12 }),
      async (scheduler, tasks) => {
        const fanout = new Fanout();
        const done = tasks.map(async (job, index) => {
          const call = async (): Promise<void> =>
            await scheduler.schedule(Promise.resolve(), `call ${index}`);
          await scheduler.schedule(Promise.resolve(), `start ${index}`);
          await fanout.perform(job, call).catch((error: unknown) => {
            if (!BudgetExceeded.is(error) || error.booked) throw error;
          });
        });
        await scheduler.waitFor(Promise.all(done));
        const booked = fanout.told.reduce((sum, each) => sum + each.booked, 0);
        expect(fanout.root.snapshot()).toMatchObject({
          used: { tokens: booked, calls: fanout.told.length },
          reserved: { tokens: 0, calls: 0 },
          openReservations: 0,
        });
      },
    ),
    { numRuns: Number(process.env["SCHEDULES"] ?? 2000) },
  );
});
