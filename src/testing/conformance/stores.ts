// What must hold for a store in addition to the rules of any pool: identity (R10), leases (R11),
// amending, and opening. Two stores over the same place stand for two processes.

import assert from "node:assert/strict";

import { ConfigInvalid, ReservationSettled } from "../../core/errors.ts";
import { IdTaken, NotFound, StoreClosed } from "../../stores/index.ts";
import { assertFields, assertRefused, assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The cases about identity, leases, amending and opening. */
export const storeCases: readonly StoreCase[] = [
  {
    title: "R10 a record retried with the same id is booked once, from any process",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { usd: 1 } });
      const other = await open().pool("acme");
      await pool.record({ usd: 0.4 }, { id: "job-1" });
      await other.record({ usd: 0.4 }, { id: "job-1" });
      await Promise.all([1, 2, 3].map(() => pool.record({ usd: 0.4 }, { id: "job-2" })));
      assertFields((await pool.snapshot()).used, { usd: 0.8, calls: 2 });
    },
  },
  {
    title: "R7 windows, figures and waiters can be serialized",
    async run({ clock, open }) {
      const window = { window: "day", timeZone: "Asia/Kolkata" } as const;
      const pool = await open().pool("acme", { caps: { usd: 1 }, ...window });
      const plain = await pool.child("plain");
      await plain.record({ usd: 0.4 });
      assertFields(await (await open().pool("acme", { caps: { usd: 1 }, ...window })).snapshot(), {
        timeZone: "Asia/Kolkata",
      });
      assert.equal((await plain.snapshot()).window, undefined);
      const hold = await plain.reserve({ usd: 0.6 });
      const waiting = plain.reserveWhenFree({ usd: 0.3 });
      await hold.release();
      await (await waiting).commit();
      clock.advance(24 * HOUR_MS);
      assertFields((await pool.snapshot()).used, { usd: 0 });
    },
  },
  {
    title: "the ledger shows the model and label of spend, and corrections",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { usd: 1 } });
      await pool.record({ usd: 0.1 }, { model: "gpt-5.5", label: "a b" });
      const hold = await pool.reserve({ usd: 0.4 });
      await hold.commit({ usd: 0.2, model: "claude 5/%", label: "ü" });
      const cut = await pool.reserve({ usd: 0.3 });
      await cut.commit({ model: undefined, label: "cut", outcome: "unknown" });
      const plain = await pool.reserve({ usd: 0.1 });
      await plain.commit({ usd: 0.1, model: undefined, label: undefined, outcome: undefined });
      await pool.amend(hold.id, { usd: 0.3 });
      await assertThrows(() => pool.record({ usd: 0.1 }, { model: "a\nb" }), RangeError);
      await assertThrows(() => pool.record({ usd: 0.1 }, { label: "" }), RangeError);
      const lines = await (await open().pool("acme")).ledger();
      // A store may keep no ledger.
      if (lines.length === 0) return;
      assert.deepEqual(
        lines.map(({ amount, model, label }) => [amount.usd, model, label]),
        [
          [0.1, "gpt-5.5", "a b"],
          [0.2, "claude 5/%", "ü"],
          [0.3, undefined, "cut"],
          [0.1, undefined, undefined],
          [0.1, "claude 5/%", "ü"],
        ],
      );
    },
  },
  {
    title: "R10 reusing an id for another command is an error and changes nothing",
    async run({ open }) {
      const pool = await open().pool("acme");
      const child = await pool.child("child");
      await pool.record({ usd: 0.4 }, { id: "job-1" });
      await assertThrows(() => pool.record({ usd: 0.5 }, { id: "job-1" }), IdTaken);
      await assertThrows(() => child.record({ usd: 0.4 }, { id: "job-1" }), IdTaken);
      await assertThrows(() => pool.reserve({ usd: 0.4 }, { id: "job-1" }), IdTaken);
      await pool.reserve({ usd: 0.1 }, { id: "job-2" });
      await assertThrows(() => pool.record({ usd: 0.1 }, { id: "job-2" }), IdTaken);
      await assertThrows(() => pool.reserve({ usd: 0.2 }, { id: "job-2" }), IdTaken);
      assertFields((await pool.snapshot()).used, { usd: 0.4, calls: 1 });
      assertFields((await pool.snapshot()).reserved, { usd: 0.1 });
    },
  },
  {
    title: "R10 F23 a reservation retried with the same id is the same one, and settles once",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { tokens: 10 } });
      const other = await open().pool("acme");
      const hold = await pool.reserve({ tokens: 8 }, { id: "job-1" });
      const again = await other.reserve({ tokens: 8 }, { id: "job-1" });
      assertFields(await pool.snapshot(), { openReservations: 1 });
      await hold.commit({ tokens: 5 });
      // The same amount: the answer was lost, and is returned again.
      assert.deepEqual((await again.commit({ tokens: 5 })).booked.tokens, 5);
      assertFields((await pool.snapshot()).used, { tokens: 5, calls: 1 });
      await assertThrows(() => other.reserve({ tokens: 8 }, { id: "job-1" }), ReservationSettled);
    },
  },
  {
    title: "R10 R11 reserving again under the id of an expired hold is judged like a new request",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 1 }, leaseMs: LEASE_MS });
      for (const id of ["job-1", "job-2", "job-3"]) {
        await pool.reserve({ usd: 1 }, { id });
        clock.advance(LEASE_MS);
      }
      const again = await (await open().pool("acme")).reserve({ usd: 1 }, { id: "job-2" });
      await assertRefused(() => pool.reserve({ usd: 1 }, { id: "job-1" }), { reason: "busy" });
      assertFields(await pool.snapshot(), { openReservations: 1 });
      assertFields((await pool.snapshot()).reserved, { usd: 1 });
      await again.commit({ usd: 1 });
      await assertRefused(() => pool.reserve({ usd: 1 }, { id: "job-3" }), { reason: "spent" });
      await assertThrows(() => pool.reserve({ usd: 1 }, { id: "job-2" }), ReservationSettled);
      assertFields((await pool.snapshot()).used, { usd: 1, calls: 1 });
    },
  },
  {
    title:
      "R6 R10 reserving again under the id of a dropped hold is judged like a new request, at every level",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { tokens: 20 } });
      const child = await pool.child("child", { caps: { tokens: 10 } });
      await child.reserve({ tokens: 8 }, { id: "job-1" });
      await child.reset();
      await child.reserve({ tokens: 8 }, { id: "job-1" });
      assertFields(await pool.snapshot(), { openReservations: 1 });
      assertFields((await pool.snapshot()).reserved, { tokens: 8 });
      assertFields((await child.snapshot()).reserved, { tokens: 8 });
      await pool.reset();
      await child.record({ tokens: 1 });
      await child.configure({ caps: { tokens: 8 } });
      // Neither the pool nor the child holds anything for it now.
      await assertRefused(() => child.reserve({ tokens: 8 }, { id: "job-1" }), {
        pool: "acme/child",
      });
      assertFields(await pool.snapshot(), { openReservations: 0 });
      assertFields((await child.snapshot()).reserved, { tokens: 0 });
    },
  },
  {
    title: "R10 R11 a record under the id of an expired hold settles it once",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { tokens: 10 }, leaseMs: LEASE_MS });
      const hold = await pool.reserve({ tokens: 8 }, { id: "job-1" });
      await assertThrows(() => pool.record({ tokens: 8 }, { id: "job-1" }), IdTaken);
      clock.advance(LEASE_MS);
      await pool.record({ tokens: 12 }, { id: "job-1", overage: "allow" });
      await pool.record({ tokens: 12 }, { id: "job-1", overage: "allow" });
      await assertThrows(() => hold.commit({ tokens: 8 }), IdTaken);
      assertFields((await pool.snapshot()).used, { tokens: 12, calls: 1 });
    },
  },
  {
    title: "R7 R9 changing a window keeps which entries count in used",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 10 }, window: "hour" });
      const child = await pool.child("child", { window: "day" });
      await child.record({ usd: 5 }, { id: "job-1" });
      clock.advance(HOUR_MS);
      // It belongs to the pool's past period, and to the child's current one.
      for (const window of ["day", null, "minute", "hour"] as const) {
        await pool.configure({ window });
        await child.configure({ window: window === "day" ? null : "day" });
      }
      await child.record({ usd: 2 }, { id: "job-2" });
      await child.amend("job-1", { usd: 1 });
      assertFields((await pool.snapshot()).used, { usd: 2 });
      assertFields((await child.snapshot()).used, { usd: 3 });
      // A shorter window removes nothing from used, so earlier bookings still count.
      await pool.configure({ window: "day" });
      clock.advance(1);
      await pool.configure({ window: "minute" });
      await child.amend("job-2", { usd: 0 });
      assertFields((await pool.snapshot()).used, { usd: 0 });
      assertFields((await child.snapshot()).used, { usd: 1 });
    },
  },
  {
    title:
      "R10 settling a reservation that another process settled with another amount changes nothing",
    async run({ open }) {
      const pool = await open().pool("acme");
      const holds = await Promise.all([1, 2].map(() => pool.reserve({ tokens: 8 }, { id: "x" })));
      await holds[0]?.commit({ tokens: 5 });
      await assertThrows(async () => await holds[1]?.commit({ tokens: 6 }), ReservationSettled);
      assert.equal(holds[1]?.settled, true);
      assertFields((await pool.snapshot()).used, { tokens: 5 });
    },
  },
  {
    title: "R10 a commit over the cap is reported in the same way when it is retried",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { tokens: 10 } });
      const holds = await Promise.all([1, 2].map(() => pool.reserve({ tokens: 8 }, { id: "x" })));
      for (const hold of holds) {
        await assertRefused(() => hold.commit({ tokens: 15 }), { booked: true, used: 15 });
      }
      assertFields((await pool.snapshot()).used, { tokens: 15, calls: 1 });
    },
  },
  {
    title: "R11 F22 a hold is freed when its lease expires, and not before",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { tokens: 10 }, leaseMs: LEASE_MS });
      const other = await open().pool("acme");
      await pool.reserve({ tokens: 10 });
      clock.advance(LEASE_MS - 1);
      assert.equal(await other.tryReserve({ tokens: 1 }), undefined);
      clock.advance(1);
      assertFields(await other.snapshot(), { openReservations: 0, remaining: { tokens: 10 } });
      await other.reserve({ tokens: 10 });
    },
  },
  {
    title: "R11 F28 a commit after the lease expired is booked once, in full as overage",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { tokens: 10 }, leaseMs: LEASE_MS });
      const child = await pool.child("child");
      const hold = await child.reserve({ tokens: 8 });
      clock.advance(LEASE_MS);
      await pool.record({ tokens: 9 });
      await assertRefused(() => hold.commit({ tokens: 7 }), { booked: true, used: 16 });
      assertFields(await pool.snapshot(), { remaining: { tokens: -6 }, openReservations: 0 });
      assertFields((await child.snapshot()).used, { tokens: 7 });
    },
  },
  {
    title: "R11 a release after the lease expired does nothing",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { tokens: 10 }, leaseMs: LEASE_MS });
      const hold = await pool.reserve({ tokens: 8 });
      clock.advance(LEASE_MS);
      const other = await pool.reserve({ tokens: 9 });
      await hold.release();
      assertFields((await pool.snapshot()).reserved, { tokens: 9 });
      await other.commit();
      assertFields((await pool.snapshot()).used, { tokens: 9, calls: 1 });
    },
  },
  {
    title: "F25 F27 concurrent opens create one pool, and other settings are an error",
    async run({ open }) {
      const options = { caps: { usd: 1 } };
      const pools = await Promise.all(
        Array.from({ length: 10 }, () => open().pool("acme/search", options)),
      );
      await Promise.all(pools.map((pool) => pool.tryRecord({ usd: 0.2 })));
      const [pool] = pools;
      assert.ok(pool !== undefined);
      assertFields((await pool.snapshot()).used, { usd: 1, calls: 5 });
      const error = await assertThrows(
        () => open().pool("acme/search", { caps: { usd: 2 } }),
        ConfigInvalid,
      );
      assert.match(error.message, /"usd":1.*"usd":2/);
      await pool.configure({ caps: { usd: 2 } });
      assert.deepEqual((await open().pool("acme/search", { caps: { usd: 2 } })).path, pool.path);
      assert.deepEqual((await (await open().pool("acme")).snapshot()).caps, {});
    },
  },
  {
    title: "a store lists its pools, and counts a child's bookings in those above",
    async run({ open }) {
      const store = open();
      await (await store.pool("acme/search/run 1")).record({ tokens: 3 });
      await (await store.pool("zeta")).record({ tokens: 1 });
      const shown = (await store.pools()).map(({ path, used }) => [path, used.tokens]);
      assert.deepEqual(shown, [
        ["acme", 3],
        ["acme/search", 3],
        ["acme/search/run 1", 3],
        ["zeta", 1],
      ]);
    },
  },
  {
    title: "F43 an unknown outcome is booked as held, shown as unknown, and amended once",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { usd: 1 } });
      const child = await pool.child("child");
      const hold = await child.reserve({ usd: 0.5, tokens: 100 });
      await hold.commit({ outcome: "unknown" });
      for (const each of [pool, child]) {
        const { used, unknown } = await each.snapshot();
        assert.deepEqual([used.usd, unknown.usd, unknown.tokens], [0.5, 0.5, 100]);
      }
      const settlement = await child.amend(hold.id, { usd: 0.2 });
      assertFields(settlement.booked, { usd: 0.2, tokens: 100 });
      for (const each of [pool, child]) {
        const { used, unknown } = await each.snapshot();
        assert.deepEqual([used.usd, used.tokens, unknown.usd, unknown.tokens], [0.2, 100, 0, 0]);
      }
      await child.amend(hold.id, { usd: 0.2 });
      await child.amend(hold.id, { usd: 0.9 });
      assertFields((await pool.snapshot()).used, { usd: 0.9, calls: 1 });
    },
  },
  {
    title: "an amendment past the cap is booked and reported; amending an unknown id is an error",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { usd: 1 } });
      await pool.record({ usd: 0.5 }, { id: "bill" });
      const { exceeded, overage } = await pool.amend("bill", { usd: 1.25 });
      assert.deepEqual([exceeded?.used, exceeded?.remaining, overage.usd], [1.25, -0.25, 0.75]);
      await assertRefused(() => pool.record({ usd: 0.1 }), { reason: "spent" });
      await assertThrows(() => pool.amend("no such id", { usd: 1 }), NotFound);
      const open1 = await pool.child("other");
      await assertThrows(() => open1.amend("bill", { usd: 1 }), NotFound);
    },
  },
  {
    title: "an amendment counts in the period of the entry it amends, at every level",
    async run({ open, clock }) {
      const root = await open().pool("acme");
      const child = await root.child("child", { window: { everyMs: HOUR_MS } });
      await child.record({ tokens: 10 }, { id: "bill" });
      clock.advance(HOUR_MS);
      await child.amend("bill", { tokens: 4 });
      assertFields((await child.snapshot()).used, { tokens: 0 });
      assertFields((await root.snapshot()).used, { tokens: 4 });
      await root.reset();
      await child.amend("bill", { tokens: 7 });
      assertFields((await root.snapshot()).used, { tokens: 0 });
    },
  },
  {
    title: "a threshold is reported once, in the process that crosses it",
    async run({ open }) {
      const crossed: string[] = [];
      const onThreshold = ({ threshold, used }: { threshold: number; used: number }): void => {
        crossed.push(`${threshold} at ${used}`);
      };
      const options = { caps: { tokens: 10 }, thresholds: [0.5, 1], onThreshold };
      const pool = await open().pool("acme", options);
      await pool.record({ tokens: 4 });
      await (await pool.child("child")).record({ tokens: 2 });
      await pool.record({ tokens: 1 });
      await (await open().pool("acme")).record({ tokens: 3 });
      assert.deepEqual(crossed, ["0.5 at 6"]);
    },
  },
  {
    title: "R12 a closed store refuses every command, and ends every wait",
    async run({ open }) {
      const store = open();
      const pool = await store.pool("acme", { caps: { tokens: 1 } });
      await pool.reserve({ tokens: 1 });
      const wait = assertThrows(() => pool.reserveWhenFree({ tokens: 1 }), StoreClosed);
      await pool.snapshot();
      await store.close();
      await wait;
      await assertThrows(() => pool.record({ tokens: 1 }), StoreClosed);
      await assertThrows(() => store.pool("acme"), StoreClosed);
    },
  },
];
