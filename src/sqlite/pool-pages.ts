// The paths of pools, page by page, by path or by rank.

import { dearPlaceOf, readDearPlace } from "../stores/contract/pool-page.ts";
import type { PathsQuery, PlacedPath } from "../stores/contract/pool-page.ts";
import { numberOf, toRow, textOf } from "../stores/sql/columns.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

const BELOW = "(path = ? OR (path > ? || '/' AND path < ? || '0'))";

/** Returns the next paths of a database. */
export function pathsAfter(
  database: SqliteDatabase,
  { below, by, after, limit }: PathsQuery,
): readonly PlacedPath[] {
  const only = below === undefined ? "" : ` AND ${BELOW}`;
  const tops = below === undefined ? [] : [below, below, below];
  const found =
    by === "path"
      ? database
          .prepare(
            `SELECT path FROM token_budget_pools WHERE path > ?${only} ORDER BY path LIMIT ?`,
          )
          .all(after ?? "", ...tops, limit)
      : dearestAfter(database, after, only, tops, limit);
  return found.map((each) => {
    const row = toRow(each) ?? {};
    const path = textOf(row, "path");
    return { path, place: by === "path" ? path : dearPlaceOf(numberOf(row, "rank"), path) };
  });
}

function dearestAfter(
  database: SqliteDatabase,
  after: string | undefined,
  only: string,
  tops: readonly string[],
  limit: number,
): readonly unknown[] {
  const from = after === undefined ? { rank: 1e9, path: "" } : readDearPlace(after);
  const pools = "SELECT path, rank FROM token_budget_pools INDEXED BY token_budget_dearest WHERE";
  const order = "ORDER BY rank DESC, path LIMIT ?";
  // Pools of the same rank, and of lower ranks, each in the order of the index.
  const same = database
    .prepare(`${pools} rank = ? AND path > ?${only} ${order}`)
    .all(from.rank, from.path, ...tops, limit);
  const rest = limit - same.length;
  if (rest === 0) return same;
  return [
    ...same,
    ...database.prepare(`${pools} rank < ?${only} ${order}`).all(from.rank, ...tops, rest),
  ];
}
