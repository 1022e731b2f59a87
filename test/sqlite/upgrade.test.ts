// Files with the tables of earlier versions, which two stores spend from as soon as the first of
// them has made new tables; and a file of a later version, which is refused.

import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { SQLITE_MIGRATIONS } from "../../src/sqlite/migrations/embedded.ts";
import { StoreIncompatible } from "../../src/stores/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const LATEST = SQLITE_MIGRATIONS.length;
const OLDER = Array.from({ length: LATEST - 1 }, (_none, at) => at + 1);

/** A file with books in the tables of today. */
async function madeBooks(): Promise<string> {
  const file = temporaryFile("books.db");
  const store = sqliteStore(file);
  const work = await store.pool("work", { caps: { usd: 10 } });
  const run = await store.pool("work/run", { caps: { usd: 5 } });
  await run.record({ usd: 1.25, tokens: 100 }, { id: "one", model: "m1", label: "docs" });
  await work.record({ usd: 2 }, { id: "two" });
  await run.reserve({ usd: 0.5 }, { id: "hold" });
  await store.close();
  return file;
}

/** The same books in the tables of an earlier version: what it had no column for is left out. */
function inTablesOf(version: number, from: string): string {
  const file = temporaryFile("older.db");
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE token_budget_schema (version INTEGER NOT NULL)");
  for (const [index, sql] of SQLITE_MIGRATIONS.slice(0, version).entries()) {
    database.exec(sql);
    database.prepare("INSERT INTO token_budget_schema VALUES (?)").run(index + 1);
  }
  database.prepare("ATTACH ? AS later").run(from);
  for (const name of namesIn(database, "SELECT name FROM sqlite_master WHERE type = 'table'")) {
    if (name === "token_budget_schema" || name.startsWith("sqlite_")) continue;
    const own = namesIn(database, `SELECT name FROM pragma_table_info('${name}', 'main')`);
    const later = namesIn(database, `SELECT name FROM pragma_table_info('${name}', 'later')`);
    const columns = own.filter((each) => later.includes(each)).join(", ");
    if (columns !== "")
      database.exec(`INSERT INTO main.${name} (${columns}) SELECT ${columns} FROM later.${name}`);
  }
  database.close();
  return file;
}

function namesIn(database: DatabaseSync, sql: string): readonly string[] {
  return database
    .prepare(sql)
    .all()
    .map(({ name }) => String(name));
}

describe("a file of an earlier version", () => {
  it.each(OLDER)(
    "a file of an earlier version has its books in the tables of today, from version %i on",
    async (version) => {
      const file = inTablesOf(version, await madeBooks());
      const [one, other] = [sqliteStore(file), sqliteStore(file)];
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
      const entries = await pool.ledger();
      expect(entries.slice(0, 2)).toMatchObject([{ id: "one" }, { id: "two" }]);
      const sums = await pool.sums({ by: "pool" });
      expect(sums).toMatchObject([
        { name: "work/run", amount: { usd: 4.5 } },
        { name: "work", amount: { usd: 2 } },
      ]);
      await Promise.all([one.close(), other.close()]);
    },
  );

  it("a file is refused where a later version has written it, and nothing changes", async () => {
    const file = await madeBooks();
    const database = new DatabaseSync(file);
    database.prepare("INSERT INTO token_budget_schema VALUES (?)").run(LATEST + 1);
    database.close();
    expect(() => sqliteStore(file)).toThrow(StoreIncompatible);
    expect(() => sqliteStore(file)).toThrow(/install the version of token-budget/);
  });
});
