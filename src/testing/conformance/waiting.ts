import assert from "node:assert/strict";

import type { AnyBudgetPool, AnyReservation } from "../../pool/any-budget-pool.ts";
import { assertFields, assertRefused, assertThrows, errorThrownBy } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

interface Wait {
  state: "waiting" | "held" | "failed";
  hold?: AnyReservation;
  error?: unknown;
}

/** Starts a wait, and records its outcome. */
function waitFor(pool: AnyBudgetPool, ...ask: Parameters<AnyBudgetPool["reserveWhenFree"]>): Wait {
  const wait: Wait = { state: "waiting" };
  pool.reserveWhenFree(...ask).then(
    (hold) => Object.assign(wait, { state: "held", hold }),
    (error: unknown) => Object.assign(wait, { state: "failed", error }),
  );
  return wait;
}

/** Returns the outcomes of waits once nothing is pending. */
async function states(turns: () => Promise<void>, ...waits: Wait[]): Promise<string> {
  await turns();
  return waits.map((wait) => wait.state).join(" ");
}

/** R13: waiting for room. */
export const waitingCases: readonly ConformanceCase[] = [
  {
    title: "R13 a waiting request that fits is reserved at once",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      const hold = await pool.reserveWhenFree({ tokens: 10 });
      assert.equal(hold.amount.tokens, 10);
      assertFields((await pool.snapshot()).reserved, { tokens: 10 });
    },
  },
  {
    title:
      "R13 a waiting request that can never fit, or fits only after a reset, is refused at once",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      await pool.record({ tokens: 5 });
      await pool.reserve({ tokens: 5 });
      await assertRefused(() => pool.reserveWhenFree({ tokens: 11 }), { reason: "never" });
      await assertRefused(() => pool.reserveWhenFree({ tokens: 6 }), { reason: "spent" });
    },
  },
  {
    title:
      "R13 a waiter is admitted after a commit that leaves room, a release, a reset or a raised cap",
    async run({ open, turns }) {
      for (const free of ["commit", "release", "reset", "raise"] as const) {
        const pool = await open({ caps: { tokens: 10 } });
        const hold = await pool.reserve({ tokens: 10 });
        const wait = waitFor(pool, { tokens: 6 });
        assert.equal(await states(turns, wait), "waiting");
        if (free === "commit") await hold.commit({ tokens: 4 });
        else if (free === "release") await hold.release();
        else if (free === "reset") await pool.reset();
        else await pool.configure({ caps: { tokens: 16 } });
        assert.equal(await states(turns, wait), "held", free);
        assert.equal(wait.hold?.amount.tokens, 6);
      }
    },
  },
  {
    title: "R13 a waiter is admitted when the window rolls, without a call on the pool",
    async run({ open, clock, turns }) {
      const pool = await open({ caps: { tokens: 10 }, window: { everyMs: 1000 } });
      await pool.record({ tokens: 5 });
      await pool.reserve({ tokens: 5 });
      const wait = waitFor(pool, { tokens: 4 });
      assert.equal(await states(turns, wait), "waiting");
      clock.advance(999);
      assert.equal(await states(turns, wait), "waiting");
      clock.advance(1);
      assert.equal(await states(turns, wait), "held");
      assertFields((await pool.snapshot()).reserved, { tokens: 9 });
    },
  },
  {
    title: "R13 waiters are served in the order in which they came",
    async run({ open, turns }) {
      const pool = await open({ caps: { tokens: 10 } });
      let hold = await pool.reserve({ tokens: 10 });
      const waits = Array.from({ length: 5 }, () => waitFor(pool, { tokens: 10 }));
      for (const [served, wait] of waits.entries()) {
        await turns();
        await hold.release();
        await turns();
        const held = waits.map((each) => each.state === "held");
        assert.deepEqual(
          held,
          waits.map((_, index) => index <= served),
        );
        assert.ok(wait.hold !== undefined);
        hold = wait.hold;
      }
    },
  },
  {
    title: "R13 the head of the queue is not starved by smaller requests behind it",
    async run({ open, turns }) {
      const pool = await open({ caps: { tokens: 10 } });
      const holds = [await pool.reserve({ tokens: 5 }), await pool.reserve({ tokens: 5 })] as const;
      const big = waitFor(pool, { tokens: 8 });
      const small = waitFor(pool, { tokens: 1 });
      await turns();
      await holds[0].release();
      assert.equal(await states(turns, big, small), "waiting waiting");
      await holds[1].release();
      assert.equal(await states(turns, big, small), "held held");
    },
  },
  {
    title: "R13 a waiter at one child does not block another child",
    async run({ open, turns }) {
      const root = await open({ caps: { tokens: 100 } });
      const a = await root.child("a", { caps: { tokens: 10 } });
      const b = await root.child("b", { caps: { tokens: 10 } });
      await a.reserve({ tokens: 10 });
      const stuck = waitFor(a, { tokens: 5 });
      const free = waitFor(b, { tokens: 5 });
      assert.equal(await states(turns, stuck, free), "waiting held");
    },
  },
  {
    title: "R13 a waiter at the parent is served before later requests of any child",
    async run({ open, turns }) {
      const root = await open({ caps: { tokens: 10 } });
      const a = await root.child("a");
      const b = await root.child("b");
      const hold = await root.reserve({ tokens: 6 });
      const first = waitFor(a, { tokens: 8 });
      const second = waitFor(b, { tokens: 3 });
      assert.equal(await states(turns, first, second), "waiting waiting");
      await hold.release();
      assert.equal(await states(turns, first, second), "held waiting");
      await first.hold?.commit({ tokens: 0 });
      assert.equal(await states(turns, second), "held");
    },
  },
  {
    title: "R13 a waiter is refused as soon as waiting can no longer help",
    async run({ open, turns }) {
      const pool = await open({ caps: { tokens: 10 } });
      const hold = await pool.reserve({ tokens: 5 });
      const spent = waitFor(pool, { tokens: 6 });
      await turns();
      await hold.commit();
      assert.equal(await states(turns, spent), "failed");
      await assertRefused(() => Promise.reject(spent.error as Error), { reason: "spent" });
      await pool.reset();
      await pool.reserve({ tokens: 5 });
      const never = waitFor(pool, { tokens: 6 });
      await turns();
      await pool.configure({ caps: { tokens: 5 } });
      assert.equal(await states(turns, never), "failed");
      await assertRefused(() => Promise.reject(never.error as Error), { reason: "never" });
    },
  },
  {
    title:
      "R13 an aborted waiter rejects with the signal's reason, reserves nothing and leaves the queue",
    async run({ open, turns }) {
      const pool = await open({ caps: { tokens: 10 } });
      await pool.reserve({ tokens: 5 });
      const controller = new AbortController();
      const big = waitFor(pool, { tokens: 8 }, { signal: controller.signal });
      const small = waitFor(pool, { tokens: 5 });
      assert.equal(await states(turns, big, small), "waiting waiting");
      const reason = new Error("changed my mind");
      controller.abort(reason);
      assert.equal(await states(turns, big, small), "failed held");
      assert.equal(big.error, reason);
      assertFields((await pool.snapshot()).reserved, { tokens: 10 });
    },
  },
  {
    title: "R13 an already aborted signal rejects at once, even if there is room",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      const reason = new Error("too late");
      const signal = AbortSignal.abort(reason);
      assert.equal(
        await errorThrownBy(() => pool.reserveWhenFree({ tokens: 1 }, { signal })),
        reason,
      );
      assertFields((await pool.snapshot()).reserved, { tokens: 0 });
    },
  },
  {
    title: "R13 a wait that times out is refused as busy, and the error says how long it lasted",
    async run({ open, clock, turns }) {
      const pool = await open({ caps: { tokens: 10 } });
      const hold = await pool.reserve({ tokens: 5 });
      const big = waitFor(pool, { tokens: 8 }, { timeoutMs: 250 });
      const behind = waitFor(pool, { tokens: 5 }, { timeoutMs: 300 });
      await turns();
      clock.advance(249);
      assert.equal(await states(turns, big, behind), "waiting waiting");
      clock.advance(1);
      assert.equal(await states(turns, big, behind), "failed held");
      await assertRefused(() => Promise.reject(big.error as Error), {
        reason: "busy",
        waitedMs: 250,
        booked: false,
      });
      clock.advance(1000);
      await hold.release();
      assertFields((await pool.snapshot()).reserved, { tokens: 5 });
      assert.equal(clock.pendingTimers, 0);
    },
  },
  {
    title: "R13 a timeout behind a refused waiter reports that refusal",
    async run({ open, clock, turns }) {
      const pool = await open({ caps: { tokens: 10 } });
      await pool.reserve({ tokens: 5 });
      waitFor(pool, { tokens: 8 });
      const behind = waitFor(pool, { tokens: 1 }, { timeoutMs: 10 });
      await turns();
      clock.advance(10);
      assert.equal(await states(turns, behind), "failed");
      await assertRefused(() => Promise.reject(behind.error as Error), {
        reason: "busy",
        attempted: 13,
        waitedMs: 10,
      });
    },
  },
  {
    title: "R13 a timeout of zero does not wait",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      await pool.reserveWhenFree({ tokens: 5 }, { timeoutMs: 0 });
      await assertRefused(() => pool.reserveWhenFree({ tokens: 6 }, { timeoutMs: 0 }), {
        reason: "busy",
        waitedMs: 0,
      });
    },
  },
  {
    title: "R13 invalid options of a wait are errors",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      for (const timeoutMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, "5" as never]) {
        await assertThrows(() => pool.reserveWhenFree({ tokens: 1 }, { timeoutMs }), RangeError);
      }
      for (const options of [{ timeout: 5 }, { signal: {} }, null] as never[]) {
        await assertThrows(() => pool.reserveWhenFree({ tokens: 1 }, options), TypeError);
      }
      assertFields((await pool.snapshot()).reserved, { tokens: 0 });
    },
  },
  {
    title: "R13 F10 holds five times too large delay a waiting fan-out but cause no refusal",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const call = async (): Promise<void> => {
        const hold = await pool.reserveWhenFree({ tokens: 50 });
        await Promise.resolve();
        await hold.commit({ tokens: 5 });
      };
      await Promise.all(Array.from({ length: 10 }, call));
      assertFields((await pool.snapshot()).used, { tokens: 50, calls: 10 });
    },
  },
  {
    title: "R13 one signal that aborts many waiters admits none of them",
    async run({ open, turns }) {
      const pool = await open({ caps: { tokens: 10 } });
      const hold = await pool.reserve({ tokens: 5 });
      const controller = new AbortController();
      const { signal } = controller;
      const waits = [9, 3, 2].map((tokens) => waitFor(pool, { tokens }, { signal }));
      assert.equal(await states(turns, ...waits), "waiting waiting waiting");
      controller.abort(new Error("stop"));
      assert.equal(await states(turns, ...waits), "failed failed failed");
      await hold.release();
      assertFields(await pool.snapshot(), { openReservations: 0, remaining: { tokens: 10 } });
    },
  },
  {
    title: "R13 a waiter behind another is also refused once waiting can no longer help it",
    async run({ open, turns }) {
      const root = await open({ caps: { tokens: 100 } });
      const child = await root.child("child", { caps: { tokens: 10 } });
      await root.reserve({ tokens: 60 });
      const inner = await child.reserve({ tokens: 5 });
      const head = waitFor(root, { tokens: 90 });
      const behind = waitFor(child, { tokens: 8 });
      assert.equal(await states(turns, head, behind), "waiting waiting");
      await inner.commit();
      assert.equal(await states(turns, head, behind), "waiting failed");
      await assertRefused(() => Promise.reject(behind.error as Error), { reason: "spent" });
    },
  },
  {
    title: "R13 a waiter that needs room at several levels is overtaken at none of them",
    async run({ open, turns }) {
      const root = await open({ caps: { tokens: 100 } });
      const child = await root.child("child", { caps: { tokens: 60 } });
      const hold = await child.reserve({ tokens: 60 });
      const first = waitFor(child, { tokens: 5 });
      const second = waitFor(child, { tokens: 50 });
      const third = waitFor(root, { tokens: 40 });
      assert.equal(await states(turns, first, second, third), "waiting waiting waiting");
      await hold.release();
      assert.equal(await states(turns, first, second, third), "held held held");
    },
  },
  {
    title: "R13 a timeout names a level that the waiter needs, and says that it had to queue",
    async run({ open }) {
      const root = await open({ caps: { tokens: 100 } });
      const a = await root.child("a", { caps: { tokens: 10 } });
      const b = await root.child("b", { caps: { tokens: 10 } });
      await a.reserve({ tokens: 10 });
      await b.reserve({ tokens: 5 });
      waitFor(b, { tokens: 8 });
      waitFor(a, { tokens: 3 });
      await assertRefused(() => b.reserveWhenFree({ tokens: 1 }, { timeoutMs: 0 }), {
        pool: b.path,
        reason: "busy",
      });
    },
  },
];
