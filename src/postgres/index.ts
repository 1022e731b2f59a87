/**
 * One budget for many hosts, in a Postgres database.
 *
 * @module
 */

export { postgresStore } from "./postgres-store.ts";
export type { PostgresStoreOptions } from "./postgres-store.ts";
export type { PostgresClient } from "./postgres-client.ts";
