import assert from "node:assert/strict";

import { ReservationSettled } from "../../core/errors.ts";
import { assertFields, assertThrows, assertUnchanged } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

/** R4: reservations. */
export const reservationCases: readonly ConformanceCase[] = [
  {
    title: "R4 a reservation holds its amount and exposes it",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100, usd: 1 } });
      const hold = await pool.reserve({ inputTokens: 20, outputTokens: 10, usd: "0.25" });
      const amount = { tokens: 30, inputTokens: 20, outputTokens: 10, usd: 0.25, calls: 1 };
      assert.deepEqual(hold.amount, amount);
      assert.equal(hold.settled, false);
      const { reserved, used, remaining, openReservations } = await pool.snapshot();
      assert.deepEqual(reserved, amount);
      assertFields(used, { tokens: 0, usd: 0, calls: 0 });
      assert.deepEqual(remaining, { tokens: 70, usd: 0.75 });
      assert.equal(openReservations, 1);
    },
  },
  {
    title: "R4 commit without an amount books what was reserved",
    async run({ open }) {
      const pool = await open();
      const hold = await pool.reserve({ inputTokens: 20, outputTokens: 10, usd: 0.25 });
      const { booked, exceeded } = await hold.commit();
      assert.deepEqual(booked, hold.amount);
      assert.equal(exceeded, undefined);
      assert.equal(hold.settled, true);
      const { used, reserved, openReservations } = await pool.snapshot();
      assert.deepEqual(used, hold.amount);
      assertFields(reserved, { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0, calls: 0 });
      assert.equal(openReservations, 0);
    },
  },
  {
    title:
      "R4 an axis omitted from a commit counts as reserved, and a commit of less returns the rest",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100, usd: 1 } });
      const hold = await pool.reserve({ tokens: 60, usd: 0.75, calls: 2 });
      const settlement = await hold.commit({ tokens: 25 });
      assert.deepEqual(settlement, {
        booked: { tokens: 25, inputTokens: 0, outputTokens: 0, usd: 0.75, calls: 2 },
        overage: { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0, calls: 0 },
        exceeded: undefined,
      });
      assert.deepEqual((await pool.snapshot()).remaining, { tokens: 75, usd: 0.25 });
    },
  },
  {
    title: "R4 a commit with input or output tokens but no total counts their sum",
    async run({ open }) {
      const pool = await open();
      const first = await pool.reserve({ tokens: 2000 });
      assertFields((await first.commit({ inputTokens: 900, outputTokens: 300 })).booked, {
        tokens: 1200,
        inputTokens: 900,
        outputTokens: 300,
      });
      const second = await pool.reserve({ inputTokens: 900, outputTokens: 1000 });
      assertFields((await second.commit({ outputTokens: 300 })).booked, {
        tokens: 1200,
        inputTokens: 900,
        outputTokens: 300,
      });
      const third = await pool.reserve({ inputTokens: 5, outputTokens: 5 });
      assertFields((await third.commit({ tokens: 8 })).booked, {
        tokens: 8,
        inputTokens: 5,
        outputTokens: 5,
      });
    },
  },
  {
    title: "R4 a commit of zero books nothing and frees the whole hold",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      const hold = await pool.reserve({ tokens: 10, usd: 1 });
      await hold.commit({ tokens: 0, usd: 0, calls: 0 });
      const { used, remaining } = await pool.snapshot();
      assertFields(used, { tokens: 0, usd: 0, calls: 0 });
      assert.deepEqual(remaining, { tokens: 10 });
    },
  },
  {
    title: "R4 F05 a second commit throws ReservationSettled and books nothing",
    async run({ open }) {
      const pool = await open({ name: "acme" });
      const hold = await pool.reserve({ tokens: 30 });
      await hold.commit();
      await assertUnchanged([pool], async () => {
        const error = await assertThrows(() => hold.commit({ tokens: 30 }), ReservationSettled);
        assertFields(error, {
          code: "RESERVATION_SETTLED",
          pool: "acme",
          outcome: "committed",
        });
        assert.deepEqual(error.amount, hold.amount);
      });
    },
  },
  {
    title: "R4 a commit whose amount has a getter that commits the same reservation books once",
    async run({ open }) {
      const pool = await open();
      const hold = await pool.reserve({ tokens: 30 });
      let inner: unknown;
      const nested = {
        get tokens(): number {
          inner ??= hold.commit({ tokens: 7 });
          return 20;
        },
      };
      await assertThrows(async () => await hold.commit(nested), ReservationSettled);
      await inner;
      assertFields((await pool.snapshot()).used, { tokens: 7, calls: 1 });
    },
  },
  {
    title: "R4 a commit after a release is an error, not a booking",
    async run({ open }) {
      const pool = await open();
      const hold = await pool.reserve({ tokens: 30 });
      await hold.release();
      assert.equal(hold.settled, true);
      await assertUnchanged([pool], async () => {
        const error = await assertThrows(() => hold.commit(), ReservationSettled);
        assert.equal(error.outcome, "released");
      });
    },
  },
  {
    title: "R4 F06 releases after a commit, or after a release, do nothing",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const committed = await pool.reserve({ tokens: 30 });
      const released = await pool.reserve({ tokens: 20 });
      await committed.commit();
      await released.release();
      await assertUnchanged([pool], async () => {
        await committed.release();
        await committed.release();
        await released.release();
      });
      assert.deepEqual((await pool.snapshot()).remaining, { tokens: 70 });
    },
  },
  {
    title: "R4 reservations settle independently of one another, in any order",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 60 } });
      const holds = [
        await pool.reserve({ tokens: 10 }),
        await pool.reserve({ tokens: 20 }),
        await pool.reserve({ tokens: 30 }),
      ] as const;
      await holds[1].commit({ tokens: 15 });
      await holds[2].release();
      const { used, reserved, openReservations } = await pool.snapshot();
      assertFields(used, { tokens: 15, calls: 1 });
      assertFields(reserved, { tokens: 10, calls: 1 });
      assert.equal(openReservations, 1);
      await holds[0].commit();
      assertFields((await pool.snapshot()).used, { tokens: 25, calls: 2 });
    },
  },
  {
    title: "R4 a snapshot does not change with later events",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 60 } });
      const before = await pool.snapshot();
      const copy = structuredClone(before);
      await pool.record({ tokens: 10 });
      await pool.configure({ caps: { tokens: 70 } });
      assert.deepEqual(before, copy);
    },
  },
];
