// Pages of the ledger, from both of its ends, and lists of open reservations.

import { CHANGES_IN_SQL } from "../stores/contract/ledger.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import type { ListedHold, HoldsQuery } from "../stores/contract/holds.ts";
import { rootPath } from "../stores/contract/path.ts";
import type { LedgerQuery, NewestQuery } from "../stores/contract/store.ts";
import type { Row } from "../stores/sql/columns.ts";
import { listedHoldOf } from "../stores/sql/hold-row.ts";
import { entriesInRow } from "./entry-pack.ts";
import { answersOf } from "./postgres-client.ts";
import type { PostgresConnection } from "./postgres-client.ts";

/** A query of a page of rows, in a schema whose name is quoted. */
interface Page {
  readonly client: PostgresConnection;
  readonly schema: string;
  readonly query: NewestQuery;
  readonly isBackwards: boolean;
}

/** The rows whose entries fill a page. A row of a draw counts for its entries in between. */
async function rowsOfPage({ client, schema, query, isBackwards }: Page): Promise<readonly Row[]> {
  const { path, after, before, sinceMs, limit, only } = query;
  const ledger = `${schema}.ledger`;
  const order = isBackwards ? "seq DESC" : "seq";
  // Names contain no "/", and "0" is the next character: everything in between is below the path.
  // The last row may be that of a draw that goes on beyond the page.
  const text = `SELECT row_to_json(page)::text AS answer FROM (
    SELECT line.*, sum(counted) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) - counted AS place
    FROM ${ledger} line, LATERAL (SELECT greatest(0, least(seq, $3::bigint - 1)
      - greatest($2::bigint, seq - coalesce(packed - coalesce(gone, 0), 1))) AS counted) own
    WHERE root = $1 AND seq > $2::bigint AND seq <= coalesce((SELECT seq FROM ${ledger}
        WHERE root = $1 AND seq >= $3::bigint ORDER BY seq LIMIT 1), $3::bigint)
      AND at >= $4::bigint
      AND (path = $5::text OR (path > $5::text || '/' AND path < $5::text || '0'))
      ${only === undefined ? "" : `AND kind IN (${CHANGES_IN_SQL})`}
    ORDER BY ${order} LIMIT $6::bigint + 1) page
    WHERE place < $6::bigint ORDER BY ${order}`;
  const values = [rootPath(path), after, before, sinceMs, path, limit].map(String);
  return (await answersOf(client, text, values)).map(rowOf);
}

/** Ledger entries, oldest first, in a schema whose name is quoted. */
export async function ledgerInPostgres(
  client: PostgresConnection,
  schema: string,
  query: LedgerQuery,
): Promise<readonly StoredEntry[]> {
  const page = { ...query, before: Number.MAX_SAFE_INTEGER };
  const rows = await rowsOfPage({ client, schema, query: page, isBackwards: false });
  return rows.flatMap((row) => entriesInRow(row, page.after, page.before)).slice(0, query.limit);
}

/** Ledger entries, newest first, in a schema whose name is quoted. */
export async function newestInPostgres(
  client: PostgresConnection,
  schema: string,
  query: NewestQuery,
): Promise<readonly StoredEntry[]> {
  const rows = await rowsOfPage({ client, schema, query, isBackwards: true });
  return rows
    .flatMap((row) => entriesInRow(row, query.after, query.before).toReversed())
    .slice(0, query.limit);
}

/** Open reservations, in the order of their ids. */
export async function holdsInPostgres(
  client: PostgresConnection,
  schema: string,
  { path, after, limit, id }: HoldsQuery,
): Promise<readonly ListedHold[]> {
  const text = `SELECT row_to_json(each)::text AS answer FROM ${schema}.reservations each
    WHERE root = $1 AND id > $2::text AND NOT expired AND ($5::text = '' OR id = $5::text)
      AND (path = $3::text OR (path > $3::text || '/' AND path < $3::text || '0'))
    ORDER BY id LIMIT $4::bigint`;
  const values = [rootPath(path), after, path, String(limit), id];
  return (await answersOf(client, text, values)).map((answer) => listedHoldOf(rowOf(answer)));
}

function rowOf(answer: string | null): Row {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row of our table
  return JSON.parse(answer ?? "{}") as Row;
}
