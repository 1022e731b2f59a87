import assert from "node:assert/strict";
import process from "node:process";

import { postgresStore } from "token-budget/postgres";
import { priceBook } from "token-budget/prices";
import { redisStore } from "token-budget/redis";
import { sqliteStore } from "token-budget/sqlite";
import { BudgetStore, MemoryStore, StoreIncompatible } from "token-budget/stores";

let checks = 0;
const check = (actual, expected) => {
  assert.deepEqual(actual, expected);
  checks++;
};

async function exercise(store) {
  const pool = await store.pool("acme/search", { caps: { usd: 1 } });
  const hold = await pool.reserve({ usd: 0.75 });
  check(await pool.tryReserve({ usd: 0.5 }), undefined);
  await hold.commit({ usd: 0.25 });
  check((await pool.snapshot()).remaining, { usd: 0.75 });
  check(
    (await pool.ledger()).map(({ kind, amount }) => [kind, amount.usd]),
    [["commit", 0.25]],
  );
  await store.close();
}

// The doors load without the clients that they are handed.
assert.throws(() => redisStore("redis://localhost"), TypeError);
assert.throws(() => postgresStore("postgres://localhost"), TypeError);
checks += 2;
check(priceBook.find("claude-opus-4-5").cost({ inputTokens: 2000, outputTokens: 500 }), 0.0225);
await exercise(new BudgetStore(new MemoryStore()));
if (process.getBuiltinModule?.("node:sqlite") === undefined) {
  assert.throws(() => sqliteStore("budgets.db"), StoreIncompatible);
  checks += 3;
} else {
  await exercise(sqliteStore(":memory:"));
}
process.stdout.write(`passed ${checks} checks\n`);
