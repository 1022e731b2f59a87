import assert from "node:assert/strict";

import type { GrantRequest } from "../../pool/requests.ts";
import { assertFields, assertRefused, assertThrows, assertUnchanged } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

/** R14: the largest request that fits. */
export const grantCases: readonly ConformanceCase[] = [
  {
    title: "R14 the largest n that fits is reserved, and reported as units",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 1000, usd: 0.01 } });
      const hold = await pool.reserveUpTo({
        fixed: { inputTokens: 200, usd: 0.0006 },
        unit: { outputTokens: 1, usd: 0.000015 },
        max: 4096,
      });
      assert.equal(hold.units, 626);
      assert.deepEqual(hold.amount, {
        tokens: 826,
        inputTokens: 200,
        outputTokens: 626,
        usd: 0.00999,
        calls: 1,
      });
      await assertRefused(() => pool.record({ usd: 0.000015 }), { axis: "usd" });
      assertFields((await hold.commit({ outputTokens: 100, usd: 0.0021 })).booked, { tokens: 300 });
    },
  },
  {
    title: "R14 n is never more than max, and max is granted if it fits",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      assert.equal((await pool.reserveUpTo({ unit: { tokens: 1 }, max: 7 })).units, 7);
      assert.equal((await pool.reserveUpTo({ unit: { tokens: 1 }, max: 7 })).units, 3);
      await assertRefused(() => pool.reserveUpTo({ unit: { tokens: 1 }, max: 7 }), {
        reason: "busy",
        attempted: 11,
      });
    },
  },
  {
    title: "R14 a grant is refused and changes nothing if not even min fits",
    async run({ open }) {
      const root = await open({ caps: { tokens: 100 } });
      const child = await root.child("child");
      await root.record({ tokens: 60 });
      await assertUnchanged([root, child], () =>
        assertRefused(
          () => child.reserveUpTo({ fixed: { tokens: 20 }, unit: { tokens: 5 }, min: 5, max: 100 }),
          { pool: root.path, attempted: 105, reason: "spent" },
        ),
      );
      const hold = await child.reserveUpTo({
        fixed: { tokens: 20 },
        unit: { tokens: 5 },
        min: 4,
        max: 100,
      });
      assert.equal(hold.units, 4);
    },
  },
  {
    title: "R14 n is bounded by the tightest axis of the tightest level",
    async run({ open }) {
      const root = await open({ caps: { usd: 1, calls: 50 } });
      const child = await root.child("child", { caps: { tokens: 1000 } });
      const unit = { tokens: 10, usd: 0.03 };
      assert.equal((await child.reserveUpTo({ unit, max: 1000 })).units, 33);
      await root.reset();
      assert.equal((await child.reserveUpTo({ unit: { tokens: 10 }, max: 1000 })).units, 67);
    },
  },
  {
    title: "R14 a unit of zero is granted up to max, and a min of zero needs only the fixed part",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      assert.equal((await pool.reserveUpTo({ unit: {}, max: 5 })).units, 5);
      const hold = await pool.reserveUpTo({
        fixed: { tokens: 10 },
        unit: { tokens: 1 },
        min: 0,
        max: 5,
      });
      assert.equal(hold.units, 0);
      assertFields((await pool.snapshot()).remaining, { tokens: 0 });
    },
  },
  {
    title: "R14 the fixed part counts one call by default, and units count none",
    async run({ open }) {
      const pool = await open();
      const one = await pool.reserveUpTo({ unit: { tokens: 1 }, max: 3 });
      assertFields(one.amount, { tokens: 3, calls: 1 });
      const many = await pool.reserveUpTo({
        fixed: { calls: 0 },
        unit: { tokens: 1, calls: 1 },
        max: 3,
      });
      assertFields(many.amount, { tokens: 3, calls: 3 });
    },
  },
  {
    title: "R14 grants near 2^53 are exact",
    async run({ open }) {
      const pool = await open({ caps: { tokens: LARGEST } });
      const hold = await pool.reserveUpTo({ unit: { tokens: 3 }, max: LARGEST });
      assert.equal(hold.units, (LARGEST - (LARGEST % 3)) / 3);
      assertFields((await pool.snapshot()).remaining, { tokens: LARGEST % 3 });
    },
  },
  {
    title: "R14 an invalid request is an error and changes nothing",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 10 } });
      const unit = { tokens: 1 };
      await assertUnchanged([pool], async () => {
        for (const request of [
          { unit, max: -1 },
          { unit, max: 1.5 },
          { unit, max: Number.POSITIVE_INFINITY },
          { unit, min: 5, max: 4 },
          { unit, min: Number.NaN, max: 4 },
        ] satisfies GrantRequest[]) {
          await assertThrows(() => pool.reserveUpTo(request), RangeError);
        }
        for (const request of [
          { unit },
          { unit, max: "5" },
          { max: 5 },
          { unit, max: 5, most: 5 },
          { unit: { token: 1 }, max: 5 },
          { unit, fixed: null, max: 5 },
          null,
        ]) {
          await assertThrows(() => pool.reserveUpTo(request as GrantRequest), TypeError);
        }
      });
    },
  },
];
