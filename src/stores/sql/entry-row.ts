// The row of a ledger entry, as SQL stores write and read it.

import { Quantities } from "../../core/quantities.ts";
import type { Settled } from "../../core/rules.ts";
import type { FoundEntry, NewEntry } from "../books/books.ts";
import { detailsOf, detailsText } from "../contract/entry-details.ts";
import type { LedgerKind, StoredEntry } from "../contract/ledger.ts";
import { isSet, numberOf, quantitiesInRow, textOf, optionalTextOf } from "./columns.ts";
import type { Row } from "./columns.ts";

/** Returns the outcome of an entry as text; null if the whole amount was booked. */
export function outcomeText({ settled, asked, amount }: NewEntry): string | null {
  if (settled === undefined && asked === amount) return null;
  return JSON.stringify({ settled, asked });
}

/** Returns the details of an entry as text; null without any. */
export function detailsColumn({ details, amount }: NewEntry): string | null {
  return detailsText(details, amount) || null;
}

interface EntryOutcome {
  readonly settled?: Settled;
  readonly asked: Quantities;
}

/** Returns an entry with the outcome that a retry receives again. */
export function foundEntryOf(row: Row): FoundEntry {
  const entry = entryOf(row);
  const text = row["outcome"];
  const outcome =
    typeof text === "string"
      ? // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by outcomeText
        (JSON.parse(text) as EntryOutcome)
      : { asked: entry.amount };
  return { ...entry, asked: outcome.asked, settled: outcome.settled };
}

/**
 * The amount of an entry, of which Postgres leaves out one call, and tokens that are those in and
 * out.
 */
function entryAmountOf(row: Row): Quantities {
  const amount = quantitiesInRow(row);
  const { inputTokens, outputTokens, nanoUsd } = amount;
  const tokens = numberOf(row, "tokens", inputTokens + outputTokens);
  return new Quantities(tokens, inputTokens, outputTokens, nanoUsd, numberOf(row, "calls", 1));
}

/** Returns an entry as the ledger lists it. */
export function entryOf(row: Row): StoredEntry {
  const amount = entryAmountOf(row);
  const at = numberOf(row, "at");
  return {
    seq: numberOf(row, "seq"),
    id: textOf(row, "id"),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written from a LedgerKind
    kind: textOf(row, "kind") as LedgerKind,
    path: textOf(row, "path"),
    at,
    amount,
    unknown: isSet(row, "unknown"),
    of: optionalTextOf(row, "amends"),
    bookedAt: numberOf(row, "booked_at", at),
    asOf: numberOf(row, "as_of"),
    model: optionalTextOf(row, "model"),
    label: optionalTextOf(row, "label"),
    details: detailsOf(optionalTextOf(row, "details") ?? "", amount),
  };
}
