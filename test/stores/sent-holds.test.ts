// What must hold of holds whose call was sent, in memory and in SQLite.

import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { sentHoldCases } from "../../src/testing/conformance/sent-holds.ts";

for (const { title, run } of sentHoldCases) {
  it(`memory: ${title}`, async () => {
    const clock = new ManualClock();
    const store = new MemoryStore(clock);
    expect(await run({ clock, open: () => new BudgetStore(store, { clock }) })).toBeUndefined();
  });
  it(`SQLite: ${title}`, async () => {
    const clock = new ManualClock();
    const database = new DatabaseSync(":memory:");
    expect(await run({ clock, open: () => sqliteStore(database, { clock }) })).toBeUndefined();
  });
}
