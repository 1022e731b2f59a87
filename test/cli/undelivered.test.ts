// What a store did not take while a run went on is brought to its books at the end.

import { expect, it } from "vitest";

import { UnbookedSpend } from "../../src/cli/run/unbooked-spend.ts";
import type { ExchangeReport } from "../../src/meter/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";

/** A call whose cost was not booked. */
function unbooked(id: string, usd: number): ExchangeReport {
  const amount = { tokens: 0, inputTokens: 0, outputTokens: 0, usd, calls: 1 };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is read of a report
  return { id, held: amount, unbooked: amount, model: "gpt-4o" } as ExchangeReport;
}

it.each([
  ["a pool with room", 5],
  ["a full pool", 0.5],
])("undelivered spend is booked once to %s, with model and label", async (_where, cap) => {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("p", { caps: { usd: cap }, overage: "allow" });
  const unbookedSpend = new UnbookedSpend("mine");
  unbookedSpend.add(unbooked("a", 0.4));
  unbookedSpend.add(unbooked("b", 0.4));
  expect(await unbookedSpend.deliver(pool)).toEqual({ calls: 0, usd: 0 });
  expect(await unbookedSpend.deliver(pool)).toEqual({ calls: 0, usd: 0 });
  expect((await pool.snapshot()).used).toMatchObject({ usd: 0.8, calls: 2 });
  const entries = await pool.ledger();
  expect(entries.map(({ model, label }) => [model, label])).toEqual([
    ["gpt-4o", "mine"],
    ["gpt-4o", "mine"],
  ]);
});
