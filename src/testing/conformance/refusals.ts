// What must hold for the journal of refusals (R18). A store may keep none.

import assert from "node:assert/strict";

import { BudgetExceeded } from "../../core/errors.ts";
import { assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const MINUTE_MS = 60_000;
const KEPT = 1000;
const ROUNDS = 22;
const ASKS = 50;

/** The cases about the journal of refusals. */
export const refusalCases: readonly StoreCase[] = [
  {
    title: "R13, R18 a refused waiter is journaled with its model and label",
    async run({ open }) {
      const store = open();
      const pool = await store.pool("acme", { caps: { usd: 1 } });
      const purpose = { model: "m", label: "team-a" };
      const hold = await pool.reserveWhenFree({ usd: 0.9 }, {}, purpose);
      await assertThrows(
        () => pool.reserveWhenFree({ usd: 0.2 }, { timeoutMs: 0 }, purpose),
        BudgetExceeded,
      );
      await assertThrows(() => pool.reserveWhenFree({ usd: 1 }, {}, { model: "" }), RangeError);
      await hold.release();
      const { last, counts } = await store.refusals("acme");
      if (last.length === 0) return;
      assert.deepEqual(
        last.map(({ reason, model, label }) => [reason, model, label]),
        [["busy", "m", "team-a"]],
      );
      assert.deepEqual(
        counts.map(({ model, label }) => [model, label]),
        [["m", "team-a"]],
      );
    },
  },
  {
    title: "R18 the journal of refusals records pool, axis, reason, model and label",
    async run({ open, clock }) {
      const store = open();
      const root = await store.pool("acme", { caps: { usd: 1, calls: 3 } });
      const child = await root.child("child", { caps: { usd: 0.5 } });
      const other = await store.pool("other", { caps: { usd: 1 } });
      const startedAt = clock.now();
      await assertThrows(
        () => child.record({ usd: 0.6 }, { model: "m", label: "team-a" }),
        BudgetExceeded,
      );
      clock.advance(MINUTE_MS);
      const hold = await root.reserve({ usd: 0.9 });
      assert.equal(await child.tryReserve({ usd: 0.2 }), undefined);
      assert.equal(await child.tryReserve({ usd: 0.3 }), undefined);
      await assertThrows(
        () => root.reserveUpTo({ fixed: { usd: 0.1 }, unit: { usd: 0.1 }, min: 1, max: 2 }),
        BudgetExceeded,
      );
      assert.equal(await other.tryRecord({ usd: 2 }), false);
      // Neither an admitted request nor a check is noted.
      await child.check({ usd: 0.2 });
      await child.record({ usd: 0.1 });
      await hold.release();
      const { last, counts } = await store.refusals("acme");
      if (last.length === 0) return;
      assert.deepEqual(
        last
          .toReversed()
          .map(({ askedPool, pool, axis, reason, asked }) => [
            askedPool,
            pool,
            axis,
            reason,
            asked.usd,
          ]),
        [
          ["acme/child", "acme/child", "usd", "never", 0.6],
          ["acme/child", "acme", "usd", "busy", 0.2],
          ["acme/child", "acme", "usd", "busy", 0.3],
          ["acme", "acme", "usd", "busy", 0.2],
        ],
      );
      const [first] = last.toReversed();
      assert.equal(first?.at, startedAt);
      assert.deepEqual(
        [first?.cap, first?.used, first?.reserved, first?.attempted, first?.model, first?.label],
        [0.5, 0, 0, 0.6, "m", "team-a"],
      );
      assert.deepEqual(
        counts.map(({ pool, axis, reason, count, model, label }) => [
          pool,
          axis,
          reason,
          count,
          model,
          label,
        ]),
        [
          ["acme", "usd", "busy", 3, undefined, undefined],
          ["acme/child", "usd", "never", 1, "m", "team-a"],
        ],
      );
      assert.equal(counts.at(-1)?.minute, startedAt - (startedAt % MINUTE_MS));
    },
  },
  {
    title: "R18 another process reads the journal of one pool or all, since a time, or in part",
    async run({ open, clock }) {
      const store = open();
      const root = await store.pool("acme", { caps: { usd: 1 } });
      const child = await root.child("child", { caps: { usd: 0.5 } });
      const other = await store.pool("other", { caps: { usd: 1 } });
      const startedAt = clock.now();
      await child.tryRecord({ usd: 0.6 });
      clock.advance(1);
      await root.tryRecord({ usd: 2 });
      await other.tryRecord({ usd: 2 });
      if ((await store.refusals()).last.length === 0) return;
      const elsewhere = open();
      assert.equal((await elsewhere.refusals("acme/child")).last.length, 1);
      assert.equal((await elsewhere.refusals()).last.length, 3);
      assert.equal((await elsewhere.refusals("acme", { since: startedAt + 1 })).last.length, 1);
      assert.equal((await elsewhere.refusals("acme", { limit: 1 })).last.length, 1);
      await assertThrows(() => elsewhere.refusals("acme", { limit: 0 }), RangeError);
    },
  },
  {
    title: "R18 the journal of a tree is bounded",
    async run({ open, clock }) {
      const store = open();
      const pool = await store.pool("acme", { caps: { usd: 1 } });
      await pool.tryRecord({ usd: 2 });
      if ((await store.refusals("acme")).last.length === 0) return;
      for (let round = 0; round < ROUNDS; round++) {
        clock.advance(1);
        const other = open();
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const again = await other.pool("acme");
        const asks = Array.from({ length: ASKS }, () => again.tryRecord({ usd: 2 }));
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        await Promise.all(asks);
        // oxlint-disable-next-line no-await-in-loop -- what was refused is written by then
        await other.close();
      }
      const { last, counts } = await open().refusals("acme", { limit: KEPT });
      assert.equal(last.length, KEPT);
      const count = counts.reduce((sum, each) => sum + each.count, 0);
      assert.equal(count, 1 + ROUNDS * ASKS);
      clock.advance(25 * 60 * MINUTE_MS);
      await pool.tryRecord({ usd: 2 });
      assert.equal((await store.refusals("acme")).counts.length, 1);
    },
  },
];
