/**
 * One budget for many hosts, in a Postgres database.
 *
 * @module
 */

export { postgresStore } from "./postgres-store.ts";
export type { PostgresStoreOptions } from "./postgres-store.ts";
export type { NeonClient, PgClient, PostgresClient, UnsafeSqlClient } from "./postgres-client.ts";
