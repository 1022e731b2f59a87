// What must hold for lists for people: the newest entries, and open holds.

import assert from "node:assert/strict";

import { NotFound } from "../../stores/index.ts";
import { assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const ENTRIES = 25;
const HOUR_MS = 3_600_000;

/** The cases about such lists. */
export const listingCases: readonly StoreCase[] = [
  {
    title: "the newest entries of a pool and those below it come first, page by page",
    async run({ open, clock }) {
      const acme = await open().pool("acme");
      const run = await acme.child("run");
      const other = await acme.child("run2");
      for (let index = 0; index < ENTRIES; index++) {
        clock.advance(1000);
        await (index % 3 === 0 ? other : run).record({ tokens: index });
        if (index % 10 === 5) await run.configure({ caps: { tokens: 1e6 + index }, actor: "ops" });
      }
      for (const pool of [acme, run, other]) {
        for (const only of [undefined, "changes"] as const) {
          const all = await (only === undefined ? pool.ledger() : pool.changes());
          const backwards: typeof all = [];
          let before: number | undefined;
          for (;;) {
            const page = await pool.newest({ before, limit: 4, only });
            (backwards as unknown[]).push(...page);
            before = page.at(-1)?.seq;
            if (page.length < 4) break;
          }
          assert.deepEqual(backwards, all.toReversed());
        }
      }
      const last = await acme.newest({ since: clock.now() - 2500, limit: 10 });
      const all = await acme.ledger({ since: clock.now() - 2500 });
      assert.deepEqual(last, all.toReversed());
      const middle = (await acme.newest({ limit: 10 }))[9]?.seq ?? 0;
      assert.equal((await acme.newest({ after: middle, limit: 100 })).length, 9);
      await assertThrows(() => acme.newest({ before: -1 }), RangeError);
      await assertThrows(() => acme.newest({ only: "all" as "changes" }), RangeError);
    },
  },
  {
    title:
      "open holds are listed, and a lease can be ended by hand; a later commit is still booked",
    async run({ open, clock }) {
      const acme = await open().pool("acme", { caps: { usd: 10 }, leaseMs: HOUR_MS });
      const run = await acme.child("run");
      const holds = [];
      for (const id of ["b", "a", "c"]) holds.push(await run.reserve({ usd: 2 }, { id }));
      await (await acme.child("run2")).reserve({ usd: 1 }, { id: "d" });
      const list = await (await open().pool("acme/run")).holds();
      assert.deepEqual(
        list.map(({ id, pool, amount, isSlice }) => [id, pool, amount.usd, isSlice]),
        ["a", "b", "c"].map((id) => [id, "acme/run", 2, false]),
      );
      assert.equal(list[0]?.expiresAt, clock.now() + HOUR_MS);
      assert.deepEqual(
        (await acme.holds({ after: "b", limit: 2 })).map(({ id }) => id),
        ["c", "d"],
      );
      const operator = await open().pool("acme/run");
      const change = { actor: "ops", reason: "its host is gone", id: "change-1" };
      assert.equal((await operator.endHold("b", change)).amount.usd, 2);
      assert.equal((await acme.snapshot()).reserved.usd, 5);
      assert.deepEqual(
        (await acme.holds()).map(({ id }) => id),
        ["a", "c", "d"],
      );
      const entry = (await acme.changes()).at(-1);
      assert.deepEqual(entry?.change, { ended: "b" });
      assert.deepEqual([entry?.actor, entry?.reason], ["ops", "its host is gone"]);
      await assertThrows(() => operator.endHold("b", change), NotFound);
      await assertThrows(() => operator.endHold("d"), NotFound);
      await holds[0]?.commit({ usd: 1.5 });
      assert.equal((await acme.snapshot()).used.usd, 1.5);
    },
  },
  {
    title: "a change with an id is applied once",
    async run({ open }) {
      const acme = await open().pool("acme", { caps: { usd: 10 } });
      const again = await open().pool("acme");
      for (const pool of [acme, again, acme]) {
        await pool.configure({ by: { usd: 5 }, id: "raise-1", actor: "ops" });
        await pool.freeze({ id: "freeze-1" });
        await pool.thaw({ id: "thaw-1" });
      }
      const { caps, frozen } = await acme.snapshot();
      assert.deepEqual([caps.usd, frozen], [15, undefined]);
      await acme.record({ usd: 3 }, { id: "call" });
      for (const pool of [acme, again]) await pool.amend("call", { usd: 2 }, { id: "amend-1" });
      assert.equal((await acme.snapshot()).used.usd, 2);
      for (const pool of [acme, again]) {
        await pool.reset({ id: "reset-1" });
        await pool.record({ usd: 1 }, { id: "after" });
      }
      assert.equal((await acme.snapshot()).used.usd, 1);
      assert.equal((await acme.changes()).length, 4);
    },
  },
];
