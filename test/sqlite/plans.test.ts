// Which way SQLite takes to what it is asked for: no statement reads or sorts a whole table of
// reservations or lines, however long it is.

import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";

import { migrateSqlite } from "../../src/sqlite/schema.ts";
import { prepareStatements } from "../../src/sqlite/statements.ts";

const WAYS_ALLOWED = /^(?:SEARCH|SCAN token_budget_pools|MULTI-INDEX OR|INDEX \d|LIST SUBQUERY)/;

/** The plan of each statement that reads, by its text. */
function plansOf(database: DatabaseSync): Map<string, readonly string[]> {
  const plans = new Map<string, readonly string[]>();
  prepareStatements({
    exec: (sql) => {
      database.exec(sql);
    },
    prepare(sql) {
      if (/^(?:SELECT|UPDATE|DELETE)/.test(sql)) {
        const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
        plans.set(
          sql,
          rows.map((row) => String(row["detail"])),
        );
      }
      return database.prepare(sql);
    },
    close: () => undefined,
  });
  return plans;
}

describe("the statements of the SQLite store", () => {
  it("the statements of the SQLite store find their rows by an index, and read entries in their order", () => {
    const database = new DatabaseSync(":memory:");
    migrateSqlite(database);
    const plans = plansOf(database);
    expect(plans.size).toBeGreaterThan(10);
    for (const [sql, plan] of plans) {
      // Those who wait are few, and all of them are wanted.
      if (sql.includes("token_budget_waiters")) continue;
      for (const step of plan) expect(step, `${sql}: ${plan.join("; ")}`).toMatch(WAYS_ALLOWED);
    }
    const ofLine = [...plans].find(([sql]) =>
      sql.includes("token_budget_ledger WHERE root = ? AND id"),
    );
    expect(ofLine?.[1]).toEqual([expect.stringContaining("token_budget_ledger_ids")]);
    database.close();
  });
});
