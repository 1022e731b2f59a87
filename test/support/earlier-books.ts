// Books that an earlier version has left: what they are, and what two stores find and spend in the
// tables of today.

import { expect } from "vitest";

import type { BudgetStore } from "../../src/stores/index.ts";

/** Makes the books that are then copied to the tables of an earlier version; closes the store. */
export async function makeEarlierBooks(store: BudgetStore): Promise<void> {
  const work = await store.pool("work", { caps: { usd: 10 } });
  const run = await store.pool("work/run", { caps: { usd: 5 } });
  await run.record({ usd: 1.25, tokens: 100 }, { id: "one", model: "m1", label: "docs" });
  await work.record({ usd: 2 }, { id: "two" });
  await run.reserve({ usd: 0.5 }, { id: "hold" });
  await store.close();
}

/** Spends the rest of the books from two stores at once, checks the books, and closes both. */
export async function expectEarlierBooksHold(one: BudgetStore, other: BudgetStore): Promise<void> {
  const spent = await Promise.all(
    [one, other].map(async (store) => {
      const pool = await store.pool("work/run");
      let calls = 0;
      while (await pool.tryRecord({ usd: 0.25 })) calls++;
      return calls;
    }),
  );
  // Of $5, $1.25 were used and $0.50 are held: no cap is passed, and all of it is spent.
  expect(spent.reduce((sum, calls) => sum + calls, 0)).toBe(13);
  const [work, run] = await other.pools();
  expect([work?.used.usd, run?.used.usd, run?.reserved.usd]).toEqual([6.5, 4.5, 0.5]);
  const pool = await one.pool("work");
  expect((await pool.ledger()).slice(0, 2)).toMatchObject([{ id: "one" }, { id: "two" }]);
  expect(await pool.sums({ by: "pool" })).toMatchObject([
    { name: "work/run", amount: { usd: 4.5 } },
    { name: "work", amount: { usd: 2 } },
  ]);
  await Promise.all([one.close(), other.close()]);
}
