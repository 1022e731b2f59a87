// What commands show of a pool that a process holds a slice of.

import { join } from "node:path";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { stateFolder, tokenBudget } from "./program.ts";

it("status shows what lies in slices, and nothing of them once they are given back", async () => {
  const file = join(stateFolder(), "budgets.db");
  const store = sqliteStore(file);
  await store.pool("acme", { caps: { usd: 100 } });
  const pool = await store.pool("acme", { slices: { horizonMs: 60_000, leaseMs: 600_000 } });
  const hold = await pool.reserve({ usd: 0.5 });
  const held = await tokenBudget(["status", "acme", "--store", `sqlite:${file}`]);
  expect(held.stdout).toMatch(/^acme: \$0\.00 of \$100\.00 used; .*; \$\d+\.\d\d in slices\n$/);
  hold.release();
  await store.close();
  const after = await tokenBudget(["status", "acme", "--store", `sqlite:${file}`]);
  expect(after.stdout).not.toContain("in slices");
});
