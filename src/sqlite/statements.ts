// The statements on the tables of `migrations`, prepared once for a connection.

import { CHANGES_IN_SQL } from "../stores/contract/ledger.ts";
import { AMOUNT_COLUMNS } from "../stores/sql/columns.ts";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.ts";

const SETTINGS: readonly string[] = [
  "caps",
  "overage",
  "window",
  "window_starts_at",
  "window_ends_at",
  "rank",
  "terms",
  "parts",
];
const FIGURES: readonly string[] = [
  ...["taken_", "reserved_", "unknown_"].flatMap((prefix) =>
    AMOUNT_COLUMNS.map((axis) => prefix + axis),
  ),
  "open_reservations",
  "generation",
  "dropped_before",
  "resets",
  "counts_since",
  "slices",
];

const HOLD_CHANGES: readonly string[] = [
  ...AMOUNT_COLUMNS,
  "as_of",
  "units",
  "expires_at",
  "expired",
  "slice",
];

/** A statement for every query of the books. */
export interface Statements {
  readonly begin: SqliteStatement;
  readonly commit: SqliteStatement;
  readonly abandon: SqliteStatement;
  readonly pool: SqliteStatement;
  readonly createPool: SqliteStatement;
  readonly removePool: SqliteStatement;
  readonly below: SqliteStatement;
  readonly deletion: SqliteStatement;
  readonly writePool: SqliteStatement;
  readonly writeFigures: SqliteStatement;
  readonly paths: SqliteStatement;
  readonly reservation: SqliteStatement;
  readonly keep: SqliteStatement;
  readonly update: SqliteStatement;
  readonly drop: SqliteStatement;
  readonly expired: SqliteStatement;
  readonly leaseEnd: SqliteStatement;
  readonly writeLeaseEnd: SqliteStatement;
  readonly line: SqliteStatement;
  readonly append: SqliteStatement;
  readonly amended: SqliteStatement;
  readonly ledger: SqliteStatement;
  readonly changes: SqliteStatement;
  readonly lastEntry: SqliteStatement;
  readonly entryAfter: SqliteStatement;
  readonly waiters: SqliteStatement;
  readonly keepWaiter: SqliteStatement;
  readonly dropWaiter: SqliteStatement;
}

function placesOf(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}

function placesFor(columns: readonly string[]): string {
  return columns.map((name) => `${name} = ?`).join(", ");
}

function updateOf(columns: readonly string[]): string {
  return `UPDATE token_budget_pools SET ${placesFor(columns)} WHERE path = ?`;
}

/** Prepares all statements. */
export function prepareStatements(database: SqliteDatabase): Statements {
  const sums = AMOUNT_COLUMNS.map((axis) => `sum(${axis}) AS ${axis}`).join(", ");
  const columns = [...SETTINGS, ...FIGURES];
  const prepare = (sql: string): SqliteStatement => database.prepare(sql);
  return {
    begin: prepare("BEGIN IMMEDIATE"),
    commit: prepare("COMMIT"),
    abandon: prepare("ROLLBACK"),
    pool: prepare("SELECT * FROM token_budget_pools WHERE path = ?"),
    createPool: prepare(
      `INSERT INTO token_budget_pools (${columns.join(", ")}, path, made) VALUES (${placesOf(columns.length + 2)})`,
    ),
    removePool: prepare("DELETE FROM token_budget_pools WHERE path = ?"),
    below: prepare(
      "SELECT path FROM token_budget_pools WHERE path > ? || '/' AND path < ? || '0' LIMIT 1",
    ),
    // Of a root: how many resets and rolls its tree had counted.
    deletion: prepare(
      `SELECT as_of FROM token_budget_ledger INDEXED BY token_budget_changes WHERE kind IN (${CHANGES_IN_SQL}) AND kind = 'delete' AND root = ? AND path = root ORDER BY seq DESC LIMIT 1`,
    ),
    writePool: prepare(updateOf(columns)),
    writeFigures: prepare(updateOf(FIGURES)),
    paths: prepare("SELECT path FROM token_budget_pools ORDER BY path"),
    reservation: prepare("SELECT * FROM token_budget_reservations WHERE root = ? AND id = ?"),
    keep: prepare(`INSERT OR REPLACE INTO token_budget_reservations VALUES (${placesOf(13)})`),
    update: prepare(
      `UPDATE token_budget_reservations SET ${placesFor(HOLD_CHANGES)} WHERE root = ? AND id = ?`,
    ),
    drop: prepare("DELETE FROM token_budget_reservations WHERE root = ? AND id = ?"),
    expired: prepare(
      "SELECT * FROM token_budget_reservations WHERE root = ? AND expired = 0 AND expires_at <= ?",
    ),
    leaseEnd: prepare(
      "SELECT min(expires_at) AS at FROM token_budget_reservations WHERE root = ? AND expired = 0 AND expires_at > ?",
    ),
    writeLeaseEnd: prepare("UPDATE token_budget_pools SET lease_ends_at = ? WHERE path = ?"),
    line: prepare("SELECT * FROM token_budget_ledger WHERE root = ? AND id = ?"),
    append: prepare(
      `INSERT INTO token_budget_ledger (root, id, kind, path, at, ${AMOUNT_COLUMNS.join(", ")}, unknown, amends, booked_at, as_of, outcome, model, label, details) VALUES (${placesOf(18)})`,
    ),
    amended: prepare(
      `SELECT count(*) AS lines, ${sums} FROM token_budget_ledger WHERE root = ? AND amends = ?`,
    ),
    // SQLite would use the index of ids for `root`, and sort all entries for every page. Names
    // contain no "/", and "0" is the next character: everything in between is below the path.
    ledger: prepare(
      "SELECT * FROM token_budget_ledger NOT INDEXED WHERE root = ? AND seq > ? AND at >= ? AND (path = ? OR (path > ? || '/' AND path < ? || '0')) ORDER BY seq LIMIT ?",
    ),
    changes: prepare(
      `SELECT * FROM token_budget_ledger INDEXED BY token_budget_changes WHERE kind IN (${CHANGES_IN_SQL}) AND root = ? AND seq > ? AND at >= ? AND (path = ? OR (path > ? || '/' AND path < ? || '0')) ORDER BY seq LIMIT ?`,
    ),
    lastEntry: prepare("SELECT max(seq) AS seq FROM token_budget_ledger"),
    entryAfter: prepare(
      "SELECT seq, at FROM token_budget_ledger WHERE seq > ? ORDER BY seq LIMIT 1",
    ),
    waiters: prepare("SELECT * FROM token_budget_waiters WHERE root = ? ORDER BY seq"),
    keepWaiter: prepare(
      `INSERT INTO token_budget_waiters (root, id, path, ${AMOUNT_COLUMNS.join(", ")}, expires_at) VALUES (${placesOf(9)}) ON CONFLICT (root, id) DO UPDATE SET expires_at = excluded.expires_at`,
    ),
    dropWaiter: prepare("DELETE FROM token_budget_waiters WHERE root = ? AND id = ?"),
  };
}
