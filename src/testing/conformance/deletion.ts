// What must hold for deleted pools (R16).

import assert from "node:assert/strict";

import { NotFound, PoolGone, PoolInUse } from "../../stores/index.ts";
import type { LedgerEntry } from "../../stores/index.ts";
import { assertFields, assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const LEASE_MS = 60_000;
const DAY_MS = 86_400_000;
const ENTRIES = 400;

async function isUnable(archive: () => Promise<number>): Promise<boolean> {
  try {
    await archive();
    return false;
  } catch (error) {
    assert.ok(error instanceof TypeError);
    return true;
  }
}

/** The cases about deleting. */
export const deletionCases: readonly StoreCase[] = [
  {
    title: "R16 deleting a pool deletes those below it, and the pools above keep its usage",
    async run({ open }) {
      const store = open();
      const root = await store.pool("acme", { caps: { usd: 10 } });
      const team = await root.child("team", { caps: { usd: 5 } });
      const run = await team.child("run");
      const beside = await root.child("team-2");
      await run.record({ usd: 2 }, { id: "job-1" });
      await beside.record({ usd: 1 });
      await open().delete("acme/team", { actor: "ops", reason: "left" });
      assert.equal(await store.find("acme/team"), undefined);
      assert.equal(await store.find("acme/team/run"), undefined);
      assert.deepEqual(
        (await open().pools()).map(({ path }) => path),
        ["acme", "acme/team-2"],
      );
      assertFields((await root.snapshot()).used, { usd: 3 });
      await assertThrows(() => run.record({ usd: 1 }), PoolGone);
      await assertThrows(() => team.snapshot(), PoolGone);
      // Deleting twice is the same as once.
      await store.delete("acme/team");
      // A new pool of the same name is empty, and earlier bookings are not its own.
      const again = await open().pool("acme/team/run");
      assertFields((await again.snapshot()).used, { usd: 0 });
      await again.amend("job-1", { usd: 1 }).catch((error: unknown) => {
        assert.ok(error instanceof NotFound);
      });
      assertFields((await again.snapshot()).used, { usd: 0 });
      const listed = (await root.changes()).filter(({ kind }) => kind === "delete");
      // A store may keep no ledger.
      if (listed.length === 0) return;
      assert.deepEqual(
        listed.map(({ pool, actor, reason }) => [pool, actor, reason]),
        [
          ["acme/team/run", "ops", "left"],
          ["acme/team", "ops", "left"],
        ],
      );
    },
  },
  {
    title: "R16 a pool with open reservations is not deleted, nor is a pool above it",
    async run({ open, clock }) {
      const store = open();
      const root = await store.pool("acme", { caps: { usd: 10 }, leaseMs: LEASE_MS });
      const child = await root.child("child");
      const beside = await root.child("beside");
      const hold = await child.reserve({ usd: 1 });
      for (const path of ["acme/child", "acme"])
        await assertThrows(() => open().delete(path), PoolInUse);
      assert.equal((await store.pools()).length, 3);
      await store.delete("acme/beside");
      await assertThrows(() => beside.snapshot(), PoolGone);
      await hold.commit({ usd: 1 });
      await child.reserve({ usd: 4 });
      // A hold that a reset dropped here is still held above until its lease ends.
      await child.reset();
      await store.delete("acme/child");
      assertFields((await root.snapshot()).reserved, { usd: 4 });
      clock.advance(LEASE_MS);
      assertFields(await root.snapshot(), { openReservations: 0 });
      assertFields((await root.snapshot()).reserved, { usd: 0 });
      assertFields((await root.snapshot()).used, { usd: 1 });
    },
  },
  {
    title: "R16 old entries move to an archive, and the ledger keeps their sums and the changes",
    async run({ open, clock }) {
      const pool = await open().pool("acme");
      const child = await pool.child("child");
      const moved: LedgerEntry[] = [];
      const archive = (before: number | Date): Promise<number> =>
        open().archive("acme", before, async (entries) => void moved.push(...entries));
      await assertThrows(() => archive(clock.now()), RangeError);
      await assertThrows(() => archive(Number.NaN), RangeError);
      for (let count = 0; count < ENTRIES; count++) {
        const more = [0, 1, 2].map(async (index) =>
          (index === 1 ? child : pool).record(
            { tokens: 1 },
            { id: `${count}-${index}`, model: "m" },
          ),
        );
        await Promise.all(more);
        if (count % 100 === 50) await child.configure({ caps: { tokens: 1e6 + count } });
        clock.advance(60_000);
      }
      const all = await child.ledger({ limit: 10_000 });
      // A store may keep no ledger, or not be able to delete what is in it.
      if (all.length === 0 || (await isUnable(() => archive(0)))) return;
      const sums = await pool.sums({ by: "pool" });
      clock.advance(2 * DAY_MS);
      const before = all[ENTRIES - 30]?.at ?? 0;
      const count = await archive(new Date(before));
      const left = await (await open().pool("acme")).ledger({ limit: 10_000 });
      assert.equal(moved.length, count);
      assert.equal(new Set(moved.map(({ id }) => id)).size, count);
      assert.ok(moved.every(({ at, kind }) => at < before && kind === "record"));
      assert.ok(left.every(({ at, kind }) => at >= before || kind === "configure"));
      const settled = left.filter(({ kind }) => kind === "record");
      assert.equal(settled.length + count, 3 * ENTRIES);
      assert.deepEqual(await pool.sums({ by: "pool" }), sums);
      assert.equal((await child.changes()).length, ENTRIES / 100);
      assertFields((await pool.snapshot()).used, { tokens: 3 * ENTRIES });
      assert.equal(await archive(before), 0);
      // Entries that could not be archived stay.
      const failing = open().archive("acme", clock.now() - DAY_MS, () =>
        Promise.reject(new Error("disk full")),
      );
      await assertThrows(() => failing, Error);
      assert.deepEqual(await pool.ledger({ limit: 10_000 }), left);
    },
  },
  {
    title: "R16 a root that is deleted and created again starts empty",
    async run({ open }) {
      const store = open();
      const root = await store.pool("acme", { caps: { usd: 10 } });
      await root.record({ usd: 7 }, { id: "job-1" });
      await root.reset();
      await root.record({ usd: 7 }, { id: "job-2" });
      await store.delete("acme");
      assert.equal(await store.find("acme"), undefined);
      const again = await open().pool("acme", { caps: { usd: 5 } });
      assertFields(await again.snapshot(), { generation: 0 });
      assertFields((await again.snapshot()).used, { usd: 0 });
      await again.amend("job-2", { usd: 1 });
      assertFields((await again.snapshot()).used, { usd: 0 });
      await again.record({ usd: 3 }, { id: "job-3" });
      await again.amend("job-3", { usd: 4 });
      assertFields((await again.snapshot()).used, { usd: 4 });
      assert.equal((await open().pools()).length, 1);
      await assertThrows(() => store.delete("acme//a"), RangeError);
      await store.delete("never/was");
    },
  },
];
