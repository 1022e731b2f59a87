// Creates and updates the tables and functions, which `migrations` defines.

import { StoreIncompatible } from "../stores/contract/errors.ts";
import { POSTGRES_MIGRATIONS } from "./migrations/embedded.ts";
import { answersOf } from "./postgres-client.ts";
import type { PostgresConnection } from "./postgres-client.ts";

/** The key of the advisory lock for creating tables: "tokenbud" in ASCII. */
const LOCK = "8389754676633367908";

/** The schema that the migrations name. */
const NAMED = /\btoken_budget\./g;

/** One statement, and so one transaction on one connection, whichever driver sends it. */
function migrationOf(schema: string): string {
  const steps = POSTGRES_MIGRATIONS.map((sql, index) => {
    const version = index + 1;
    return `
  IF version_found < ${version} THEN
    ${sql.replaceAll(NAMED, `"${schema}".`)}
    INSERT INTO "${schema}".schema_version VALUES (${version});
  END IF;`;
  });
  // The catalogs are read as tables: functions such as to_regclass() may see a state from before
  // the lock.
  return `
DO $migration$
DECLARE
  version_found integer;
BEGIN
  PERFORM pg_advisory_xact_lock(${LOCK});
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = '${schema}') THEN
    CREATE SCHEMA "${schema}";
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_tables
    WHERE schemaname = '${schema}' AND tablename = 'schema_version') THEN
    CREATE TABLE "${schema}".schema_version (version integer PRIMARY KEY);
  END IF;
  SELECT coalesce(max(version), 0) INTO version_found FROM "${schema}".schema_version;
  ${steps.join("\n")}
END
$migration$`;
}

/**
 * Migrates a schema to the tables of this version; only reads one that has them.
 *
 * @throws {StoreIncompatible} `STORE_INCOMPATIBLE` if a later version has created it.
 */
export async function migratePostgres(client: PostgresConnection, schema: string): Promise<void> {
  if ((await versionOf(client, schema)) === POSTGRES_MIGRATIONS.length) return;
  try {
    await answersOf(client, migrationOf(schema), []);
  } catch (error) {
    // With serializable transactions, another process may have been faster.
    if ((await versionOf(client, schema)) !== POSTGRES_MIGRATIONS.length) throw error;
  }
}

async function versionOf(client: PostgresConnection, schema: string): Promise<number> {
  const [table] = await answersOf(client, "SELECT to_regclass($1)::text AS answer", [
    `"${schema}".schema_version`,
  ]);
  if (table === null) return 0;
  const [answer] = await answersOf(
    client,
    `SELECT max(version)::text AS answer FROM "${schema}".schema_version`,
    [],
  );
  const version = Number(answer ?? 0);
  if (version > POSTGRES_MIGRATIONS.length) {
    throw new StoreIncompatible(
      `The schema "${schema}" has tables of version ${version}, but this package supports them up to ${POSTGRES_MIGRATIONS.length}; install the version of token-budget that created it, or a later one`,
    );
  }
  return version;
}
