// Creates and updates the tables, which `migrations` defines.

import { StoreIncompatible } from "../stores/contract/errors.ts";
import { SQLITE_MIGRATIONS } from "./migrations/embedded.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/**
 * Migrates a database to the tables of this version, in one transaction.
 *
 * @throws {StoreIncompatible} `STORE_INCOMPATIBLE` if a later version has written it.
 */
export function migrateSqlite(database: SqliteDatabase): void {
  // Concurrent opens of an up-to-date file need not wait for its lock.
  if (versionOf(database) === SQLITE_MIGRATIONS.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec("CREATE TABLE IF NOT EXISTS token_budget_schema (version INTEGER NOT NULL)");
    const version = versionOf(database);
    if (version > SQLITE_MIGRATIONS.length) {
      throw new StoreIncompatible(
        `This database has tables of version ${version}, but this package supports them up to ${SQLITE_MIGRATIONS.length}; install the version of token-budget that wrote it, or a later one`,
      );
    }
    for (const [index, sql] of SQLITE_MIGRATIONS.entries()) {
      if (index < version) continue;
      database.exec(sql);
      database.prepare("INSERT INTO token_budget_schema VALUES (?)").run(index + 1);
    }
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(database: SqliteDatabase): number {
  const table = database
    .prepare("SELECT name FROM sqlite_master WHERE name = 'token_budget_schema'")
    .get();
  if (table === undefined) return 0;
  const row = database.prepare("SELECT max(version) AS version FROM token_budget_schema").get();
  const found: unknown = Reflect.get(Object(row), "version");
  return typeof found === "number" ? found : 0;
}
