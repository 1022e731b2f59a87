// What must hold for pages of pools.

import assert from "node:assert/strict";

import type { BudgetStore, PageOptions, StoredSnapshot } from "../../stores/index.ts";
import { assertThrows } from "./case.ts";
import type { StoreCase } from "./store-case.ts";

const ROOTS = 5;
const CHILDREN = 9;

/** All pools, page by page. */
async function allOf(store: BudgetStore, options: PageOptions): Promise<readonly StoredSnapshot[]> {
  const found: StoredSnapshot[] = [];
  let after: string | undefined;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const { pools, next } = await store.page({ ...options, after });
    assert.ok(pools.length <= (options.limit ?? Infinity));
    found.push(...pools);
    if (next === undefined) return found;
    after = next;
  }
}

/** The cases about pages of pools. */
export const pageCases: readonly StoreCase[] = [
  {
    title: "pages list every pool once, by path or by spend, of all pools or those below one",
    async run({ open }) {
      const store = open();
      const used = new Map<string, number>();
      for (let root = 0; root < ROOTS; root++) {
        const paths = Array.from({ length: CHILDREN }, (_, child) => `r${root}/c!${child}/d`);
        for (const [index, path] of paths.entries()) {
          const usd = ((root * 7 + index * 5) % 11) / 8;
          const pool = await store.pool(path);
          if (usd > 0) await pool.record({ usd });
          used.set(path, usd);
          used.set(path.slice(0, -2), usd);
          used.set(`r${root}`, (used.get(`r${root}`) ?? 0) + usd);
        }
      }
      const held = await store.pool("r1/held");
      await held.reserve({ usd: 100 });
      used.set("r1/held", 0);
      for (const limit of [1000, 7, 50]) {
        for (const below of [undefined, "r1", "r1/c!3", "r1/c", "none"]) {
          const isBelow = (path: string): boolean =>
            below === undefined || path === below || path.startsWith(`${below}/`);
          const expected = [...used.keys()].filter(isBelow).toSorted();
          const byPath = await allOf(open(), { limit, below });
          assert.deepEqual(byPath.map(({ path }) => path).toSorted(), expected);
          for (const { path, used: found } of byPath) assert.equal(found.usd, used.get(path), path);
          const dearest = await allOf(open(), { limit, below, by: "usd" });
          assert.deepEqual(dearest.map(({ path }) => path).toSorted(), expected);
          let least = Infinity;
          for (const { used: found } of dearest) {
            assert.ok(found.usd <= least * 1.1, `${found.usd} after ${least}`);
            least = Math.min(least, found.usd);
          }
        }
      }
      // A pool that has grown or was reset since is returned at its new position.
      await (await store.pool("r3/c!0/d")).record({ usd: 50 });
      await (await store.pool("r0")).reset();
      const [first, second] = (await open().page({ by: "usd", limit: 4 })).pools;
      assert.deepEqual([first?.used.usd, second?.used.usd], [...above(used.get("r3"), 50)]);
      assert.equal((await allOf(open(), { by: "usd" })).length, used.size);
      await assertThrows(() => store.page({ limit: 0 }), RangeError);
      await assertThrows(() => store.page({ by: "name" as "usd" }), RangeError);
      await assertThrows(() => store.page({ by: "usd", after: "nonsense" }), RangeError);
    },
  },
];

function above(used = 0, added: number): [number, number] {
  return [used + added, added + ((3 * 7) % 11) / 8];
}
