import assert from "node:assert/strict";

import { ConfigInvalid } from "../../core/errors.ts";
import { assertFields, assertRefused, assertThrows, assertUnchanged } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

/** R8: pools below pools. */
export const hierarchyCases: readonly ConformanceCase[] = [
  {
    title: "R8 a path consists of the names from the root down",
    async run({ open }) {
      const root = await open({ name: "acme" });
      const search = await root.child("search");
      const run = await search.child("run-42");
      assert.deepEqual(
        [root.path, search.path, run.path],
        ["acme", "acme/search", "acme/search/run-42"],
      );
      assert.equal((await run.snapshot()).path, "acme/search/run-42");
    },
  },
  {
    title: "R8 I6 every pool above a child books and holds what the child does",
    async run({ open }) {
      const root = await open({ caps: { tokens: 100 } });
      const middle = await root.child("middle");
      const leaf = await middle.child("leaf");
      await leaf.record({ tokens: 10 });
      const hold = await leaf.reserve({ tokens: 20 });
      for (const pool of [root, middle, leaf]) {
        const { used, reserved, openReservations } = await pool.snapshot();
        assert.deepEqual([used.tokens, reserved.tokens, openReservations], [10, 20, 1]);
      }
      await hold.commit({ tokens: 15 });
      for (const pool of [root, middle, leaf]) {
        const { used, reserved, openReservations } = await pool.snapshot();
        assert.deepEqual([used.tokens, reserved.tokens, openReservations], [25, 0, 0]);
      }
    },
  },
  {
    title: "R8 a parent's own bookings do not appear in its children",
    async run({ open }) {
      const root = await open();
      const child = await root.child("child");
      await root.record({ tokens: 10 });
      assert.equal((await child.snapshot()).used.tokens, 0);
    },
  },
  {
    title: "R8 a refusal anywhere on the path changes nothing on any level, and names the pool",
    async run({ open }) {
      const root = await open({ name: "root", caps: { tokens: 100 } });
      const middle = await root.child("middle", { caps: { tokens: 50 } });
      const leaf = await middle.child("leaf", { caps: { tokens: 80 } });
      await root.record({ tokens: 60 });
      const pools = [root, middle, leaf];
      await assertUnchanged(pools, async () => {
        await assertRefused(() => leaf.record({ tokens: 45 }), { pool: "root", remaining: 40 });
        await assertRefused(() => leaf.reserve({ tokens: 60 }), { pool: "root/middle" });
        await assertRefused(() => leaf.reserve({ tokens: 90 }), { pool: "root/middle/leaf" });
      });
    },
  },
  {
    title: "R8 F09 two children of 0.9 each never spend more than their parent's 1.0",
    async run({ open }) {
      const parent = await open({ caps: { usd: 1 } });
      const spend = async (name: string): Promise<void> => {
        const child = await parent.child(name, { caps: { usd: 0.9 } });
        for (let count = 0; count < 18; count++) {
          const hold = await child.tryReserve({ usd: 0.05 });
          await Promise.resolve();
          await hold?.commit();
        }
      };
      await Promise.all([spend("a"), spend("b")]);
      assert.equal((await parent.snapshot()).used.usd, 1);
    },
  },
  {
    title: "R8 a release in a child frees its room in every pool above",
    async run({ open }) {
      const root = await open({ caps: { calls: 1 } });
      const child = await root.child("child");
      const hold = await child.reserve({});
      assert.equal(await root.tryReserve({}), undefined);
      await hold.release();
      await root.record({});
    },
  },
  {
    title: "R8 a child opened again with the same options, or with none, is the same pool",
    async run({ open }) {
      const root = await open();
      const options = { caps: { usd: 1 }, window: "day", timeZone: "Asia/Tokyo" } as const;
      await (await root.child("child", options)).record({ usd: 0.75 });
      for (const again of [await root.child("child"), await root.child("child", options)]) {
        assert.deepEqual((await again.snapshot()).remaining, { usd: 0.25 });
      }
    },
  },
  {
    title: "R8 opening an existing child with other options is an error that shows both",
    async run({ open }) {
      const root = await open({ name: "acme" });
      const child = await root.child("child", { caps: { usd: 1 } });
      await assertUnchanged([root, child], async () => {
        const error = await assertThrows(
          () => root.child("child", { caps: { usd: 2 } }),
          ConfigInvalid,
        );
        assertFields(error, { code: "CONFIG_INVALID", pool: "acme/child" });
        assert.match(error.message, /"usd":1.*"usd":2/);
      });
    },
  },
  {
    title: "R8 names are 1 to 128 characters without slashes and control characters",
    async run({ open }) {
      const root = await open();
      for (const name of ["", "a/b", "/", "a\nb", "\u0000", "\ud800", "x".repeat(129)]) {
        await assertThrows(() => root.child(name), RangeError);
        await assertThrows(() => open({ name }), RangeError);
      }
      for (const name of [undefined, null, 5, {}] as unknown[]) {
        await assertThrows(() => root.child(name as string), TypeError);
      }
    },
  },
  {
    title: "R8 I9 names such as __proto__ are ordinary names",
    async run({ open }) {
      const root = await open();
      const names = [
        "__proto__",
        "constructor",
        "toString",
        "'; DROP TABLE--",
        "{a}",
        "預算 💸",
        "..",
      ];
      for (const name of names) await (await root.child(name)).record({ tokens: 1 });
      for (const name of names) {
        const { path, used } = await (await root.child(name)).snapshot();
        assert.deepEqual([path, used.tokens], [`${root.path}/${name}`, 1]);
      }
      assert.equal((await root.snapshot()).used.tokens, names.length);
    },
  },
  {
    title: "R8 an unknown option is an error, so that a misspelled cap cannot be ignored",
    async run({ open }) {
      const root = await open();
      for (const options of [{ cap: { usd: 1 } }, { caps: { dollars: 1 } }, { caps: 5 }]) {
        await assertThrows(async () => await open(options as object), TypeError);
        await assertThrows(() => root.child("child", options as object), TypeError);
      }
      for (const options of [5, null, []]) {
        await assertThrows(() => root.child("child", options as object), TypeError);
      }
      await assertThrows(() => root.child("child", { overage: "ignore" as "allow" }), RangeError);
    },
  },
];
