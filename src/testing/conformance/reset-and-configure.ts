import assert from "node:assert/strict";

import { ReservationSettled } from "../../core/errors.ts";
import { assertFields, assertRefused, assertThrows, assertUnchanged } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

/** R6 and R9: reset, and changing a pool that is in use. */
export const resetAndConfigureCases: readonly ConformanceCase[] = [
  {
    title: "R6 a reset zeroes used, drops open reservations and raises the generation",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      await pool.record({ tokens: 50, usd: 1 });
      await pool.reserve({ tokens: 20 });
      await pool.reset();
      const nothing = { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0, calls: 0 };
      assertFields(await pool.snapshot(), {
        used: nothing,
        reserved: nothing,
        remaining: { tokens: 100 },
        openReservations: 0,
        generation: 1,
      });
      await pool.reset();
      assert.equal((await pool.snapshot()).generation, 2);
    },
  },
  {
    title: "R6 F13 a commit after a reset is booked in full as overage of the new period",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const hold = await pool.reserve({ tokens: 20, usd: 0.5 });
      await pool.reset();
      assert.equal(hold.settled, false);
      const settlement = await hold.commit({ tokens: 15 });
      assertFields(settlement.overage, { tokens: 15, usd: 0.5, calls: 1 });
      const { used, reserved } = await pool.snapshot();
      assertFields(used, { tokens: 15, usd: 0.5, calls: 1 });
      assertFields(reserved, { tokens: 0, usd: 0, calls: 0 });
      await assertThrows(() => hold.commit(), ReservationSettled);
    },
  },
  {
    title: "R6 F13 a release after a reset does nothing, and counters never go negative",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const dropped = await pool.reserve({ tokens: 20 });
      await pool.reset();
      const fresh = await pool.reserve({ tokens: 30 });
      await assertUnchanged([pool], () => dropped.release());
      assert.equal(dropped.settled, true);
      await fresh.release();
      assertFields((await pool.snapshot()).reserved, { tokens: 0, calls: 0 });
    },
  },
  {
    title: "R6 a commit after a reset that does not fit the new period is overage under R5",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const dropped = await pool.reserve({ tokens: 20 });
      await pool.reset();
      await pool.record({ tokens: 90 });
      await assertRefused(() => dropped.commit(), { booked: true, used: 110, remaining: -10 });
    },
  },
  {
    title: "R6 a reset of a child does not change its parent's used and reserved",
    async run({ open }) {
      const root = await open({ caps: { tokens: 100 } });
      const child = await root.child("child");
      await child.record({ tokens: 10 });
      const hold = await child.reserve({ tokens: 20 });
      await child.reset();
      assertFields((await root.snapshot()).used, { tokens: 10 });
      assertFields((await root.snapshot()).reserved, { tokens: 20 });
      assertFields((await child.snapshot()).reserved, { tokens: 0 });
      await hold.commit({ tokens: 5 });
      assertFields(await root.snapshot(), { remaining: { tokens: 85 }, openReservations: 0 });
      assertFields((await child.snapshot()).used, { tokens: 5 });
    },
  },
  {
    title: "R6 a reset of a parent drops its children's holds in the parent, not in the children",
    async run({ open }) {
      const root = await open({ caps: { tokens: 100 } });
      const child = await root.child("child");
      const hold = await child.reserve({ tokens: 20 });
      await root.reset();
      assertFields(await root.snapshot(), { remaining: { tokens: 100 }, openReservations: 0 });
      assertFields(await child.snapshot(), { openReservations: 1, generation: 0 });
      await hold.release();
      assertFields(await root.snapshot(), { remaining: { tokens: 100 }, openReservations: 0 });
      assertFields((await child.snapshot()).reserved, { tokens: 0 });
    },
  },
  {
    title: "R9 caps can be raised, lowered, added and removed live, axis by axis",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100, usd: 1 } });
      await pool.record({ tokens: 60 });
      await pool.configure({ caps: { tokens: 50, calls: 9 } });
      assert.deepEqual((await pool.snapshot()).caps, { tokens: 50, usd: 1, calls: 9 });
      assert.deepEqual((await pool.snapshot()).remaining, { tokens: -10, usd: 1, calls: 8 });
      await assertRefused(() => pool.record({ usd: 0.1 }), { axis: "tokens", remaining: -10 });
      await pool.configure({ caps: { tokens: null, usd: "2.5" } });
      assert.deepEqual((await pool.snapshot()).caps, { usd: 2.5, calls: 9 });
      await pool.record({ tokens: 1_000_000 });
    },
  },
  {
    title: "R17 caps can be raised and lowered by amounts, and concurrent changes all count",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100, usd: "0.1" } });
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          await pool.configure({ by: { usd: "0.1", tokens: 5 } });
        }),
      );
      assert.deepEqual((await pool.snapshot()).caps, { tokens: 200, usd: 2.1 });
      await pool.configure({ by: { usd: "-0.6", tokens: -150 } });
      assert.deepEqual((await pool.snapshot()).caps, { tokens: 50, usd: 1.5 });
      await pool.configure({ caps: { tokens: 10, calls: 3 }, by: { tokens: 1, calls: 4 } });
      assert.deepEqual((await pool.snapshot()).caps, { tokens: 11, usd: 1.5, calls: 7 });
      await assertRefused(() => pool.record({ tokens: 12 }), { axis: "tokens", cap: 11 });
    },
  },
  {
    title: "R17 an amount cannot change a missing cap, or take a cap out of its range",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const change = (by: object) => () =>
        pool.configure({ by, overage: "allow", window: "day", caps: { outputTokens: 5 } });
      await assertUnchanged([pool], async () => {
        await assertThrows(change({ usd: 1 }), RangeError);
        await assertThrows(change({ tokens: -101 }), RangeError);
        await assertThrows(change({ tokens: Number.MAX_SAFE_INTEGER }), RangeError);
        await assertThrows(change({ tokens: 1.5 }), RangeError);
        await assertThrows(change({ usd: "much" }), RangeError);
        await assertThrows(change({ token: 1 }), TypeError);
      });
    },
  },
  {
    title: "R9 a lowered cap evicts nothing: open reservations stay held and settle in full",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const hold = await pool.reserve({ tokens: 80 });
      await pool.configure({ caps: { tokens: 10 } });
      assertFields((await pool.snapshot()).reserved, { tokens: 80 });
      assert.equal(hold.settled, false);
      await hold.commit({ tokens: 5 });
      assert.deepEqual((await pool.snapshot()).remaining, { tokens: 5 });
    },
  },
  {
    title: "R9 an invalid change is refused as a whole",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      await assertUnchanged([pool], async () => {
        await assertThrows(() => pool.configure({ caps: { tokens: 5, usd: -1 } }), RangeError);
        await assertThrows(
          () => pool.configure({ caps: { tokens: 5 }, overage: "never" as "throw" }),
          RangeError,
        );
        await assertThrows(() => pool.configure({ cap: { tokens: 5 } } as object), TypeError);
      });
    },
  },
  {
    title: "R9 the overage policy can be changed live",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      const hold = await pool.reserve({ tokens: 10 });
      await pool.configure({ overage: "allow" });
      assert.equal((await hold.commit({ tokens: 11 })).exceeded?.remaining, -1);
    },
  },
];
