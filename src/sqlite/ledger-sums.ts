// The sums of the ledger in SQLite. Entries are added to them in bulk, when sums are read and after
// thousands of writes, so that no single call pays for it.

import { firstSince, LINES_READ } from "../stores/books/first-since.ts";
import { addedUp, DAY_MS, KINDS_IN_SQL } from "../stores/contract/ledger-sums.ts";
import type { SumKey, ListedSum, SumsQuery } from "../stores/contract/ledger-sums.ts";
import { rootPath } from "../stores/contract/path.ts";
import { AMOUNT_COLUMNS, numberOf, quantitiesInRow, toRow, textOf } from "../stores/sql/columns.ts";
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.ts";

const SUMS = AMOUNT_COLUMNS.map((axis) => `sum(${axis}) AS ${axis}`).join(", ");
const BELOW = "(path = ? OR (path > ? || '/' AND path < ? || '0'))";
const NAMES: Readonly<Record<SumKey, string>> = {
  day: "day",
  model: "model",
  label: "label",
  pool: "path",
};
/** The same for entries, which have no day column, and null without a model or label. */
const NAMES_OF_ENTRIES: Readonly<Record<SumKey, string>> = {
  day: `at / ${DAY_MS}`,
  model: "coalesce(model, '')",
  label: "coalesce(label, '')",
  pool: "path",
};

/** The sums stored in a database. */
export class SqliteSums {
  readonly #database: SqliteDatabase;
  readonly #summed: SqliteStatement;
  readonly #lastLine: SqliteStatement;
  readonly #lineAfter: SqliteStatement;
  readonly #addLines: SqliteStatement;
  readonly #setSummed: SqliteStatement;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#summed = database.prepare("SELECT seq FROM token_budget_summed");
    this.#lastLine = database.prepare("SELECT max(seq) AS seq FROM token_budget_ledger");
    this.#lineAfter = database.prepare(
      "SELECT seq, at FROM token_budget_ledger WHERE seq > ? ORDER BY seq LIMIT 1",
    );
    const columns = ["lines", ...AMOUNT_COLUMNS];
    this.#addLines = database.prepare(
      `INSERT INTO token_budget_sums
        SELECT root, at / ${DAY_MS}, path, coalesce(model, ''), coalesce(label, ''), count(*),
          ${AMOUNT_COLUMNS.map((axis) => `sum(${axis})`).join(", ")}
        FROM token_budget_ledger NOT INDEXED
        WHERE seq > ? AND seq <= ? AND kind IN (${KINDS_IN_SQL}) GROUP BY 1, 2, 3, 4, 5
        ON CONFLICT DO UPDATE SET ${columns.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`,
    );
    this.#setSummed = database.prepare("UPDATE token_budget_summed SET seq = ?");
  }

  /** Adds the next entries to the sums, within a transaction; returns whether there are more. */
  sumUp(linesMax: number): boolean {
    const from = numberOf(toRow(this.#summed.get()) ?? {}, "seq");
    const last = numberOf(toRow(this.#lastLine.get()) ?? {}, "seq");
    const to = Math.min(last, from + linesMax);
    if (to > from) {
      this.#addLines.run(from, to);
      this.#setSummed.run(to);
    }
    return to < last;
  }

  /** Returns the sums, with the day of `sinceMs` computed from its entries. */
  async sums({ path, by, sinceMs }: SumsQuery): Promise<readonly ListedSum[]> {
    const firstDay = Math.ceil(sinceMs / DAY_MS);
    const rows = this.#database
      .prepare(
        `SELECT ${NAMES[by]} AS name, sum(lines) AS lines, ${SUMS} FROM token_budget_sums
          WHERE root = ? AND day >= ? AND ${BELOW} GROUP BY 1`,
      )
      .all(rootPath(path), firstDay, path, path, path);
    const isWholeDay = sinceMs === firstDay * DAY_MS;
    return addedUp([
      ...rows.map(sumOf),
      ...(isWholeDay ? [] : await this.#ofEntries({ path, by, sinceMs }, firstDay)),
    ]);
  }

  async #ofEntries(
    { path, by, sinceMs }: SumsQuery,
    firstDay: number,
  ): Promise<readonly ListedSum[]> {
    const endsAt = firstDay * DAY_MS;
    const summed = numberOf(toRow(this.#summed.get()) ?? {}, "seq");
    const next = (seq: number): { seq: number; at: number } | undefined => {
      const row = toRow(this.#lineAfter.get(seq));
      return row && { seq: numberOf(row, "seq"), at: numberOf(row, "at") };
    };
    const range = { after: 0, last: summed };
    const from = await firstSince(sinceMs, range, next);
    // If a clock was set back, entries of one day may follow the first of the next.
    const to = await firstSince(endsAt + 2 * 60_000, { ...range, after: from }, next);
    return this.#database
      .prepare(
        `SELECT ${NAMES_OF_ENTRIES[by]} AS name, count(*) AS lines, ${SUMS}
          FROM token_budget_ledger NOT INDEXED
          WHERE seq > ? AND seq <= ? AND root = ? AND at >= ? AND at < ? AND ${BELOW}
            AND kind IN (${KINDS_IN_SQL}) GROUP BY 1`,
      )
      .all(
        from,
        Math.min(summed, to + LINES_READ),
        rootPath(path),
        sinceMs,
        endsAt,
        path,
        path,
        path,
      )
      .map(sumOf);
  }
}

function sumOf(found: unknown): ListedSum {
  const row = toRow(found) ?? {};
  return {
    name: textOf(row, "name"),
    amount: quantitiesInRow(row),
    entries: numberOf(row, "lines"),
  };
}
