// The part of a SQLite driver that is used: `node:sqlite` and better-sqlite3 both fit. No driver is
// imported for its types.

import process from "node:process";

import { StoreIncompatible } from "../stores/contract/errors.ts";

/** A value that can be bound, or that a row contains. */
export type SqliteValue = string | number | null;

/** A prepared statement with positional parameters. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): unknown;
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
}

/** A database connection: a `DatabaseSync` of `node:sqlite`, or a `Database` of better-sqlite3. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteDatabase;
}

/**
 * Opens a file with the runtime's built-in SQLite.
 *
 * @throws {StoreIncompatible} `STORE_INCOMPATIBLE` if it has none, as on Node.js 20.
 */
export function openDatabase(path: string): SqliteDatabase {
  const builtin = (process as { getBuiltinModule?: (id: string) => unknown }).getBuiltinModule;
  const module: unknown = builtin?.("node:sqlite");
  if (!isSqliteModule(module)) {
    throw new StoreIncompatible(
      `This runtime (${process.version}) has no node:sqlite, which needs Node.js 22.13; pass a better-sqlite3 database: sqliteStore(new Database(${JSON.stringify(path)}))`,
    );
  }
  return new module.DatabaseSync(path);
}

function isSqliteModule(module: unknown): module is SqliteModule {
  return typeof module === "object" && module !== null && "DatabaseSync" in module;
}

const SQLITE_BUSY = 5;
const PRIMARY_CODE = 0xff;

/** Returns whether an error says that another connection is writing. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, "code");
  const errcode: unknown = Reflect.get(error, "errcode");
  return (
    (typeof code === "string" && code.startsWith("SQLITE_BUSY")) ||
    (typeof errcode === "number" && (errcode & PRIMARY_CODE) === SQLITE_BUSY)
  );
}
