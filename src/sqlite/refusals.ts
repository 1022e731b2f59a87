// R18. The journals of refusals of a database, and the last numbers of its trees.

import type { TreeHead, TreeHeads } from "../stores/contract/events.ts";
import {
  countNamed,
  countNameOf,
  firstMinuteKept,
  keptRefusalOf,
  REFUSAL_COUNTS_KEPT,
  REFUSALS_KEPT,
  refusalText,
} from "../stores/contract/refusals.ts";
import type { RefusalBatch, RefusalsKept, RefusalsQuery } from "../stores/contract/refusals.ts";
import { numberOf, textOf, toRow } from "../stores/sql/columns.ts";
import type { Row } from "../stores/sql/columns.ts";
import type { SqliteDatabase, SqliteValue } from "./sqlite-database.ts";

const MINUTE_MS = 60_000;

/** Adds refusals to the journal of a tree, and drops the oldest beyond its limits. */
export function addRefusalsIn(
  database: SqliteDatabase,
  root: string,
  { at, lines, counts }: RefusalBatch,
): void {
  const insert = database.prepare(
    "INSERT INTO token_budget_refusals (root, at, text) VALUES (?, ?, ?)",
  );
  for (const line of lines) insert.run(root, line.at, refusalText(line));
  const count = database.prepare(
    `INSERT INTO token_budget_refusal_counts VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  );
  for (const each of counts) count.run(root, each.minute, countNameOf(each), each.count);
  database
    .prepare(
      `DELETE FROM token_budget_refusals WHERE root = ? AND seq <= (
        SELECT seq FROM token_budget_refusals WHERE root = ? ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
    )
    .run(root, root, REFUSALS_KEPT);
  database
    .prepare(
      `DELETE FROM token_budget_refusal_counts WHERE root = ? AND minute < max(?, coalesce((
        SELECT minute FROM token_budget_refusal_counts WHERE root = ?
        ORDER BY minute DESC LIMIT 1 OFFSET ?), 0))`,
    )
    .run(root, firstMinuteKept(at), root, REFUSAL_COUNTS_KEPT);
}

/** Returns the journal of a tree. */
export function keptRefusalsIn(
  database: SqliteDatabase,
  { root, after, sinceMs }: RefusalsQuery,
): RefusalsKept {
  const lines = rowsOf(
    database,
    `SELECT seq, text FROM token_budget_refusals
      WHERE root = ? AND seq > ? AND at >= ? ORDER BY seq`,
    [root, after, sinceMs],
  );
  const counts = rowsOf(
    database,
    "SELECT * FROM token_budget_refusal_counts WHERE root = ? AND minute > ?",
    [root, sinceMs - MINUTE_MS],
  );
  return {
    lines: lines.map((row) => keptRefusalOf(numberOf(row, "seq"), textOf(row, "text"))),
    counts: counts.map((row) =>
      countNamed(numberOf(row, "minute"), textOf(row, "name"), numberOf(row, "count")),
    ),
  };
}

/** Trees with entries or refusals after a position, with the last numbers of the database. */
export function headsIn(database: SqliteDatabase, place: string): TreeHeads {
  if (place === "") return allHeadsIn(database);
  const [lines = 0, refusals = 0] = place.split(" ").map(Number);
  const heads = new Map<string, TreeHead>();
  for (const row of rowsOf(database, headsOf("token_budget_ledger"), [lines])) {
    const root = textOf(row, "root");
    heads.set(root, { root, lines: numberOf(row, "seq"), refusals: 0 });
  }
  for (const row of rowsOf(database, headsOf("token_budget_refusals"), [refusals])) {
    const root = textOf(row, "root");
    const head = heads.get(root) ?? { root, lines: 0, refusals: 0 };
    heads.set(root, { ...head, refusals: numberOf(row, "seq") });
  }
  const all = [...heads.values()];
  const last = (of: (head: TreeHead) => number, before: number): number =>
    all.reduce((highest, head) => Math.max(highest, of(head)), before);
  return {
    heads: all,
    place: `${last((head) => head.lines, lines)} ${last((head) => head.refusals, refusals)}`,
  };
}

/** All trees, with the last numbers of the database: numbers of all trees share one row. */
function allHeadsIn(database: SqliteDatabase): TreeHeads {
  const [last = {}] = rowsOf(
    database,
    `SELECT (SELECT max(seq) FROM token_budget_ledger) AS lines,
      (SELECT max(seq) FROM token_budget_refusals) AS refusals`,
    [],
  );
  const lines = numberOf(last, "lines");
  const refusals = numberOf(last, "refusals");
  const roots = "SELECT path FROM token_budget_pools WHERE instr(path, '/') = 0";
  const heads = rowsOf(database, roots, []).map((row) => ({
    root: textOf(row, "path"),
    lines,
    refusals,
  }));
  return { heads, place: `${lines} ${refusals}` };
}

function headsOf(table: string): string {
  return `SELECT root, max(seq) AS seq FROM ${table} NOT INDEXED WHERE seq > ? GROUP BY root`;
}

function rowsOf(
  database: SqliteDatabase,
  sql: string,
  values: readonly SqliteValue[],
): readonly Row[] {
  return database
    .prepare(sql)
    .all(...values)
    .map((found) => toRow(found) ?? {});
}
