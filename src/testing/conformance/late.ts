// What must hold for records of earlier spend (R7).

import assert from "node:assert/strict";

import { BudgetExceeded } from "../../core/errors.ts";
import { IdTaken } from "../../stores/index.ts";
import { assertFields, assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const HOUR_MS = 3_600_000;

/** The cases about records with a time of their own. */
export const lateCases: readonly StoreCase[] = [
  {
    title: "R7 spend from earlier periods is booked in those periods",
    async run({ open, clock }) {
      clock.advance(HOUR_MS - (clock.now() % HOUR_MS));
      const all = await open().pool("acme");
      const day = await all.child("day", { caps: { usd: 10 }, window: { everyMs: 24 * HOUR_MS } });
      const hour = await day.child("hour", { caps: { usd: 3 }, window: "hour" });
      await hour.record({ usd: 1 });
      const at = clock.now() + 1000;
      clock.advance(HOUR_MS + 2000);
      await hour.record({ usd: 2 }, { at, id: "late", model: "m" });
      await hour.record({ usd: 2 }, { at: new Date(at), id: "late" });
      await assertThrows(() => hour.record({ usd: 3 }, { at, id: "late" }), IdTaken);
      assertFields((await hour.snapshot()).used, { usd: 0 });
      for (const pool of [day, all])
        assertFields((await pool.snapshot()).used, { usd: 3, calls: 2 });
      // In the current period, it is booked past the cap, like any spend.
      const nowAt = clock.now() - 1;
      await hour.record({ usd: 4 }, { at: nowAt });
      await assertThrows(
        () => hour.record({ usd: 1 }, { at: nowAt, overage: "throw" }),
        BudgetExceeded,
      );
      await assertThrows(
        () => hour.record({ usd: 1 }, { at: nowAt, overage: "reject" }),
        RangeError,
      );
      await assertThrows(() => hour.record({ usd: 1 }, { at: -1 }), RangeError);
      assertFields((await hour.snapshot()).used, { usd: 5 });
      // A future time counts as now.
      await all.record({ usd: 1 }, { at: clock.now() + HOUR_MS });
      assertFields((await all.snapshot()).used, { usd: 9 });
      // A correction counts where the original booking does.
      await hour.amend("late", { usd: 1 });
      assertFields((await hour.snapshot()).used, { usd: 5 });
      assertFields((await day.snapshot()).used, { usd: 7 });
      const lines = await all.ledger();
      // A store may keep no ledger.
      if (lines.length === 0) return;
      const late = lines.find(({ id }) => id === "late");
      assert.deepEqual([late?.kind, late?.bookedAt, late?.model], ["record", at, "m"]);
    },
  },
  {
    title: "R7 spend from earlier is booked in the part of the sliding window it belongs to",
    async run({ open, clock }) {
      const pool = await open().pool("acme", { caps: { usd: 10 }, window: { sliding: "1h" } });
      const startedAt = clock.now();
      await pool.record({ usd: 1 });
      clock.advance(HOUR_MS / 2);
      await pool.record({ usd: 2 }, { at: startedAt });
      await pool.record({ usd: 4 }, { at: startedAt + HOUR_MS / 4 });
      await pool.record({ usd: 3 }, { at: startedAt - 2 * HOUR_MS });
      assertFields((await pool.snapshot()).used, { usd: 7 });
      clock.advance(HOUR_MS / 2 + HOUR_MS / 30);
      assertFields((await pool.snapshot()).used, { usd: 4 });
      clock.advance(HOUR_MS / 4);
      assertFields((await pool.snapshot()).used, { usd: 0 });
    },
  },
];
