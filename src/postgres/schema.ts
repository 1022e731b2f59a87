// The tables and functions, and how a database comes to have them. A migration that was published
// is never changed; the next one is added behind it.

import { StoreIncompatible } from "../stores/contract/errors.ts";
import { CHANGES_IN_SQL } from "../stores/contract/ledger.ts";
import { AMOUNT_COLUMNS } from "../stores/sql/rows.ts";
import {
  functionsOf,
  functionsOfVersion3,
  functionsOfVersion4,
  functionsOfVersion5,
  functionsOfVersion6,
  functionsOfVersion7,
} from "./functions.ts";
import { answersOf } from "./postgres-client.ts";
import { refusalsOfVersion7 } from "./postgres-journal.ts";
import { sumsOfVersion4 } from "./ledger-sums.ts";
import type { PostgresConnection } from "./postgres-client.ts";

/** The key of the advisory lock under which tables are made: "tokenbud" in ASCII. */
const LOCK = "8389754676633367908";

const AMOUNT = (prefix: string): string =>
  AMOUNT_COLUMNS.map((column) => `${prefix}${column} bigint NOT NULL`).join(", ");
const TEXT = 'text COLLATE "C"';
/** Rows that are written again and again have room beside them, so that no index is touched. */
const REWRITTEN = "WITH (fillfactor = 40)";

/** What each version adds, in a schema whose name is quoted. */
const MIGRATIONS: readonly ((schema: string) => string)[] = [
  (schema) => `
CREATE TABLE ${schema}.trees (
  root ${TEXT} PRIMARY KEY,
  version text NOT NULL,
  resets bigint NOT NULL,
  lines bigint NOT NULL,
  turn_of text,
  turn_until bigint
) ${REWRITTEN};

CREATE TABLE ${schema}.pools (
  path ${TEXT} PRIMARY KEY,
  made text NOT NULL,
  caps text NOT NULL,
  overage text,
  "window" text NOT NULL,
  window_starts_at bigint,
  window_ends_at bigint,
  ${AMOUNT("taken_")},
  ${AMOUNT("reserved_")},
  ${AMOUNT("unknown_")},
  open_reservations bigint NOT NULL,
  generation bigint NOT NULL,
  dropped_before bigint NOT NULL
) ${REWRITTEN};

CREATE TABLE ${schema}.reservations (
  root ${TEXT} NOT NULL,
  id ${TEXT} NOT NULL,
  path ${TEXT} NOT NULL,
  ${AMOUNT("")},
  as_of bigint NOT NULL,
  units bigint NOT NULL,
  expires_at bigint NOT NULL,
  expired boolean NOT NULL,
  PRIMARY KEY (root, id)
);
CREATE INDEX leases ON ${schema}.reservations (root, expires_at) WHERE NOT expired;

CREATE TABLE ${schema}.ledger (
  root ${TEXT} NOT NULL,
  seq bigint NOT NULL,
  id ${TEXT} NOT NULL,
  kind text NOT NULL,
  path ${TEXT} NOT NULL,
  at bigint NOT NULL,
  ${AMOUNT("")},
  unknown boolean NOT NULL,
  amends ${TEXT},
  booked_at bigint NOT NULL,
  as_of bigint NOT NULL,
  outcome text,
  PRIMARY KEY (root, seq)
);
CREATE UNIQUE INDEX ledger_ids ON ${schema}.ledger (root, id);
CREATE INDEX amendments ON ${schema}.ledger (root, amends) WHERE amends IS NOT NULL;

CREATE TABLE ${schema}.waiters (
  root ${TEXT} NOT NULL,
  id ${TEXT} NOT NULL,
  seq bigint NOT NULL,
  path ${TEXT} NOT NULL,
  ${AMOUNT("")},
  expires_at bigint NOT NULL,
  PRIMARY KEY (root, id)
);
${functionsOf(schema)}`,
  (schema) => `
ALTER TABLE ${schema}.ledger ADD COLUMN model text, ADD COLUMN label text;`,
  (schema) => `
ALTER TABLE ${schema}.pools ADD COLUMN counts_since bigint;
${functionsOfVersion3(schema)}`,
  (schema) => `
ALTER TABLE ${schema}.ledger ADD COLUMN details text;
ALTER TABLE ${schema}.pools ADD COLUMN rank bigint;
CREATE INDEX dearest ON ${schema}.pools ((coalesce(rank, 0)) DESC, path);
${functionsOfVersion4(schema)}
${sumsOfVersion4(schema, AMOUNT(""))}`,
  (schema) => `
ALTER TABLE ${schema}.pools ADD COLUMN terms text;
CREATE INDEX changes ON ${schema}.ledger (root, seq) WHERE kind IN (${CHANGES_IN_SQL});
CREATE TABLE ${schema}.templates (pattern ${TEXT} PRIMARY KEY, settings text NOT NULL);
${functionsOfVersion5(schema)}`,
  (schema) => `
ALTER TABLE ${schema}.reservations ADD COLUMN slice text;
ALTER TABLE ${schema}.pools ADD COLUMN slices text;
${functionsOfVersion6(schema)}`,
  (schema) => `
ALTER TABLE ${schema}.pools ADD COLUMN parts text;
${functionsOfVersion7(schema)}
${refusalsOfVersion7(schema)}`,
];

/** One statement, and so one transaction on one connection, whatever hands it to the server. */
function migrationOf(schema: string): string {
  const steps = MIGRATIONS.map((sql, index) => {
    const version = index + 1;
    return `
  IF version_found < ${version} THEN
    ${sql(`"${schema}"`)}
    INSERT INTO "${schema}".schema_version VALUES (${version});
  END IF;`;
  });
  // The catalogs are read as tables: what functions such as to_regclass() look into may be older
  // than the lock.
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
 * Brings a schema to the tables of this version; one that has them is only looked at.
 *
 * @throws {StoreIncompatible} `STORE_INCOMPATIBLE` when a later version has made it.
 */
export async function migratePostgres(client: PostgresConnection, schema: string): Promise<void> {
  if ((await versionOf(client, schema)) === MIGRATIONS.length) return;
  try {
    await answersOf(client, migrationOf(schema), []);
  } catch (error) {
    // Where transactions are serializable, another process may have been faster.
    if ((await versionOf(client, schema)) !== MIGRATIONS.length) throw error;
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
  if (version > MIGRATIONS.length) {
    throw new StoreIncompatible(
      `The schema "${schema}" has the tables of version ${version}, this package knows them up to ${MIGRATIONS.length}; install the version of token-budget that has made it, or a later one`,
    );
  }
  return version;
}
