// The sums of the ledger in Postgres. Entries are added to them in bulk, when sums are read and
// after thousands of writes, so that no single call pays for it.

import { firstSince, LINES_READ } from "../stores/books/first-since.ts";
import { addedUp, DAY_MS } from "../stores/contract/ledger-sums.ts";
import type { SumKey, ListedSum, SumsQuery } from "../stores/contract/ledger-sums.ts";
import { rootPath } from "../stores/contract/path.ts";
import { AMOUNT_COLUMNS, numberOf, quantitiesInRow, textOf } from "../stores/sql/columns.ts";
import type { Row } from "../stores/sql/columns.ts";
import { answersOf } from "./postgres-client.ts";
import type { PostgresConnection } from "./postgres-client.ts";

/** How many entries one step adds to the sums: about 100 ms while other processes wait. */
const SUMMED_AT_ONCE = 50_000;
const SUMS = AMOUNT_COLUMNS.map((axis) => `sum(${axis})::bigint AS ${axis}`).join(", ");
const NAMES: Readonly<Record<SumKey, string>> = {
  day: "day::text",
  model: "model",
  label: "label",
  pool: "path",
};
const NAMES_OF_ENTRIES: Readonly<Record<SumKey, string>> = {
  day: `(at / ${DAY_MS})::text`,
  model: "model",
  label: "label",
  pool: "path",
};

/** The sums stored in a schema, whose name is quoted. */
export class PostgresSums {
  readonly #client: PostgresConnection;
  readonly #schema: string;

  constructor(client: PostgresConnection, schema: string) {
    this.#client = client;
    this.#schema = schema;
  }

  /** Adds all entries of a tree to the sums. */
  async sumUp(root: string): Promise<void> {
    const text = `SELECT ${this.#schema}.sum_up_1($1, $2::bigint) AS answer`;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- each step begins where the last one ended
      const [answer] = await answersOf(this.#client, text, [root, String(SUMMED_AT_ONCE)]);
      if (answer !== "more") return;
    }
  }

  /** Returns the sums, with the day of `sinceMs` computed from its entries. */
  async sums({ path, by, sinceMs }: SumsQuery): Promise<readonly ListedSum[]> {
    const root = rootPath(path);
    await this.sumUp(root);
    const firstDay = Math.ceil(sinceMs / DAY_MS);
    const ofDays = await this.#ask(
      `SELECT ${NAMES[by]} AS name, sum(lines)::bigint AS lines, ${SUMS} FROM ${this.#schema}.sums
        WHERE root = $1 AND (path = $2::text OR (path > $2::text || '/' AND path < $2::text || '0'))
          AND day >= $3::bigint GROUP BY 1`,
      [root, path, String(firstDay)],
    );
    if (sinceMs === firstDay * DAY_MS) return ofDays;
    return addedUp([
      ...ofDays,
      ...(await this.#ofEntries({ path, by, sinceMs }, firstDay * DAY_MS)),
    ]);
  }

  async #ofEntries(
    { path, by, sinceMs }: SumsQuery,
    endsAt: number,
  ): Promise<readonly ListedSum[]> {
    const root = rootPath(path);
    const summed = `SELECT seq::text AS answer FROM ${this.#schema}.summed WHERE root = $1`;
    const last = Number((await answersOf(this.#client, summed, [root]))[0] ?? 0);
    const from = await this.firstSince(root, sinceMs, { after: 0, last });
    // If a clock was set back, entries of one day may follow the first of the next.
    const to = await this.firstSince(root, endsAt + 2 * 60_000, { after: from, last });
    const bounds = [from, Math.min(last, to + LINES_READ), sinceMs, endsAt].map(String);
    return await this.#ask(
      `SELECT ${NAMES_OF_ENTRIES[by]} AS name, sum(lines)::bigint AS lines, ${SUMS}
        FROM ${this.#schema}.booked_1($1, $3::bigint, $4::bigint)
        WHERE (path = $2::text OR (path > $2::text || '/' AND path < $2::text || '0'))
          AND at >= $5::bigint AND at < $6::bigint GROUP BY 1`,
      [root, path, ...bounds],
    );
  }

  /** A number below that of all entries since a time. */
  async firstSince(
    root: string,
    sinceMs: number,
    range: { readonly after: number; readonly last: number },
  ): Promise<number> {
    const next = `SELECT seq || ' ' || at AS answer FROM ${this.#schema}.ledger
      WHERE root = $1 AND seq > $2::bigint ORDER BY seq LIMIT 1`;
    return await firstSince(sinceMs, range, async (from) => {
      const [answer] = await answersOf(this.#client, next, [root, String(from)]);
      const [seq, at] = (answer ?? "").split(" ").map(Number);
      return seq === undefined || at === undefined ? undefined : { seq, at };
    });
  }

  async #ask(text: string, values: readonly string[]): Promise<readonly ListedSum[]> {
    const rows = `SELECT row_to_json(each)::text AS answer FROM (${text}) each`;
    const answers = await answersOf(this.#client, rows, [...values]);
    return answers.map((answer) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row of our query
      const row = JSON.parse(answer ?? "{}") as Row;
      return {
        name: textOf(row, "name"),
        amount: quantitiesInRow(row),
        entries: numberOf(row, "lines"),
      };
    });
  }
}
