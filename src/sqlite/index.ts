/**
 * One budget for all processes of a machine, in a SQLite file.
 *
 * @module
 */

export { sqliteStore } from "./sqlite-store.ts";
export type { Durability, SqliteStoreOptions } from "./sqlite-store.ts";
export type { SqliteDatabase, SqliteStatement, SqliteValue } from "./sqlite-database.ts";
