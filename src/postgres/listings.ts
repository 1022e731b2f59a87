// Lists for people: the newest ledger entries, and open reservations.

import { CHANGES_IN_SQL } from "../stores/contract/ledger.ts";
import type { StoredEntry } from "../stores/contract/ledger.ts";
import type { ListedHold, HoldsQuery } from "../stores/contract/holds.ts";
import { rootPath } from "../stores/contract/path.ts";
import type { NewestQuery } from "../stores/contract/store.ts";
import type { Row } from "../stores/sql/columns.ts";
import { listedHoldOf } from "../stores/sql/hold-row.ts";
import { entryOf } from "../stores/sql/entry-row.ts";
import { answersOf } from "./postgres-client.ts";
import type { PostgresConnection } from "./postgres-client.ts";

/** Ledger entries, newest first, in a schema whose name is quoted. */
export async function newestInPostgres(
  client: PostgresConnection,
  schema: string,
  query: NewestQuery,
): Promise<readonly StoredEntry[]> {
  const { path, after, before, sinceMs, limit, only } = query;
  const text = `SELECT row_to_json(line)::text AS answer FROM ${schema}.ledger line
    WHERE root = $1 AND seq > $2::bigint AND seq < $3::bigint AND at >= $4::bigint
      AND (path = $5::text OR (path > $5::text || '/' AND path < $5::text || '0'))
      ${only === undefined ? "" : `AND kind IN (${CHANGES_IN_SQL})`}
    ORDER BY seq DESC LIMIT $6::bigint`;
  const values = [rootPath(path), after, before, sinceMs, path, limit].map(String);
  return (await answersOf(client, text, values)).map((answer) => entryOf(rowOf(answer)));
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
