// Lists for people: the newest ledger entries, and open reservations.

import { CHANGES_IN_SQL } from "../stores/contract/ledger.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import type { ListedHold, HoldsQuery } from "../stores/contract/holds.ts";
import { rootPath } from "../stores/contract/path.ts";
import type { NewestQuery } from "../stores/contract/store.ts";
import { toRow } from "../stores/sql/columns.ts";
import { listedHoldOf } from "../stores/sql/hold-row.ts";
import { entryOf } from "../stores/sql/entry-row.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** Ledger entries, newest first. */
export function newestInSqlite(
  database: SqliteDatabase,
  query: NewestQuery,
): readonly StoredEntry[] {
  const { path, after, before, sinceMs, limit, only } = query;
  // As in statements.ts: with the index of ids, SQLite would sort all entries.
  const from =
    only === undefined
      ? "NOT INDEXED WHERE"
      : `INDEXED BY token_budget_changes WHERE kind IN (${CHANGES_IN_SQL}) AND`;
  const rows = database
    .prepare(
      `SELECT * FROM token_budget_ledger ${from} root = ? AND seq > ? AND seq < ? AND at >= ? AND (path = ? OR (path > ? || '/' AND path < ? || '0')) ORDER BY seq DESC LIMIT ?`,
    )
    .all(rootPath(path), after, before, sinceMs, path, path, path, limit);
  return rows.map((row) => entryOf(toRow(row) ?? {}));
}

/** Open reservations, in the order of their ids. */
export function holdsInSqlite(
  database: SqliteDatabase,
  { path, after, limit, id }: HoldsQuery,
): readonly ListedHold[] {
  const rows = database
    .prepare(
      "SELECT * FROM token_budget_reservations WHERE root = ? AND id > ? AND expired = 0 AND (? = '' OR id = ?) AND (path = ? OR (path > ? || '/' AND path < ? || '0')) ORDER BY id LIMIT ?",
    )
    .all(rootPath(path), after, id, id, path, path, path, limit);
  return rows.map((row) => listedHoldOf(toRow(row) ?? {}));
}
