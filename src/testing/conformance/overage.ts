import assert from "node:assert/strict";

import { assertFields, assertRefused, assertThrows, assertUnchanged } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

/** R5: commits that use more than was reserved. */
export const overageCases: readonly ConformanceCase[] = [
  {
    title:
      "R5 F02 a commit over the cap is booked in full and reported, and later requests are refused",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      await pool.record({ tokens: 85 });
      const hold = await pool.reserve({ tokens: 10 });
      const error = await assertRefused(() => hold.commit({ tokens: 30 }), {
        booked: true,
        pool: pool.path,
        axis: "tokens",
        attempted: 115,
        cap: 100,
        used: 115,
        reserved: 0,
        remaining: -15,
        reason: "spent",
      });
      assert.match(error.message, /booked/);
      assert.equal(hold.settled, true);
      const snapshot = await pool.snapshot();
      assertFields(snapshot.used, { tokens: 115, calls: 2 });
      assert.deepEqual(snapshot.remaining, { tokens: -15 });
      assert.equal(await pool.tryRecord({ tokens: 0 }), false);
      assert.equal(await pool.tryReserve({ tokens: 1 }), undefined);
    },
  },
  {
    title:
      "R5 overage that stays under the cap is booked without an error, and reported in the settlement",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100, usd: 1 } });
      const hold = await pool.reserve({ tokens: 10, usd: 0.5 });
      const settlement = await hold.commit({ tokens: 30, usd: 0.25 });
      assert.deepEqual(settlement, {
        booked: { tokens: 30, inputTokens: 0, outputTokens: 0, usd: 0.25, calls: 1 },
        overage: { tokens: 20, inputTokens: 0, outputTokens: 0, usd: 0, calls: 0 },
        exceeded: undefined,
      });
    },
  },
  {
    title: 'R5 the policy "allow" books the overage and returns the pool, axis and excess',
    async run({ open }) {
      const pool = await open({ name: "acme", caps: { tokens: 100 }, overage: "allow" });
      const other = await pool.reserve({ tokens: 40 });
      const hold = await pool.reserve({ tokens: 10 });
      const settlement = await hold.commit({ tokens: 70 });
      assertFields(settlement.overage, { tokens: 60 });
      assert.deepEqual(settlement.exceeded, {
        pool: "acme",
        axis: "tokens",
        attempted: 110,
        cap: 100,
        used: 70,
        reserved: 40,
        remaining: -10,
        reason: "busy",
      });
      await other.release();
      assert.deepEqual((await pool.snapshot()).remaining, { tokens: 30 });
    },
  },
  {
    title: 'R5 the policy "reject" throws, frees the hold and books nothing',
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 }, overage: "reject" });
      await pool.record({ tokens: 85 });
      const hold = await pool.reserve({ tokens: 10 });
      await assertRefused(() => hold.commit({ tokens: 30 }), {
        booked: false,
        attempted: 115,
        used: 85,
        reserved: 0,
        remaining: 15,
        reason: "spent",
      });
      assert.equal(hold.settled, true);
      const snapshot = await pool.snapshot();
      assertFields(snapshot.used, { tokens: 85, calls: 1 });
      assertFields(snapshot, { remaining: { tokens: 15 }, openReservations: 0 });
    },
  },
  {
    title: 'R5 the policy "reject" books overage that fits',
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 }, overage: "reject" });
      const hold = await pool.reserve({ tokens: 10 });
      assertFields((await hold.commit({ tokens: 100 })).booked, { tokens: 100 });
    },
  },
  {
    title: 'R5 a commit of far more than the cap reports the reason "never"',
    async run({ open }) {
      const pool = await open({ caps: { usd: 1 } });
      const hold = await pool.reserve({ usd: 0.5 });
      await assertRefused(() => hold.commit({ usd: 1.5 }), { reason: "never", booked: true });
      assert.equal((await pool.snapshot()).used.usd, 1.5);
    },
  },
  {
    title: "R5 a commit without overage never fails, even if the cap was lowered meanwhile",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const hold = await pool.reserve({ tokens: 60 });
      await pool.configure({ caps: { tokens: 10 } });
      const settlement = await hold.commit({ tokens: 60 });
      assert.equal(settlement.exceeded, undefined);
      assert.deepEqual((await pool.snapshot()).remaining, { tokens: -50 });
    },
  },
  {
    title: "R5 overage on one axis does not report another axis that was already over its cap",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100, usd: 1 } });
      const hold = await pool.reserve({ tokens: 10, usd: 0.5 });
      await pool.configure({ caps: { usd: 0.1 } });
      const settlement = await hold.commit({ tokens: 20 });
      assert.equal(settlement.exceeded, undefined);
      assertFields(settlement.overage, { tokens: 10 });
    },
  },
  {
    title: "R5 overage that takes a pool further over its cap is reported for that pool",
    async run({ open }) {
      const root = await open({ name: "root", caps: { usd: 1 } });
      const child = await root.child("child", { caps: { usd: 5 } });
      const hold = await child.reserve({ usd: 0.5 });
      await assertRefused(() => hold.commit({ usd: 1.25 }), { pool: "root", booked: true });
      assert.equal((await root.snapshot()).used.usd, 1.25);
      assert.equal((await child.snapshot()).used.usd, 1.25);
    },
  },
  {
    title: "R5 a child without an overage policy inherits the nearest one above",
    async run({ open }) {
      const root = await open({ caps: { usd: 1 }, overage: "allow" });
      const team = await root.child("team");
      const run = await team.child("run", { overage: "reject" });
      const inherited = await team.reserve({ usd: 0.25 });
      assert.equal((await inherited.commit({ usd: 2 })).exceeded?.pool, root.path);
      await root.reset();
      const own = await run.reserve({ usd: 0.25 });
      await assertRefused(() => own.commit({ usd: 2 }), { booked: false });
      assert.equal((await root.snapshot()).used.usd, 0);
    },
  },
  {
    title: "R5 record with the overage option books spent money past the cap",
    async run({ open }) {
      const root = await open({ caps: { usd: 1 } });
      const child = await root.child("child");
      await child.record({ usd: 0.9 }, { overage: "allow" });
      await assertUnchanged([root, child], () => assertRefused(() => child.record({ usd: 0.2 })));
      await assertUnchanged([root, child], () =>
        assertRefused(() => child.record({ usd: 0.2 }, { overage: "reject" }), { booked: false }),
      );
      await child.record({ usd: 0.2 }, { overage: "allow" });
      assert.deepEqual((await root.snapshot()).remaining, { usd: -0.1 });
      await assertRefused(() => child.record({ usd: 0.4 }, { overage: "throw" }), {
        pool: root.path,
        booked: true,
        used: 1.5,
        remaining: -0.5,
      });
      assertFields((await child.snapshot()).used, { usd: 1.5, calls: 3 });
      assertFields(await child.snapshot(), { openReservations: 0 });
      assert.equal(await child.tryRecord({ usd: 0 }), false);
    },
  },
  {
    title: "R5 an unknown option of record is an error and books nothing",
    async run({ open }) {
      const pool = await open({ caps: { usd: 1 } });
      await assertUnchanged([pool], async () => {
        const past = { usd: 0.5 };
        await assertThrows(() => pool.record(past, { over: "allow" } as object), TypeError);
        await assertThrows(() => pool.record(past, { overage: "book" as "allow" }), RangeError);
      });
    },
  },
];
