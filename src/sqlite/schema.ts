// The tables, and how a file comes to have them. A migration that was published is never changed;
// the next one is added behind it.

import { StoreIncompatible } from "../stores/contract/errors.ts";
import { CHANGES_IN_SQL } from "../stores/contract/ledger.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

const AMOUNT = (prefix: string): string =>
  ["tokens", "input_tokens", "output_tokens", "nano_usd", "calls"]
    .map((axis) => `${prefix}${axis} INTEGER NOT NULL`)
    .join(", ");

const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE token_budget_pools (
  path TEXT PRIMARY KEY,
  made TEXT NOT NULL,
  caps TEXT NOT NULL,
  overage TEXT,
  window TEXT NOT NULL,
  window_starts_at INTEGER,
  window_ends_at INTEGER,
  ${AMOUNT("taken_")},
  ${AMOUNT("reserved_")},
  ${AMOUNT("unknown_")},
  open_reservations INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  dropped_before INTEGER NOT NULL,
  resets INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE token_budget_reservations (
  root TEXT NOT NULL,
  id TEXT NOT NULL,
  path TEXT NOT NULL,
  ${AMOUNT("")},
  as_of INTEGER NOT NULL,
  units INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  expired INTEGER NOT NULL,
  PRIMARY KEY (root, id)
) WITHOUT ROWID;
CREATE INDEX token_budget_leases ON token_budget_reservations (root, expires_at)
  WHERE expired = 0;

CREATE TABLE token_budget_ledger (
  seq INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  at INTEGER NOT NULL,
  ${AMOUNT("")},
  unknown INTEGER NOT NULL,
  amends TEXT,
  booked_at INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  outcome TEXT
);
CREATE UNIQUE INDEX token_budget_ledger_ids ON token_budget_ledger (root, id);
CREATE INDEX token_budget_amendments ON token_budget_ledger (root, amends)
  WHERE amends IS NOT NULL;

CREATE TABLE token_budget_waiters (
  seq INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  id TEXT NOT NULL,
  path TEXT NOT NULL,
  ${AMOUNT("")},
  expires_at INTEGER NOT NULL,
  UNIQUE (root, id)
);
`,
  `
ALTER TABLE token_budget_ledger ADD COLUMN model TEXT;
ALTER TABLE token_budget_ledger ADD COLUMN label TEXT;
`,
  `
ALTER TABLE token_budget_pools ADD COLUMN counts_since INTEGER;
`,
  `
ALTER TABLE token_budget_ledger ADD COLUMN details TEXT;

CREATE TABLE token_budget_sums (
  root TEXT NOT NULL,
  day INTEGER NOT NULL,
  path TEXT NOT NULL,
  model TEXT NOT NULL,
  label TEXT NOT NULL,
  lines INTEGER NOT NULL,
  ${AMOUNT("")},
  PRIMARY KEY (root, day, path, model, label)
) WITHOUT ROWID;
CREATE TABLE token_budget_summed (seq INTEGER NOT NULL);
INSERT INTO token_budget_summed VALUES (0);

ALTER TABLE token_budget_pools ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
CREATE INDEX token_budget_dearest ON token_budget_pools (rank DESC, path);
`,
  `
ALTER TABLE token_budget_pools ADD COLUMN terms TEXT;

CREATE INDEX token_budget_changes ON token_budget_ledger (root, seq)
  WHERE kind IN (${CHANGES_IN_SQL});

CREATE TABLE token_budget_templates (pattern TEXT PRIMARY KEY, settings TEXT NOT NULL)
  WITHOUT ROWID;
`,
  `
ALTER TABLE token_budget_reservations ADD COLUMN slice TEXT;
ALTER TABLE token_budget_pools ADD COLUMN slices TEXT;
`,
  `
ALTER TABLE token_budget_pools ADD COLUMN parts TEXT;

CREATE TABLE token_budget_refusals (
  seq INTEGER PRIMARY KEY,
  root TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX token_budget_refusals_of_root ON token_budget_refusals (root, seq);
CREATE TABLE token_budget_refusal_counts (
  root TEXT NOT NULL,
  minute INTEGER NOT NULL,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (root, minute, name)
) WITHOUT ROWID;
`,
];

/**
 * Brings a database to the tables of this version, in one transaction.
 *
 * @throws {StoreIncompatible} `STORE_INCOMPATIBLE` when a later version has written it.
 */
export function migrateSqlite(database: SqliteDatabase): void {
  // Many who open a file at once need not stand in line for its lock when nothing is to be done.
  if (versionOf(database) === MIGRATIONS.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec("CREATE TABLE IF NOT EXISTS token_budget_schema (version INTEGER NOT NULL)");
    const version = versionOf(database);
    if (version > MIGRATIONS.length) {
      throw new StoreIncompatible(
        `This database has the tables of version ${version}, this package knows them up to ${MIGRATIONS.length}; install the version of token-budget that has written it, or a later one`,
      );
    }
    for (const [index, sql] of MIGRATIONS.entries()) {
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
