// `token-budget refusals`: recent refusals, one by one, or their counts.

import type { RefusalCount, RefusalsOptions } from "../../stores/index.ts";
import { UsageError } from "../command-line.ts";
import type { CliCommand, ParsedArguments } from "../command-line.ts";
import { EXIT } from "../exit-codes.ts";
import { quantity } from "../output/figures.ts";
import { JSON_FLAG } from "../store/kept-pool.ts";
import type { ShownRefusal } from "../store/books.ts";
import { BOOKS_FLAGS, openBooks } from "../store/open-books.ts";
import { sinceOf } from "./ledger.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 1000;

/** `token-budget refusals`. */
export const refusals: CliCommand = {
  name: "refusals",
  operands: "[POOL]",
  operandsMax: 1,
  summary:
    "Shows the last refusals of a pool and the pools below it, newest first, or with --counts how many there were in each minute. Without POOL, it shows those of all pools.",
  flags: {
    counts: { help: "count them in each minute, by pool, axis, reason, model and label" },
    limit: { value: "N", help: `how many to show, up to ${LIMIT_MAX} (default: ${LIMIT_DEFAULT})` },
    since: { value: "TIME", help: "only those since this time, such as 2026-11-01 (UTC)" },
    ...BOOKS_FLAGS,
    ...JSON_FLAG,
  },
  examples: [
    "token-budget refusals daily",
    "token-budget refusals daily --counts --since 2026-11-01T12:00Z",
    "token-budget refusals --json --limit 1000",
  ],
  async run(given, context) {
    const limit = limitOf(given);
    const options: RefusalsOptions = { limit, ...sinceOf(given) };
    const isJson = given.isOn("json");
    const { books, close } = await openBooks(given, context);
    try {
      const { last, counts } = await books.refusals(given.operands[0], options);
      const shown = given.isOn("counts")
        ? counts.slice(0, limit).map((each) => (isJson ? JSON.stringify(each) : countLineOf(each)))
        : last.map((each) => (isJson ? JSON.stringify(each) : lineOf(each)));
      for (const line of shown) context.out(line);
      return EXIT.success;
    } finally {
      await close();
    }
  },
};

function lineOf(entry: ShownRefusal): string {
  const { at, pool, axis, reason, askedPool, asked, cap, used, reserved, model, label } = entry;
  const figures = [
    `asked ${quantity(axis, asked[axis])}`,
    ...(used === undefined ? [] : [`used ${quantity(axis, used)}`]),
    ...(reserved === undefined ? [] : [`held ${quantity(axis, reserved)}`]),
    ...(cap === undefined ? [] : [`cap ${quantity(axis, cap)}`]),
  ].join(", ");
  const from = askedPool === pool ? [] : [`for ${askedPool}`];
  const about = [...from, model, label].filter((word) => word !== undefined);
  const by = pool ?? "a pool above";
  return [new Date(at).toISOString(), by, reason.padEnd(6), figures, ...about].join("  ");
}

function countLineOf({ minute, pool, axis, reason, count, model, label }: RefusalCount): string {
  const about = [pool, axis, reason, model, label].filter((word) => word !== undefined);
  return [new Date(minute).toISOString(), String(count).padStart(6), ...about].join("  ");
}

function limitOf(given: ParsedArguments): number {
  const text = given.text("limit");
  if (text === undefined) return LIMIT_DEFAULT;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new UsageError(
    `Expected --limit to be a whole number from 1 to ${LIMIT_MAX}, got "${text}"`,
  );
}
