import assert from "node:assert/strict";

import { assertFields, assertRefused, assertThrows } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

const HOUR_MS = 3_600_000;

/** R7: windows that roll by themselves. */
export const windowCases: readonly ConformanceCase[] = [
  {
    title: "R7 used restarts at zero on the first call after the window rolls, without a timer",
    async run({ open, clock }) {
      clock.jump(Date.parse("2026-03-10T23:59:59.999Z"));
      const pool = await open({ caps: { usd: 10 }, window: "day" });
      await pool.record({ usd: 10 });
      assert.equal(await pool.tryRecord({ usd: 1 }), false);
      assert.equal(clock.pendingTimers, 0);
      clock.advance(1);
      assertFields((await pool.snapshot()).used, { usd: 0, calls: 0 });
      assert.deepEqual((await pool.snapshot()).window, {
        startsAt: Date.parse("2026-03-11T00:00:00Z"),
        endsAt: Date.parse("2026-03-12T00:00:00Z"),
      });
      await pool.record({ usd: 10 });
    },
  },
  {
    title: "R7 record, reserve, check, snapshot and commit each roll a window that has ended",
    async run({ open, clock }) {
      const pool = await open({ caps: { tokens: 10 }, window: { everyMs: 1000 } });
      const touches: (() => unknown)[] = [
        () => pool.record({ tokens: 10 }),
        () => pool.reserve({ tokens: 0, calls: 0 }),
        () => pool.check({ tokens: 10 }),
        () => pool.tryRecord({ tokens: 10 }),
        () => pool.reserveUpTo({ unit: { tokens: 1 }, min: 10, max: 10 }),
      ];
      for (const touch of touches) {
        await pool.reset();
        await pool.record({ tokens: 10 });
        clock.advance(1000);
        await touch();
      }
      await pool.reset();
      const hold = await pool.reserve({ tokens: 1 });
      await pool.record({ tokens: 9 });
      clock.advance(1000);
      await hold.commit({ tokens: 4 });
      assertFields((await pool.snapshot()).used, { tokens: 4 });
    },
  },
  {
    title: "R7 open reservations stay held across a roll, and are booked in the new window",
    async run({ open, clock }) {
      const pool = await open({ caps: { tokens: 100 }, window: { everyMs: HOUR_MS } });
      const hold = await pool.reserve({ tokens: 70 });
      await pool.record({ tokens: 30 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).reserved, { tokens: 70 });
      assert.equal(await pool.tryRecord({ tokens: 31 }), false);
      await pool.record({ tokens: 30 });
      await hold.commit();
      assertFields(await pool.snapshot(), { remaining: { tokens: 0 }, openReservations: 0 });
    },
  },
  {
    title: 'R7 only a "spent" refusal of a pool with a window carries resetsAt',
    async run({ open, clock }) {
      clock.jump(Date.parse("2026-02-14T12:34:56Z"));
      const pool = await open({ caps: { usd: 5 }, window: "month" });
      await pool.record({ usd: 5 });
      const error = await assertRefused(() => pool.record({ usd: 1 }), {
        reason: "spent",
        resetsAt: Date.parse("2026-03-01T00:00:00Z"),
      });
      assert.match(error.message, /2026-03-01T00:00:00\.000Z/);
      await pool.reset();
      await pool.reserve({ usd: 5 });
      assert.ok(!("resetsAt" in (await assertRefused(() => pool.record({ usd: 1 })))));
      const plain = await open({ caps: { usd: 5 } });
      await plain.record({ usd: 5 });
      assert.ok(!("resetsAt" in (await assertRefused(() => plain.record({ usd: 1 })))));
    },
  },
  {
    title: "R7 several windows without a call roll as one",
    async run({ open, clock }) {
      const pool = await open({ window: { everyMs: 10, anchor: new Date(3) } });
      await pool.record({ tokens: 5 });
      clock.advance(1_000_007);
      const { used, window } = await pool.snapshot();
      assert.equal(used.tokens, 0);
      assert.ok(
        window !== undefined && window.startsAt <= clock.now() && clock.now() < window.endsAt,
      );
      assert.equal(window.endsAt - window.startsAt, 10);
      assert.equal(window.startsAt % 10, 3);
    },
  },
  {
    title: "R7 a clock that goes backwards rolls nothing",
    async run({ open, clock }) {
      const start = Date.parse("2026-03-10T12:00:00Z");
      clock.jump(start);
      const pool = await open({ caps: { tokens: 10 }, window: "hour" });
      await pool.record({ tokens: 10 });
      clock.jump(start - 5 * HOUR_MS);
      assert.equal(await pool.tryRecord({ tokens: 1 }), false);
      assert.equal((await pool.snapshot()).window?.startsAt, start);
      clock.jump(start + HOUR_MS);
      await pool.record({ tokens: 10 });
    },
  },
  {
    title: "R7 nested pools have windows of their own",
    async run({ open, clock }) {
      const week = await open({ caps: { usd: 10 }, window: "week" });
      const day = await week.child("day", { caps: { usd: 4 }, window: "day" });
      await day.record({ usd: 4 });
      await assertRefused(() => day.record({ usd: 1 }), { pool: day.path });
      clock.advance(24 * HOUR_MS);
      await day.record({ usd: 4 });
      clock.advance(24 * HOUR_MS);
      await assertRefused(() => day.record({ usd: 4 }), { pool: week.path, remaining: 2 });
      await day.record({ usd: 2 });
      assertFields((await week.snapshot()).used, { usd: 10 });
    },
  },
  {
    title: "R7 days follow the time zone: 23 or 25 hours at daylight-saving changes",
    async run({ open, clock }) {
      const pool = await open({ window: "day", timeZone: "Europe/Berlin" });
      for (const [noon, hours] of [
        ["2026-03-29T12:00:00+02:00", 23],
        ["2026-10-25T12:00:00+01:00", 25],
        ["2026-11-23T12:00:00+01:00", 24],
      ] as const) {
        clock.jump(Date.parse(noon));
        const { window } = await pool.snapshot();
        assert.ok(window !== undefined);
        assert.equal(window.endsAt - window.startsAt, hours * HOUR_MS);
      }
    },
  },
  {
    title: "R7 a window can be a month from the 15th, or a day from 06:00 in a time zone",
    async run({ open, clock }) {
      clock.jump(Date.parse("2026-03-14T23:59:59.999Z"));
      const pool = await open({ caps: { usd: 1 }, window: { every: "month", on: 15 } });
      await pool.record({ usd: 1 });
      assertFields((await pool.snapshot()).window ?? {}, {
        startsAt: Date.parse("2026-02-15T00:00:00Z"),
        endsAt: Date.parse("2026-03-15T00:00:00Z"),
      });
      clock.advance(1);
      await pool.record({ usd: 1 });
      const day = { window: { every: "day", at: "06:00" }, timeZone: "Europe/Berlin" } as const;
      await pool.configure(day);
      clock.jump(Date.parse("2026-03-29T05:59:00+02:00"));
      assertFields((await pool.snapshot()).window ?? {}, {
        startsAt: Date.parse("2026-03-28T06:00:00+01:00"),
        endsAt: Date.parse("2026-03-29T06:00:00+02:00"),
      });
      await pool.configure({ window: { every: "week", anchor: new Date("2026-03-24T12:00:00Z") } });
      assertFields((await pool.snapshot()).window ?? {}, {
        startsAt: Date.parse("2026-03-24T12:00:00Z"),
        endsAt: Date.parse("2026-03-31T12:00:00Z"),
      });
    },
  },
  {
    title: "R7 a window can be added, changed and removed live; used counts in the current window",
    async run({ open, clock }) {
      const pool = await open({ caps: { tokens: 10 } });
      await pool.record({ tokens: 10 });
      await pool.configure({ window: { everyMs: 1000 } });
      assertFields((await pool.snapshot()).used, { tokens: 10 });
      clock.advance(1000);
      await pool.record({ tokens: 6 });
      await pool.configure({ window: "hour", timeZone: "Asia/Kolkata" });
      clock.advance(1000);
      assertFields((await pool.snapshot()).used, { tokens: 6 });
      await pool.configure({ window: null });
      clock.advance(24 * HOUR_MS);
      assertFields((await pool.snapshot()).used, { tokens: 6 });
      assert.equal((await pool.snapshot()).window, undefined);
    },
  },
  {
    title: "R7 an invalid window or time zone is an error",
    async run({ open }) {
      const pool = await open();
      const bad = [
        { window: "fortnight" },
        { window: { everyMs: 0 } },
        { window: { everyMs: 1.5 } },
        { window: { everyMs: 10, anchor: new Date(Number.NaN) } },
        { window: "day", timeZone: "Mars/Olympus" },
      ];
      for (const change of bad) {
        await assertThrows(() => pool.configure(change as object), RangeError);
        await assertThrows(async () => await open(change as object), RangeError);
      }
      const wrong = [
        { window: 5 },
        { window: { every: 10 } },
        { window: { everyMs: 10 }, timeZone: "UTC" },
        { window: "day", timeZone: 1 },
        { timeZone: "UTC" },
      ];
      for (const change of wrong) {
        await assertThrows(() => pool.configure(change as object), TypeError);
        await assertThrows(async () => await open(change as object), TypeError);
      }
    },
  },
  {
    title: "R7 an invalid clock reading is an error, and admits nothing",
    async run({ open, clock }) {
      const pool = await open({ caps: { tokens: 10 }, window: "day" });
      await pool.record({ tokens: 10 });
      const start = clock.now();
      for (const broken of [Number.NaN, Number.POSITIVE_INFINITY, -1.7e18, 1.7e18]) {
        clock.jump(broken);
        await assertThrows(() => pool.record({ tokens: 1 }), RangeError);
        await assertThrows(() => pool.snapshot(), RangeError);
      }
      clock.jump(start);
      assertFields(await pool.snapshot(), { remaining: { tokens: 0 } });
    },
  },
];
