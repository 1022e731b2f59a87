// Rows of tables, as stores in SQL keep them, and what the rules know them as.

import type { CapQuantities } from "../../core/caps.ts";
import type { OveragePolicy, PoolState } from "../../core/pool-state.ts";
import { limitsNow, setFrozen } from "../../core/frozen.ts";
import { Quantities } from "../../core/quantities.ts";
import type { Settled } from "../../core/rules.ts";
import type {
  FoundEntry,
  NewEntry,
  OpenReservation,
  StoredPool,
  StoredWaiter,
} from "../books/books.ts";
import { detailsOf, detailsText } from "../contract/line-details.ts";
import type { ListedHold } from "../contract/holds.ts";
import type { LedgerKind, StoredEntry } from "../contract/ledger.ts";
import { termsOf, termsText } from "../books/raises.ts";
import { levelOf, sliceOf, sliceText } from "../slices/slice-state.ts";
import type { SliceLevel } from "../slices/slice-state.ts";

/** The columns of an amount. */
export const AMOUNT_COLUMNS: readonly string[] = [
  "tokens",
  "input_tokens",
  "output_tokens",
  "nano_usd",
  "calls",
];

/** A row, by name of column. Booleans are `true` and `false`, or 1 and 0. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Returns a row, or undefined when there was none. */
export function toRow(found: unknown): Row | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tables are ours
  return found === undefined || found === null ? undefined : (found as Row);
}

/** Returns the text of a column that is never null. */
export function textOf(row: Row, column: string): string {
  return String(row[column]);
}

/** Returns the number of a column; `absent` where it is null. */
export function numberOf(row: Row, column: string, absent = 0): number {
  const value = row[column];
  return value === null || value === undefined ? absent : Number(value);
}

/** Returns the number of a column; undefined where it is null. */
export function countOf(row: Row, column: string): number | undefined {
  const value = row[column];
  return value === null || value === undefined ? undefined : Number(value);
}

/** The text of a column; undefined where it is null. */
function wordOf(row: Row, column: string): string | undefined {
  const word = row[column];
  return typeof word === "string" ? word : undefined;
}

/** Whether a column says yes. */
function isSet(row: Row, column: string): boolean {
  return row[column] === 1 || row[column] === true;
}

/** Returns the five quantities of a row, by prefix of the column. */
export function quantitiesInRow(row: Row, prefix = ""): Quantities {
  return new Quantities(
    numberOf(row, `${prefix}tokens`),
    numberOf(row, `${prefix}input_tokens`),
    numberOf(row, `${prefix}output_tokens`),
    numberOf(row, `${prefix}nano_usd`),
    numberOf(row, `${prefix}calls`),
  );
}

/** Returns an instant, or null for none: infinities are no integers. */
export function instantInRow(atMs: number): number | null {
  return Number.isFinite(atMs) ? atMs : null;
}

/** Puts the figures of a row into the state of a pool that was made with its settings. */
export function readFigures(row: Row, state: PoolState): void {
  // A window that has never rolled has ended long ago; none never ends.
  const never = state.window === undefined ? Infinity : -Infinity;
  state.windowStartsAt = numberOf(row, "window_starts_at", -Infinity);
  state.windowEndsAt = numberOf(row, "window_ends_at", never);
  Object.assign(state.taken, quantitiesInRow(row, "taken_"));
  Object.assign(state.reserved, quantitiesInRow(row, "reserved_"));
  state.openReservations = numberOf(row, "open_reservations");
  state.generation = numberOf(row, "generation");
  state.droppedBefore = numberOf(row, "dropped_before");
  state.parts = partsOf(wordOf(row, "parts"));
  if (state.parts.length > 0) state.limits = limitsNow(state);
}

/** R7. Returns the parts of a window as text; null without any. */
export function partsColumn({ parts }: PoolState): string | null {
  if (parts.length === 0) return null;
  const numbers = parts.map(({ at, used }) => [
    at,
    used.tokens,
    used.inputTokens,
    used.outputTokens,
    used.nanoUsd,
    used.calls,
  ]);
  return JSON.stringify(numbers);
}

