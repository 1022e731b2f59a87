import assert from "node:assert/strict";

import { assertFields, assertRefused, assertUnchanged } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

/** R2 and R3: what fits, and what a refusal says. */
export const admissionCases: readonly ConformanceCase[] = [
  {
    title: "R2 a request that fills a cap exactly fits, and one more unit on any axis does not",
    async run({ open }) {
      const caps = { tokens: 10, inputTokens: 4, outputTokens: 6, usd: 0.5, calls: 2 };
      const pool = await open({ caps });
      await pool.record({ inputTokens: 4, outputTokens: 6, usd: 0.5, calls: 2 });
      assert.deepEqual((await pool.snapshot()).remaining, {
        tokens: 0,
        inputTokens: 0,
        outputTokens: 0,
        usd: 0,
        calls: 0,
      });
      await assertRefused(() => pool.record({ tokens: 1, calls: 0 }), { axis: "tokens" });
      await assertRefused(() => pool.record({ tokens: 0, inputTokens: 1, calls: 0 }), {
        axis: "inputTokens",
      });
      await assertRefused(() => pool.record({ tokens: 0, outputTokens: 1, calls: 0 }), {
        axis: "outputTokens",
      });
      await assertRefused(() => pool.record({ usd: "0.000000001", calls: 0 }), { axis: "usd" });
      await assertRefused(() => pool.record({}), { axis: "calls" });
      await pool.record({ calls: 0 });
    },
  },
  {
    title: "R2 a refused request changes no axis, whichever method makes it",
    async run({ open }) {
      const pool = await open({ caps: { usd: 1 } });
      await pool.record({ tokens: 7, usd: 0.5 });
      await assertUnchanged([pool], async () => {
        await assertRefused(() => pool.record({ tokens: 5, usd: 0.6 }));
        assert.equal(await pool.tryRecord({ tokens: 5, usd: 0.6 }), false);
        await assertRefused(() => pool.reserve({ tokens: 5, usd: 0.6 }));
        assert.equal(await pool.tryReserve({ tokens: 5, usd: 0.6 }), undefined);
        await assertRefused(() => pool.reserveWhenFree({ tokens: 5, usd: 0.6 }));
        assert.equal((await pool.check({ tokens: 5, usd: 0.6 }))?.axis, "usd");
        assert.equal(await pool.check({ tokens: 5, usd: 0.5 }), undefined);
      });
    },
  },
  {
    title: "R2 a pool without caps only counts",
    async run({ open }) {
      const pool = await open();
      await pool.record({ tokens: 1_000_000_000, usd: 1_000_000 });
      const { caps, remaining, used } = await pool.snapshot();
      assert.deepEqual([caps, remaining], [{}, {}]);
      assertFields(used, { tokens: 1_000_000_000, usd: 1_000_000, calls: 1 });
    },
  },
  {
    title: "R2 a cap of zero refuses everything that needs the axis",
    async run({ open }) {
      const pool = await open({ caps: { usd: 0 } });
      await assertRefused(() => pool.record({ usd: "0.000000001" }), { reason: "never" });
      await pool.record({ tokens: 5 });
    },
  },
  {
    title: "R2 a reserved amount counts against the cap until it is settled",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      const hold = await pool.reserve({ tokens: 60 });
      assertFields(await pool.snapshot(), { remaining: { tokens: 40 }, openReservations: 1 });
      assert.equal(await pool.tryRecord({ tokens: 41 }), false);
      assert.equal(await pool.tryRecord({ tokens: 40 }), true);
      await hold.release();
      assert.equal(await pool.tryRecord({ tokens: 60 }), true);
    },
  },
  {
    title: "R2 F01 a cap of $0.05 admits four of 50 concurrent requests for $0.0125",
    async run({ open }) {
      const pool = await open({ caps: { usd: 0.05 } });
      const call = async (): Promise<boolean> => {
        const hold = await pool.tryReserve({ usd: 0.0125 });
        if (hold === undefined) return false;
        await Promise.resolve();
        await hold.commit();
        return true;
      };
      const admitted = await Promise.all(Array.from({ length: 50 }, call));
      assert.equal(admitted.filter(Boolean).length, 4);
      assert.equal((await pool.snapshot()).used.usd, 0.05);
    },
  },
  {
    title: "R2 F07 a request that is too large takes no room from those that fit",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 50 } });
      const asks = Array.from({ length: 51 }, async (_, index) =>
        pool.tryReserve({ tokens: index === 20 ? 500 : 1 }),
      );
      const admitted = (await Promise.all(asks)).filter((hold) => hold !== undefined);
      assert.equal(admitted.length, 50);
    },
  },
  {
    title:
      "R3 a refusal names the pool, axis, attempted, cap, used, reserved, remaining and reason",
    async run({ open }) {
      const pool = await open({ name: "acme", caps: { usd: 10 } });
      await pool.record({ usd: 4.5 });
      await pool.reserve({ usd: 2.25 });
      const expected = {
        pool: "acme",
        axis: "usd",
        attempted: 11.75,
        cap: 10,
        used: 4.5,
        reserved: 2.25,
        remaining: 3.25,
        reason: "busy",
      } as const;
      assert.deepEqual(await pool.check({ usd: 5 }), expected);
      const error = await assertRefused(() => pool.record({ usd: 5 }), {
        ...expected,
        booked: false,
      });
      assert.match(
        error.message,
        /usd: asked \$5\.00, remaining \$3\.25 of \$10\.00 \(pool "acme"\)/,
      );
    },
  },
  {
    title:
      'R3 F11 the reason is "never" past the cap, "busy" while reservations are in the way, or "spent"',
    async run({ open }) {
      const pool = await open({ caps: { tokens: 100 } });
      await pool.record({ tokens: 50 });
      const hold = await pool.reserve({ tokens: 30 });
      assert.equal((await pool.check({ tokens: 101 }))?.reason, "never");
      assert.equal((await pool.check({ tokens: 51 }))?.reason, "spent");
      assert.equal((await pool.check({ tokens: 50 }))?.reason, "busy");
      assert.equal((await pool.check({ tokens: 21 }))?.reason, "busy");
      assert.equal(await pool.check({ tokens: 20 }), undefined);
      await hold.commit();
      assert.equal((await pool.check({ tokens: 21 }))?.reason, "spent");
    },
  },
  {
    title: "R3 a refusal reports the most lasting reason, at the first level and axis that has it",
    async run({ open }) {
      const root = await open({ name: "root", caps: { tokens: 10, usd: 0.5 } });
      const child = await root.child("child", { caps: { tokens: 8, usd: 5, calls: 3 } });
      await child.record({ tokens: 4, usd: 0.1, calls: 1 });
      await child.reserve({ tokens: 4, calls: 1 });
      // busy at the child on tokens; never at the root on usd
      assertFields((await child.check({ tokens: 1, usd: 1 })) ?? {}, {
        pool: "root",
        axis: "usd",
        reason: "never",
      });
      // busy at the child on tokens; spent at the root on usd
      assertFields((await child.check({ tokens: 1, usd: 0.45 })) ?? {}, {
        pool: "root",
        axis: "usd",
        reason: "spent",
      });
      // busy on tokens at both levels: the leaf's is reported; spent on calls would be more lasting
      assertFields((await child.check({ tokens: 3 })) ?? {}, {
        pool: "root/child",
        axis: "tokens",
        reason: "busy",
      });
      assertFields((await child.check({ tokens: 3, calls: 3 })) ?? {}, {
        pool: "root/child",
        axis: "calls",
        reason: "spent",
      });
    },
  },
  {
    title: "R3 F14 a loop of refused requests leaves the books unchanged",
    async run({ open }) {
      const pool = await open({ caps: { tokens: 1 } });
      await pool.record({ tokens: 1 });
      await assertUnchanged([pool], async () => {
        for (let count = 0; count < 1000; count++) {
          assert.equal(await pool.tryReserve({ tokens: 1 }), undefined);
          assert.equal(await pool.tryRecord({ tokens: 1 }), false);
        }
      });
    },
  },
];
