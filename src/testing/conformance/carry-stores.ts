// What must hold in every store for windows that carry over (R7).

import assert from "node:assert/strict";

import { assertFields } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const HOUR_MS = 3_600_000;
const HOURLY = { everyMs: HOUR_MS, carryOver: { upTo: { usd: 6 } } } as const;

/** The cases about what stored pools carry over. */
export const storedCarryCases: readonly StoreCase[] = [
  {
    title: "R7 the carried amount is stored, and every handle and listing shows it",
    async run({ open, clock }) {
      const pool = await (
        await open().pool("acme")
      ).child("a", { caps: { usd: 10 }, window: HOURLY });
      await pool.record({ usd: 7 });
      clock.advance(HOUR_MS);
      const store = open();
      const other = await store.pool("acme/a");
      assertFields((await other.snapshot()).carried ?? {}, { usd: 3 });
      await other.record({ usd: 12 });
      assertFields((await pool.snapshot()).remaining, { usd: 1 });
      for (const { path, carried, remaining } of await store.pools()) {
        if (path !== "acme/a") continue;
        assert.equal(carried?.usd, 3);
        assert.equal(remaining.usd, 1);
      }
      clock.advance(2 * HOUR_MS);
      assertFields((await other.snapshot()).remaining, { usd: 16 });
    },
  },
  {
    title:
      "R7 correcting the previous period changes the carried amount; correcting an older one does not",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 10 }, window: HOURLY });
      const carried = async (): Promise<number | undefined> => (await pool.snapshot()).carried?.usd;
      await pool.record({ usd: 1 }, { id: "old" });
      clock.advance(HOUR_MS);
      await pool.record({ usd: 11 }, { id: "a" });
      clock.advance(HOUR_MS);
      // Sixteen minus eleven remain.
      assert.equal(await carried(), 5);
      await pool.amend("a", { usd: 13 });
      assert.equal(await carried(), 3);
      // It was over by four: correcting part of that still leaves nothing.
      await pool.amend("a", { usd: 20 });
      assert.equal(await carried(), 0);
      await pool.amend("a", { usd: 18 });
      assert.equal(await carried(), 0);
      await pool.amend("a", { usd: 2 });
      assert.equal(await carried(), 6);
      await pool.amend("a", { usd: 9 });
      assert.equal(await carried(), 6);
      await pool.amend("old", { usd: 10 });
      assert.equal(await carried(), 6);
      assertFields((await pool.snapshot()).used, { usd: 0 });
      await pool.record({ usd: 14 });
      const { exceeded } = await pool.amend("a", { usd: 14 });
      assertFields(exceeded ?? {}, { cap: 12, used: 14 });
      clock.advance(2 * HOUR_MS);
      await pool.amend("a", { usd: 0 });
      assert.equal(await carried(), 6);
      await pool.reset();
      await pool.amend("a", { usd: 1 });
      assert.equal(await carried(), 0);
    },
  },
  {
    title:
      "R7 a record for the previous period reduces the carried amount, not the room in this one",
    async run({ open, clock }) {
      clock.advance(HOUR_MS - (clock.now() % HOUR_MS));
      const startedAt = clock.now();
      const pool = await open().pool("acme", { caps: { usd: 10 }, window: HOURLY });
      await pool.record({ usd: 5 });
      clock.advance(HOUR_MS);
      await pool.record({ usd: 2 }, { at: startedAt + 1, id: "late" });
      await pool.record({ usd: 9 }, { at: startedAt - 1 });
      assertFields(await pool.snapshot(), { carried: { ...NONE, usd: 3 } });
      assertFields((await pool.snapshot()).used, { usd: 0 });
      await pool.amend("late", { usd: 1 });
      assertFields(await pool.snapshot(), { carried: { ...NONE, usd: 4 } });
      clock.advance(HOUR_MS);
      await pool.amend("late", { usd: 8 });
      assertFields(await pool.snapshot(), { carried: { ...NONE, usd: 6 } });
    },
  },
  {
    title:
      "R7, R11 an expired hold leaves its room to be carried over, also in a pool made from a template",
    async run({ open, clock }) {
      const store = open();
      await store.template("users/*", { caps: { usd: 10 }, window: HOURLY });
      const ada = await store.pool("users/ada");
      await ada.reserve({ usd: 8 });
      // Its process has ended, so no one renews the lease.
      await store.close();
      clock.advance(HOUR_MS);
      const there = await open().pool("users/ada");
      assertFields(await there.snapshot(), { carried: { ...NONE, usd: 6 }, openReservations: 0 });
      assertFields((await there.snapshot()).remaining, { usd: 16 });
    },
  },
];

const NONE = { tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0, calls: 0 };
