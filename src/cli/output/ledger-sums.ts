// Sums over a ledger.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { toNanoUsd } from "../../core/nano-usd.ts";
import { add, Quantities, uniform } from "../../core/quantities.ts";
import type { LedgerEntry, LedgerOptions } from "../../stores/index.ts";
import type { PoolBooks } from "../store/books.ts";
import { counted, dollars } from "./figures.ts";

const LINES_AT_ONCE = 10_000;

/** A key by which totals can be grouped. */
export const KEYS = ["model", "label", "pool", "day"] as const;
export type Key = (typeof KEYS)[number];

/** The usage under one name. */
export interface Sum {
  readonly name: string;
  readonly amount: AmountView;
}

/** Returns usage by the key, the most expensive first. */
export async function sumsOf(
  pool: PoolBooks,
  from: LedgerOptions,
  by: Key,
): Promise<readonly Sum[]> {
  if (from.after === undefined) {
    const kept = await pool.sums({ by, since: from.since });
    return kept.map(({ name = `no ${by}`, amount }) => ({ name, amount }));
  }
  const sums = new Map<string, Quantities>();
  for await (const entry of entriesOf(pool, from)) {
    if (!isBooking(entry)) continue;
    const name = nameOf(entry, by);
    const sum = sums.get(name) ?? uniform(0);
    add(sum, signedQuantitiesOf(entry.amount));
    sums.set(name, sum);
  }
  return [...sums]
    .map(([name, sum]) => ({ name, amount: amountView(sum) }))
    .toSorted((one, other) => other.amount.usd - one.amount.usd);
}

/** Returns whether an entry adds to used, or amends an entry that does. */
export function isBooking({ kind }: LedgerEntry): boolean {
  return kind === "record" || kind === "commit" || kind === "amend";
}

/**
 * All entries, page by page.
 *
 * @yields {LedgerEntry} One entry after the other.
 */
export async function* entriesOf(
  pool: PoolBooks,
  from: LedgerOptions,
): AsyncGenerator<LedgerEntry, void, undefined> {
  let after = from.after ?? 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const page = await pool.ledger({ ...from, after, limit: LINES_AT_ONCE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < LINES_AT_ONCE) return;
    after = last.seq;
  }
}

function nameOf(entry: LedgerEntry, by: Key): string {
  if (by === "day") return new Date(entry.at).toISOString().slice(0, 10);
  return entry[by] ?? `no ${by}`;
}

/** Returns the quantities of an entry, which are negative for some amendments. */
export function signedQuantitiesOf(amount: AmountView): Quantities {
  const { tokens, inputTokens, outputTokens, usd, calls } = amount;
  const nanoUsd = Math.sign(usd) * toNanoUsd(Math.abs(usd));
  return new Quantities(tokens, inputTokens, outputTokens, nanoUsd, calls);
}

/** Returns sums as lines for people. */
export function tableOf(sums: readonly Sum[]): readonly string[] {
  if (sums.length === 0) return ["Nothing booked yet"];
  const width = Math.max(...sums.map(({ name }) => name.length));
  return sums.map(({ name, amount }) =>
    [
      name.padEnd(width),
      dollars(amount.usd).padStart(12),
      counted(amount.tokens, "token").padStart(20),
      counted(amount.calls, "call").padStart(14),
    ].join("  "),
  );
}