function partsOf(text: string | undefined): PoolState["parts"] {
  if (text === undefined) return [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by partsColumn
  const numbers = JSON.parse(text) as readonly number[][];
  return numbers.map(([at = 0, ...[a = 0, b = 0, c = 0, d = 0, e = 0]]) => ({
    at,
    used: new Quantities(a, b, c, d, e),
  }));
}

/** R17. Puts the terms of a row into a pool. */
export function readTerms(row: Row, pool: StoredPool): void {
  const { frozen, raises } = termsOf(wordOf(row, "terms"));
  if (frozen) setFrozen(pool.state, frozen);
  pool.raises = raises;
}

/** Returns the terms of a pool as text; null where nothing is special. */
export function termsColumn({ state, raises }: StoredPool): string | null {
  return termsText({ frozen: state.frozen, raises });
}

/** Returns the caps of a row. */
export function capsInRow(row: Row): CapQuantities {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written as JSON of caps
  return JSON.parse(textOf(row, "caps")) as CapQuantities;
}

/** Returns the overage policy of a row. */
export function overageOf(row: Row): OveragePolicy | undefined {
  const policy = row["overage"];
  return policy === "throw" || policy === "allow" || policy === "reject" ? policy : undefined;
}

/** Returns a reservation of a row. */
export function reservationOf(row: Row): OpenReservation {
  return {
    id: textOf(row, "id"),
    path: textOf(row, "path"),
    quantities: quantitiesInRow(row),
    asOf: numberOf(row, "as_of"),
    units: numberOf(row, "units"),
    expiresAt: numberOf(row, "expires_at"),
    expired: isSet(row, "expired"),
    ...sliceColumn(row),
  };
}

/** Returns a reservation of a row, for people. */
export function heldLineOf(row: Row): ListedHold {
  const { id, path, quantities, expiresAt, slice } = reservationOf(row);
  return { id, path, quantities, expiresAt, isSlice: slice !== undefined };
}

/** What stands in the column of slices for a hold whose call was sent. */
const SENT = "sent";

function sliceColumn(row: Row): Pick<OpenReservation, "slice" | "sent"> {
  const text = wordOf(row, "slice");
  if (text === undefined) return {};
  return text === SENT ? { sent: true } : { slice: sliceOf(text) };
}

/** Returns what is known of a reservation besides, as text; null for nothing. */
export function sliceTextOf({ slice, sent }: OpenReservation): string | null {
  if (slice !== undefined) return sliceText(slice);
  return sent === true ? SENT : null;
}

/** Returns what a pool of a row knows of slices. */
export function sliceLevelOf(row: Row): SliceLevel | undefined {
  const text = wordOf(row, "slices");
  return text === undefined ? undefined : levelOf(text);
}

/** Returns a waiter of a row. */
export function waiterOf(row: Row): StoredWaiter {
  return {
    id: textOf(row, "id"),
    path: textOf(row, "path"),
    ask: quantitiesInRow(row),
    expiresAt: numberOf(row, "expires_at"),
  };
}

/** Returns what a line came to, as text; null for what was booked without a word. */
export function outcomeText({ settled, asked, amount }: NewEntry): string | null {
  if (settled === undefined && asked === amount) return null;
  return JSON.stringify({ settled, asked });
}

/** Returns what a line tells besides, as text; null for nothing. */
export function detailsColumn({ details, amount }: NewEntry): string | null {
  return detailsText(details, amount) || null;
}

interface LineOutcome {
  readonly settled?: Settled;
  readonly asked: Quantities;
}

/** Returns a line as it is found by its id. */
export function foundLineOf(row: Row): FoundEntry {
  const line = lineOf(row);
  const text = row["outcome"];
  const outcome =
    typeof text === "string"
      ? // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by outcomeText
        (JSON.parse(text) as LineOutcome)
      : { asked: line.amount };
  return { ...line, asked: outcome.asked, settled: outcome.settled };
}

/**
 * The amount of a line, of which Postgres leaves out one call, and tokens that are those in and
 * out.
 */
function lineAmountOf(row: Row): Quantities {
  const amount = quantitiesInRow(row);
  const { inputTokens, outputTokens, nanoUsd } = amount;
  const tokens = numberOf(row, "tokens", inputTokens + outputTokens);
  return new Quantities(tokens, inputTokens, outputTokens, nanoUsd, numberOf(row, "calls", 1));
}

/** Returns a line as the ledger shows it. */
export function lineOf(row: Row): StoredEntry {
  const amount = lineAmountOf(row);
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
    of: wordOf(row, "amends"),
    bookedAt: numberOf(row, "booked_at", at),
    asOf: numberOf(row, "as_of"),
    model: wordOf(row, "model"),
    label: wordOf(row, "label"),
    details: detailsOf(wordOf(row, "details") ?? "", amount),
  };
}
