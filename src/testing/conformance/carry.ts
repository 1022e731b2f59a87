import assert from "node:assert/strict";

import type { WindowOption } from "../../core/window-rule.ts";
import { assertFields, assertRefused, assertThrows } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

const HOUR_MS = 3_600_000;

/** R7: windows that carry over unused room. */
export const carryCases: readonly ConformanceCase[] = [
  {
    title: "R7 unused room is added to the caps of the next period, up to the limit",
    async run({ open, clock }) {
      clock.jump(Date.parse("2026-01-10T12:00:00Z"));
      const pool = await open({
        caps: { usd: 10, tokens: 100 },
        window: { every: "month", carryOver: { upTo: { usd: 6 } } },
      });
      await pool.record({ usd: 8, tokens: 20 });
      assertFields((await pool.snapshot()).carried ?? {}, { usd: 0, tokens: 0 });
      clock.jump(Date.parse("2026-02-01T00:00:00Z"));
      const february = await pool.snapshot();
      assertFields(february, { caps: { usd: 10, tokens: 100 } });
      assertFields(february.carried ?? {}, { usd: 2, tokens: 0 });
      assertFields(february.remaining, { usd: 12, tokens: 100 });
      await assertRefused(() => pool.record({ usd: 12.5 }), {
        reason: "spent",
        attempted: 12.5,
        cap: 12,
        remaining: 12,
        resetsAt: Date.parse("2026-03-01T00:00:00Z"),
      });
      // Not even with everything that may be carried.
      await assertRefused(() => pool.record({ usd: 16.5 }), { reason: "never", cap: 12 });
      await pool.record({ usd: 3 });
      clock.jump(Date.parse("2026-03-15T00:00:00Z"));
      // Nine remain, of which six are carried.
      assertFields((await pool.snapshot()).remaining, { usd: 16, tokens: 100 });
      await pool.record({ usd: 16 });
      assert.equal(await pool.tryRecord({ usd: 1e-9 }), false);
      clock.jump(Date.parse("2026-04-01T00:00:00Z"));
      assertFields((await pool.snapshot()).remaining, { usd: 10 });
    },
  },
  {
    title: "R7 without a limit, at most one cap is carried over; each level carries its own",
    async run({ open, clock }) {
      const root = await open({ caps: { calls: 5 }, window: { everyMs: HOUR_MS } });
      const window = { everyMs: HOUR_MS, carryOver: true } as const;
      const pool = await root.child("child", { caps: { calls: 3 }, window });
      await pool.record({ calls: 1 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).remaining, { calls: 5 });
      await pool.record({ calls: 5 });
      await assertRefused(() => root.record({ calls: 1 }), { pool: root.path });
      assert.equal((await root.snapshot()).carried, undefined);
      clock.advance(3 * HOUR_MS);
      assertFields((await pool.snapshot()).remaining, { calls: 6 });
    },
  },
  {
    title: "R7 idle periods carry their room over, one after another",
    async run({ open, clock }) {
      const pool = await open({
        caps: { tokens: 10 },
        window: { everyMs: HOUR_MS, carryOver: { upTo: { tokens: 35 } } },
      });
      await pool.record({ tokens: 4 });
      for (const carried of [6, 16, 26, 35, 35]) {
        clock.advance(HOUR_MS);
        assertFields((await pool.snapshot()).carried ?? {}, { tokens: carried });
      }
      const other = await open({
        caps: { tokens: 10 },
        window: { every: "day", at: "06:00", carryOver: { upTo: { tokens: 35 } } },
        timeZone: "Europe/Berlin",
      });
      await other.record({ tokens: 4 });
      // No calls for three days.
      clock.advance(72 * HOUR_MS);
      assertFields((await other.snapshot()).carried ?? {}, { tokens: 26 });
      clock.advance(10_000 * HOUR_MS);
      assertFields((await other.snapshot()).remaining, { tokens: 45 });
    },
  },
  {
    title: "R7 a hold that spans a roll is booked once, in the next period",
    async run({ open, clock }) {
      const window = { everyMs: HOUR_MS, carryOver: true } as const;
      const pool = await open({ caps: { usd: 10 }, window });
      const hold = await pool.reserve({ usd: 7 });
      await pool.record({ usd: 2 });
      clock.advance(HOUR_MS);
      const then = await pool.snapshot();
      assertFields(then.carried ?? {}, { usd: 8 });
      assertFields(then, { remaining: { usd: 11 }, openReservations: 1 });
      await hold.commit({ usd: 5 });
      assertFields((await pool.snapshot()).remaining, { usd: 13 });
      await pool.record({ usd: 13 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).remaining, { usd: 10 });
      // Overage of a period does not reduce the next.
      const over = await pool.reserve({ usd: 10 });
      await assertRefused(() => over.commit({ usd: 14 }), { booked: true, cap: 10 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).remaining, { usd: 10 });
    },
  },
  {
    title:
      "R6, R7 a reset drops the carried amount, and the period then carries over its caps minus used",
    async run({ open, clock }) {
      const window = { everyMs: HOUR_MS, carryOver: true } as const;
      const pool = await open({ caps: { usd: 10 }, window });
      // The first period is the one of the first call.
      await pool.snapshot();
      clock.advance(HOUR_MS);
      await pool.record({ usd: 12 });
      await pool.reset();
      assertFields((await pool.snapshot()).carried ?? {}, { usd: 0 });
      assertFields((await pool.snapshot()).remaining, { usd: 10 });
      await pool.record({ usd: 3 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).remaining, { usd: 17 });
    },
  },
  {
    title: "R7, R9 the carried amount follows changed caps and windows",
    async run({ open, clock }) {
      const pool = await open({
        caps: { usd: 10 },
        window: { everyMs: HOUR_MS, carryOver: { upTo: { usd: 5 } } },
      });
      await pool.record({ usd: 2 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).remaining, { usd: 15 });
      await pool.configure({ caps: { usd: 20 } });
      assertFields((await pool.snapshot()).remaining, { usd: 25 });
      // Eight remained: another limit shows more or less of it.
      const upTo = (usd: number): WindowOption => ({
        everyMs: HOUR_MS,
        carryOver: { upTo: { usd } },
      });
      await pool.configure({ window: upTo(7) });
      assertFields((await pool.snapshot()).carried ?? {}, { usd: 7 });
      await pool.configure({ window: upTo(9) });
      assertFields((await pool.snapshot()).carried ?? {}, { usd: 8 });
      await pool.configure({ window: upTo(1) });
      assertFields((await pool.snapshot()).carried ?? {}, { usd: 1 });
      await pool.configure({ caps: { usd: null } });
      assertFields((await pool.snapshot()).carried ?? {}, { usd: 0 });
      await pool.configure({ caps: { usd: 20 }, window: { everyMs: HOUR_MS } });
      assert.equal((await pool.snapshot()).carried, undefined);
      await pool.configure({ window: upTo(9) });
      assertFields((await pool.snapshot()).remaining, { usd: 20 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).remaining, { usd: 29 });
    },
  },
  {
    title: "R13, R14 grants and waiters use the room that was carried over",
    async run({ open, clock, turns }) {
      const window = { everyMs: HOUR_MS, carryOver: true } as const;
      const pool = await open({ caps: { tokens: 10 }, window });
      const held = await pool.reserve({ tokens: 5 });
      const waits = pool.reserveWhenFree({ tokens: 8 });
      await turns();
      assertFields(await pool.snapshot(), { openReservations: 1 });
      clock.advance(HOUR_MS);
      await turns();
      const late = await waits;
      const grant = await pool.reserveUpTo({ unit: { tokens: 1 }, max: 30 });
      assert.equal(grant.units, 7);
      for (const each of [held, late, grant]) await each.release();
    },
  },
  {
    title: "R7 an invalid carry-over limit is an error",
    async run({ open }) {
      const pool = await open();
      const wrong: [unknown, new () => Error][] = [
        [{ every: "month", carryOver: false }, TypeError],
        [{ every: "month", carryOver: {} }, TypeError],
        [{ every: "month", carryOver: { upTo: 5 } }, TypeError],
        [{ every: "month", carryOver: { upTo: { euro: 5 } } }, TypeError],
        [{ every: "month", carryOver: { upTo: { usd: undefined } } }, TypeError],
        [{ every: "month", carryOver: { upTo: { usd: -1 } } }, RangeError],
        [{ every: "month", carryOver: { most: { usd: 1 } } }, TypeError],
        [{ sliding: "5h", carryOver: true }, TypeError],
      ];
      for (const [window, Kind] of wrong) {
        await assertThrows(() => pool.configure({ window } as object), Kind);
        await assertThrows(async () => await open({ window } as object), Kind);
      }
    },
  },
];
