// `token-budget ledger`: the bookings, entry by entry, or their sums.

import type { LedgerEntry, LedgerOptions } from "../../stores/index.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments } from "../command-line.ts";
import { quantity } from "../output/figures.ts";
import { CSV_HEAD, csvLineOf } from "../output/focus-csv.ts";
import { entriesOf, isBooking, KEYS, sumsOf, tableOf } from "../output/ledger-sums.ts";
import type { Key } from "../output/ledger-sums.ts";
import { changeText } from "../output/settings-text.ts";
import { JSON_FLAG, withPool } from "../store/kept-pool.ts";
import { BOOKS_FLAGS } from "../store/open-books.ts";

const LINES_SHOWN = 1000;

/** `token-budget ledger`. */
export const ledger: CliCommand = {
  name: "ledger",
  operands: "POOL",
  operandsMax: 1,
  summary: `Shows ledger entries, oldest first, at most ${LINES_SHOWN}; or totals with --by.`,
  flags: {
    by: { value: "WHAT", help: `show totals by ${KEYS.join(", ")}` },
    since: { value: "TIME", help: "only bookings since this time, such as 2026-11-01 (UTC)" },
    after: { value: "SEQ", help: "only entries after the one with this number" },
    ids: { help: "with the ids of entries, which amend takes" },
    changes: { help: "who changed what, when and why: caps, windows, resets, freezing" },
    csv: { help: "all bookings as CSV, with the column names of FOCUS" },
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    "token-budget ledger daily",
    "token-budget ledger daily --csv --since 2026-11-01 > november.csv",
    "token-budget ledger daily --by model --since 2026-11-01",
    "token-budget ledger daily --changes",
    "token-budget ledger daily --ids",
    "token-budget ledger daily --json --after 1000",
  ],
  async run(given, context) {
    const from = { ...afterOf(given), ...sinceOf(given) };
    const by = keyOf(given);
    const isJson = given.isOn("json");
    const isCsv = given.isOn("csv");
    const isChanges = given.isOn("changes");
    if (isChanges && (isCsv || by !== undefined))
      throw new UsageError("--changes goes without --csv and --by");
    if (isCsv && (isJson || by !== undefined))
      throw new UsageError("--csv cannot be combined with --json or --by");
    return withPool(given, context, async (pool) => {
      if (isCsv) {
        context.out(CSV_HEAD);
        for await (const entry of entriesOf(pool, from))
          if (isBooking(entry)) context.out(csvLineOf(entry));
        return;
      }
      if (by !== undefined) {
        const sums = await sumsOf(pool, from, by);
        const shown = isJson ? sums.map((sum) => JSON.stringify(sum)) : tableOf(sums);
        for (const line of shown) context.out(line);
        return;
      }
      const options = { limit: LINES_SHOWN, ...from };
      for (const entry of await (isChanges ? pool.changes(options) : pool.ledger(options))) {
        const shown = isChanges ? changeLineOf(entry) : lineOf(entry, given.isOn("ids"));
        context.out(isJson ? JSON.stringify(entry) : shown);
      }
    });
  },
};

function lineOf(entry: LedgerEntry, hasId: boolean): string {
  const { seq, id, at, kind, pool, amount, unknown, model, label, actor, reason } = entry;
  const figures = `${quantity("usd", amount.usd).padStart(12)}  ${quantity("tokens", amount.tokens).padEnd(16)}`;
  const about = [pool, model, label, actor, reason].filter((word) => word !== undefined).join("  ");
  const sure = unknown ? "  not certain" : "";
  const named = hasId ? `${seq}  ${id}` : String(seq);
  return `${named}  ${new Date(at).toISOString()}  ${kind.padEnd(9)} ${figures}  ${about}${sure}`;
}

function changeLineOf({ seq, at, kind, pool, change, actor, reason }: LedgerEntry): string {
  const what = (change && changeText(change)) ?? kind;
  const about = [pool, what, actor, reason].filter((word) => word !== undefined).join("  ");
  return `${seq}  ${new Date(at).toISOString()}  ${about}`;
}

function keyOf(given: ParsedArguments): Key | undefined {
  const text = given.text("by");
  const key = KEYS.find((each) => each === text);
  if (text !== undefined && key === undefined)
    throw new UsageError(`Expected --by to be one of ${KEYS.join(", ")}, got "${text}"`);
  return key;
}

function afterOf(given: ParsedArguments): LedgerOptions {
  const text = given.text("after");
  if (text === undefined) return {};
  const after = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(after)) return { after };
  throw new UsageError(`Expected --after to be a whole number, got "${text}"`);
}

/**
 * Parses --since.
 * @throws {UsageError} if it is invalid.
 */
export function sinceOf(given: ParsedArguments): LedgerOptions {
  const text = given.text("since");
  if (text === undefined) return {};
  const since = Date.parse(text);
  if (!Number.isNaN(since)) return { since };
  throw new UsageError(`Expected --since to be a time such as 2026-11-01T12:00Z, got "${text}"`);
}
