// What must hold for changes (R17): their actors and reasons, temporary ones, and frozen pools.

import assert from "node:assert/strict";

import type { StoredPoolChange } from "../../stores/index.ts";
import { assertFields, assertRefused, assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RAISES_MAX = 100;

/** The cases about changes. */
export const changeCases: readonly StoreCase[] = [
  {
    title: "R17 of two concurrent changes of a cap by an amount, both count",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { usd: 1, tokens: 10 } });
      const others = await Promise.all([1, 2, 3].map(async () => open().pool("acme")));
      await Promise.all(others.map((other) => other.configure({ by: { usd: 5 } })));
      await pool.configure({ by: { usd: -2, tokens: 7 } });
      assertFields((await pool.snapshot()).caps, { usd: 14, tokens: 17 });
    },
  },
  {
    title: "R17 a temporary change is reverted at its end, whatever else changed meanwhile",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 10, tokens: 100 } });
      const other = await open().pool("acme");
      const soon = clock.now() + HOUR_MS;
      await pool.configure({ by: { usd: 5, tokens: -20 }, until: new Date(soon) });
      await other.configure({ by: { usd: 2 }, until: soon + HOUR_MS });
      await other.configure({ by: { usd: 1 }, until: soon });
      assertFields((await pool.snapshot()).caps, { usd: 18, tokens: 80 });
      assert.deepEqual((await pool.snapshot()).raises, [
        { until: soon, by: { usd: 6, tokens: -20 } },
        { until: soon + HOUR_MS, by: { usd: 2 } },
      ]);
      // Changes made meanwhile count; a cap that was set stays.
      await other.configure({ by: { usd: 3 }, caps: { tokens: 50 } });
      await pool.record({ usd: 19 });
      clock.advance(HOUR_MS - 1);
      assert.equal(await pool.check({ usd: 2 }), undefined);
      clock.advance(1);
      await assertRefused(() => other.record({ usd: 0.5 }), { reason: "spent", cap: 15 });
      assertFields((await pool.snapshot()).caps, { usd: 15, tokens: 50 });
      clock.advance(HOUR_MS);
      assertFields((await pool.snapshot()).caps, { usd: 13, tokens: 50 });
      assert.equal((await pool.snapshot()).raises, undefined);
      // No cap falls below zero, and a removed one stays removed.
      await pool.configure({ by: { usd: 100, tokens: 1 }, until: clock.now() + 1 });
      await pool.configure({ by: { usd: -110 }, caps: { tokens: null } });
      clock.advance(1);
      assert.deepEqual((await pool.snapshot()).caps, { usd: 0 });
    },
  },
  {
    title:
      "R17 a temporary change needs amounts and an end, and a pool has a limited number of them",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 10 } });
      const until = clock.now() + HOUR_MS;
      const bad: readonly StoredPoolChange[] = [
        { until },
        { caps: { usd: 20 }, until },
        { by: {}, until },
        { by: { usd: 1 }, until: new Date(Number.NaN) },
        { by: { usd: 1 }, until: -1 },
        { by: { tokens: 1 }, until },
      ];
      for (const change of bad) await assertThrows(() => pool.configure(change), Error);
      for (let count = 0; count < RAISES_MAX; count++)
        await pool.configure({ by: { usd: 1 }, until: until + count });
      await assertThrows(() => pool.configure({ by: { usd: 1 }, until: until - 1 }), RangeError);
      await pool.configure({ by: { usd: 1 }, until });
      assertFields((await pool.snapshot()).caps, { usd: 10 + RAISES_MAX + 1 });
      clock.advance(HOUR_MS + RAISES_MAX);
      assertFields((await pool.snapshot()).caps, { usd: 10 });
    },
  },
  {
    title:
      "R17 a frozen pool and those below it refuse new requests; open reservations still settle",
    async run({ open }) {
      const pool = await open().pool("acme", { caps: { usd: 10 } });
      const child = await pool.child("child");
      const hold = await child.reserve({ usd: 4 });
      await (await open().pool("acme")).freeze();
      const refusal = { reason: "frozen", pool: "acme", axis: "usd", cap: 10 } as const;
      await assertRefused(() => child.reserve({ usd: 1 }), {
        ...refusal,
        reserved: 4,
        attempted: 5,
      });
      await assertRefused(() => pool.record({ calls: 0 }), refusal);
      await assertRefused(() => pool.reserve({ usd: 11 }), refusal);
      await assertRefused(
        () => pool.reserveUpTo({ fixed: {}, unit: { tokens: 1 }, min: 0, max: 5 }),
        refusal,
      );
      await assertRefused(() => child.reserveWhenFree({ usd: 1 }), refusal);
      assert.equal((await child.check({}))?.reason, "frozen");
      assert.equal((await pool.snapshot()).frozen, true);
      assert.equal((await child.snapshot()).frozen, undefined);
      // Spend is booked, even as overage.
      assert.equal((await hold.commit({ usd: 6 })).exceeded, undefined);
      assert.equal((await child.amend(hold.id, { usd: 7 })).exceeded, undefined);
      await child.record({ usd: 1 }, { overage: "throw" });
      assertFields((await pool.snapshot()).used, { usd: 8 });
      await pool.configure({ caps: { usd: 20 } });
      await assertRefused(() => pool.reserve({ usd: 1 }), { ...refusal, cap: 20 });
      await pool.thaw();
      await (await child.reserve({ usd: 12 })).release();
    },
  },
  {
    title: "R17 a pool without caps can be frozen, and neither a reset nor a roll thaws it",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { window: "day" });
      const child = await pool.child("child");
      await child.record({ usd: 1, tokens: 5 });
      await child.freeze();
      const refusal = { reason: "frozen", pool: "acme/child", axis: "calls", cap: 1 } as const;
      await assertRefused(() => child.reserve({ tokens: 1 }), { ...refusal, remaining: 0 });
      await pool.record({ usd: 1 });
      await child.reset();
      clock.advance(DAY_MS);
      await assertRefused(() => child.reserve({ tokens: 1 }), { ...refusal, cap: 0 });
      await child.thaw();
      await child.record({ tokens: 1 });
    },
  },
  {
    title:
      "R17 the ledger keeps the actor, time and reason of a change longer than settled entries",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 1 } });
      const child = await pool.child("child");
      const at = clock.now();
      const why = { actor: "ops@acme", reason: "release day; #17" };
      const until = at + HOUR_MS;
      await pool.configure({ by: { usd: 5 }, until, ...why });
      await child.record({ usd: 0.5 });
      await child.configure({
        caps: { usd: "0.25", tokens: null },
        overage: "allow",
        window: "day",
        timeZone: "Asia/Kolkata",
      });
      await child.freeze(why);
      await assertThrows(() => child.freeze({ actor: "a\nb" }), RangeError);
      await child.configure({ window: null });
      await child.thaw({ actor: "ops@acme" });
      await pool.reset(why);
      clock.advance(3 * DAY_MS);
      for (let count = 0; count < 5; count++) await pool.record({ usd: 0.01 });
      const listed = await (await open().pool("acme")).changes();
      // A store may keep no ledger.
      if (listed.length === 0) return;
      assert.deepEqual(
        listed.map(({ kind, pool: path, change }) => [kind, path, change]),
        [
          ["configure", "acme", { by: { usd: 5 }, until }],
          [
            "configure",
            "acme/child",
            {
              caps: { usd: 0.25, tokens: null },
              overage: "allow",
              window: { period: "day", timeZone: "Asia/Kolkata" },
            },
          ],
          ["configure", "acme/child", { frozen: true }],
          ["configure", "acme/child", { window: null }],
          ["configure", "acme/child", { frozen: false }],
          ["reset", "acme", undefined],
        ],
      );
      assertFields(listed[0] ?? {}, { at, ...why });
      const [, , frozen, ...rest] = listed;
      assertFields(frozen ?? {}, why);
      assert.equal(rest[0]?.actor, undefined);
      assert.deepEqual(await pool.changes({ after: frozen?.seq }), rest);
      assert.deepEqual(await child.changes({ limit: 2 }), [listed[1], listed[2]]);
      assert.deepEqual(await child.changes({ since: clock.now() }), []);
    },
  },
];
