// Files with the tables of earlier versions, which two stores spend from as soon as the first of
// them has made new tables; and a file of a later version, which is refused.

import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { SQLITE_MIGRATIONS } from "../../src/sqlite/migrations/embedded.ts";
import { StoreIncompatible } from "../../src/stores/index.ts";
import { expectEarlierBooksHold, makeEarlierBooks } from "../support/earlier-books.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const LATEST = SQLITE_MIGRATIONS.length;
const OLDER = Array.from({ length: LATEST - 1 }, (_none, at) => at + 1);

/** A file with books in the tables of today. */
async function madeBooks(): Promise<string> {
  const file = temporaryFile("books.db");
  await makeEarlierBooks(sqliteStore(file));
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
      await expectEarlierBooksHold(one, other);
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
