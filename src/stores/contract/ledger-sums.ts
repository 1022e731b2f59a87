// Sums over a ledger: what was used by day, model, label or pool. A store that keeps sums answers
// from them; of one that does not, the lines are added up.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { describe } from "../../core/describe.ts";
import { add, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { LedgerKind, StoredEntry } from "./ledger.ts";

/** A key by which totals can be grouped. */
export type SumKey = "day" | "model" | "label" | "pool";

/** Which sums are asked for. */
export interface SumsQuery {
  /** The pool; lines of the pools below it count. */
  readonly path: string;
  readonly by: SumKey;
  /**
   * Only entries written at this time or later, milliseconds since 1970; where those of the day it
   * is in are no longer kept, from the beginning of that day.
   */
  readonly sinceMs: number;
}

/** A sum as a store reports it. */
export interface ListedSum {
  /** The model, label or path, empty where none was given; the day as its number since 1970. */
  readonly name: string;
  readonly amount: Quantities;
  /** The number of entries in the sum. */
  readonly lines: number;
}

/** The total that was used under one name, with amendments. */
export interface LedgerSum {
  /** The model, label, path of the pool, or day such as `"2026-11-27"` (UTC). */
  readonly name: string | undefined;
  readonly amount: AmountView;
  /** The number of ledger entries in the sum. */
  readonly lines: number;
}

/** Options of `sums`. */
export interface SumsOptions {
  readonly by: SumKey;
  /**
   * Only what was booked at this time or later: a `Date`, or milliseconds since 1970.
   *
   * @default all that was booked
   */
  readonly since?: number | Date | undefined;
}

/** A day, as calendars in UTC have it. */
export const DAY_MS = 86_400_000;
const KEYS: readonly SumKey[] = ["day", "model", "label", "pool"];
const KINDS_BOOKED: readonly LedgerKind[] = ["record", "commit", "amend"];

/** The kinds of lines that add to used, as a list of SQL. */
export const KINDS_IN_SQL: string = KINDS_BOOKED.map((kind) => `'${kind}'`).join(", ");

/** Reads what sums are made by. @throws {RangeError} on what is none of it. */
export function readSumKey(by: SumKey): SumKey {
  if (KEYS.includes(by)) return by;
  throw new RangeError(`Expected \`by\` to be one of ${KEYS.join(", ")}, got ${describe(by)}`);
}

/** Returns the sums of some lines. */
export function sumsOfLines(lines: Iterable<StoredEntry>, by: SumKey): readonly ListedSum[] {
  const sums = new Map<string, { name: string; amount: Quantities; lines: number }>();
  for (const line of lines) {
    if (!KINDS_BOOKED.includes(line.kind)) continue;
    const name = nameOf(line, by);
    let sum = sums.get(name);
    if (sum === undefined) sums.set(name, (sum = { name, amount: uniform(0), lines: 0 }));
    add(sum.amount, line.amount);
    sum.lines++;
  }
  return [...sums.values()];
}

/** Returns sums of which some may be of the same name, put together. */
export function addedUp(parts: readonly ListedSum[]): readonly ListedSum[] {
  const sums = new Map<string, { name: string; amount: Quantities; lines: number }>();
  for (const { name, amount, lines } of parts) {
    let sum = sums.get(name);
    if (sum === undefined) sums.set(name, (sum = { name, amount: uniform(0), lines: 0 }));
    add(sum.amount, amount);
    sum.lines += lines;
  }
  return [...sums.values()];
}

/** Shows sums as callers see them, the dearest first. */
export function sumsView(sums: readonly ListedSum[], by: SumKey): readonly LedgerSum[] {
  return sums
    .toSorted(
      (one, other) =>
        other.amount.nanoUsd - one.amount.nanoUsd ||
        other.amount.tokens - one.amount.tokens ||
        (one.name < other.name ? -1 : 1),
    )
    .map(({ name, amount, lines }) => ({
      name: by === "day" ? dayText(Number(name)) : name || undefined,
      amount: amountView(amount),
      lines,
    }));
}

function nameOf({ at, path, model, label }: StoredEntry, by: SumKey): string {
  switch (by) {
    case "day":
      return String(Math.floor(at / DAY_MS));
    case "model":
      return model ?? "";
    case "label":
      return label ?? "";
    default:
      return path;
  }
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
