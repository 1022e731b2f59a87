// What must hold for sliding windows (R7) in every store.

import assert from "node:assert/strict";

import { assertFields, assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const HOUR_MS = 3_600_000;
/** A sixtieth of an hour. */
const PART_MS = 60_000;

/** The cases about sliding windows. */
export const slidingCases: readonly StoreCase[] = [
  {
    title: "R7 usage counts for the length of a sliding window, plus one part at most",
    async run({ open, clock }) {
      const store = open();
      clock.advance(PART_MS - (clock.now() % PART_MS));
      const root = await store.pool("acme", { caps: { usd: 10 }, window: { sliding: "1h" } });
      const pool = await root.child("child");
      await pool.record({ usd: 4 });
      clock.advance(30 * PART_MS);
      await pool.record({ usd: 5 });
      const refusal = await pool.check({ usd: 2 });
      assert.equal(refusal?.reason, "spent");
      assert.equal(refusal?.resetsAt, clock.now() + PART_MS);
      // Just under an hour after the first, it counts; a part later it does not.
      clock.advance(30 * PART_MS - 1);
      assertFields((await root.snapshot()).used, { usd: 9, calls: 2 });
      clock.advance(PART_MS + 1);
      assertFields((await (await open().pool("acme")).snapshot()).used, { usd: 5, calls: 1 });
      await pool.record({ usd: 5 });
      clock.advance(HOUR_MS + PART_MS);
      assertFields((await root.snapshot()).used, { usd: 0, calls: 0 });
      // The pool below has no window.
      assertFields((await pool.snapshot()).used, { usd: 14 });
    },
  },
  {
    title: "R7 holds stay held while a window slides, and count as used from their commit on",
    async run({ open, clock }) {
      const pool = await open().pool("acme", {
        caps: { usd: 10 },
        window: { sliding: HOUR_MS },
        leaseMs: 24 * HOUR_MS,
      });
      const hold = await pool.reserve({ usd: 6 });
      clock.advance(2 * HOUR_MS);
      assertFields(await pool.snapshot(), { openReservations: 1 });
      assert.equal(await pool.tryReserve({ usd: 5 }), undefined);
      await hold.commit({ usd: 3, outcome: "unknown" });
      clock.advance(HOUR_MS / 2);
      assertFields((await pool.snapshot()).used, { usd: 3 });
      assertFields((await pool.snapshot()).unknown, { usd: 3 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).used, { usd: 0 });
      assertFields((await pool.snapshot()).unknown, { usd: 0 });
    },
  },
  {
    title: "R7 a correction leaves a sliding window together with the entry it corrects",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 10 }, window: { sliding: "1h" } });
      await pool.record({ usd: 4 }, { id: "a" });
      clock.advance(HOUR_MS / 2);
      await pool.record({ usd: 1 }, { id: "b" });
      await pool.amend("a", { usd: 7 });
      await pool.amend("b", { usd: 2 });
      assertFields((await pool.snapshot()).used, { usd: 9 });
      clock.advance(HOUR_MS / 2 + 2 * PART_MS);
      assertFields((await pool.snapshot()).used, { usd: 2 });
      await pool.amend("a", { usd: 1 });
      assertFields((await pool.snapshot()).used, { usd: 2 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).used, { usd: 0 });
    },
  },
  {
    title: "R7 changing a window to sliding and back keeps used, which slides from then on",
    async run({ open, clock }) {
      const store = open();
      const pool = await store.pool("acme", { caps: { usd: 10 } });
      await pool.record({ usd: 4 });
      clock.advance(HOUR_MS);
      await pool.configure({ window: { sliding: "1h" } });
      clock.advance(HOUR_MS / 2);
      assertFields((await pool.snapshot()).used, { usd: 4 });
      await pool.record({ usd: 1 });
      clock.advance(HOUR_MS / 2 + 2 * PART_MS);
      assertFields((await pool.snapshot()).used, { usd: 1 });
      await pool.configure({ window: "day" });
      assertFields((await pool.snapshot()).used, { usd: 1 });
      clock.advance(24 * HOUR_MS);
      assertFields((await pool.snapshot()).used, { usd: 0 });
      await pool.reset();
      for (const sliding of ["5", "h", "0s", "-1h", "9999d", 1.5, Number.NaN, 59])
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await assertThrows(() => store.pool("bad", { window: { sliding } }), RangeError);
    },
  },
];
