// `token-budget history`: what past runs spent, by day, command and model, over all pools.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { add, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { LedgerOptions } from "../../stores/index.ts";
import type { CliCommand } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { count, dollars } from "../output/figures.ts";
import { JSON_FLAG } from "../store/kept-pool.ts";
import { sinceOf } from "./ledger.ts";
import { entriesOf, isBooking, signedQuantitiesOf } from "../output/ledger-sums.ts";
import type { AllBooks } from "../store/books.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";

const DAY_MS = 24 * 60 * 60_000;
const DAYS_SHOWN = 30;
const DATE_LENGTH = "2026-11-24".length;
const NAME_LENGTH_MAX = 16;
const MODEL_LENGTH_MAX = 20;

/** A row of the table. */
interface Row {
  /** In UTC, such as 2026-11-24. */
  readonly day: string;
  /** The label of the run, by default the name of its command. */
  readonly command: string;
  readonly model: string;
  readonly amount: AmountView;
}

/** `token-budget history`. */
export const history: CliCommand = {
  name: "history",
  operands: "",
  operandsMax: 0,
  summary: `Shows what past runs spent, by day (UTC), command and model, latest first, over all pools of your store, for the last ${DAYS_SHOWN} days or since --since.`,
  flags: {
    since: { value: "TIME", help: "only bookings since this time, such as 2026-11-01 (UTC)" },
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: ["token-budget history", "token-budget history --since 2026-11-01 --json"],
  async run(given, context) {
    const { since = Date.now() - DAYS_SHOWN * DAY_MS } = sinceOf(given);
    const { books, close } = await openBooks(given, context);
    try {
      const rows = await rowsOf(books, since);
      if (given.isOn("json")) context.out(JSON.stringify(rows));
      else for (const line of tableOf(rows)) context.out(line);
      return EXIT.success;
    } finally {
      await close();
    }
  },
};

async function rowsOf(books: AllBooks, since: LedgerOptions["since"]): Promise<readonly Row[]> {
  const sums = new Map<string, Quantities>();
  // The ledger of a root contains the bookings of its whole tree. A caller with access to a part of
  // a tree sees only the highest pools in it.
  const all = await books.pools();
  const known = new Set(all.map(({ path }) => path));
  const roots = all.filter(({ path }) => !isBelowAny(path, known));
  for (const { path } of roots) {
    // oxlint-disable-next-line no-await-in-loop -- one ledger after the other, page by page
    const pool = await books.find(path);
    if (pool === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- as above
    for await (const entry of entriesOf(pool, { since })) {
      if (!isBooking(entry)) continue;
      const day = new Date(entry.at).toISOString().slice(0, DATE_LENGTH);
      const { label = "no label", model = "no model" } = entry;
      const key = JSON.stringify([day, label, model]);
      const sum = sums.get(key) ?? uniform(0);
      add(sum, signedQuantitiesOf(entry.amount));
      sums.set(key, sum);
    }
  }
  return [...sums].map(rowOf).toSorted(compareRows);
}

function isBelowAny(path: string, known: ReadonlySet<string>): boolean {
  const names = path.split("/");
  return names.some((_name, at) => at > 0 && known.has(names.slice(0, at).join("/")));
}

function rowOf([key, sum]: readonly [string, Quantities]): Row {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by rowsOf
  const [day, command, model] = JSON.parse(key) as [string, string, string];
  return { day, command, model, amount: amountView(sum) };
}

function compareRows(one: Row, other: Row): number {
  if (one.day !== other.day) return one.day < other.day ? 1 : -1;
  return other.amount.usd - one.amount.usd;
}

function tableOf(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0)
    return ["Nothing booked yet; start with: token-budget run --usd 5 -- COMMAND"];
  const total = uniform(0);
  for (const { amount } of rows) add(total, signedQuantitiesOf(amount));
  return [
    lineOf(["day", "command", "model", "calls", "tokens", "spent"]),
    ...rows.map(({ day, command, model, amount }) =>
      lineOf([day, command, model, ...figuresOf(amount)]),
    ),
    lineOf(["", "total", "", ...figuresOf(amountView(total))]),
  ];
}

function figuresOf({ calls, tokens, usd }: AmountView): readonly [string, string, string] {
  return [count(calls), count(tokens), dollars(usd)];
}

/** At most 80 columns, for figures up to those of a large month. */
function lineOf([day, command, model, calls, tokens, spent]: readonly [
  string,
  string,
  string,
  string,
  string,
  string,
]): string {
  return [
    day.padEnd(DATE_LENGTH),
    cut(command, NAME_LENGTH_MAX).padEnd(NAME_LENGTH_MAX),
    cut(model, MODEL_LENGTH_MAX).padEnd(MODEL_LENGTH_MAX),
    calls.padStart(6),
    tokens.padStart(11),
    spent.padStart(12),
  ].join(" ");
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
