// Sums over a ledger: usage by day, model, label or pool. A store that keeps sums answers from
// them; for another one, the entries are added up.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { describe } from "../../core/describe.ts";
import { add, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { LedgerKind, StoredEntry } from "./ledger.ts";

/** A key by which totals can be grouped. */
export type SumKey = "day" | "model" | "label" | "pool";

/** The sums to return. */
export interface SumsQuery {
  /** The pool; entries of the pools below it are included. */
  readonly path: string;
  readonly by: SumKey;
  /**
   * Only entries written at this time or later, in milliseconds since 1970. If the entries of its
   * day were deleted, the whole day counts.
   */
  readonly sinceMs: number;
}

/** A sum as a store returns it. */
export interface ListedSum {
  /** The model, label or path, empty if none was given; or the number of the day since 1970. */
  readonly name: string;
  readonly amount: Quantities;
  /** The number of entries in the sum. */
  readonly entries: number;
}

/** The total used under one name, including amendments. */
export interface LedgerSum {
  /** The model, label, path of the pool, or day such as `"2026-11-27"` (UTC). */
  readonly name: string | undefined;
  readonly amount: AmountView;
  /** The number of ledger entries in the sum. */
  readonly entries: number;
}

/** Options of `sums`. */
export interface SumsOptions {
  readonly by: SumKey;
  /**
   * Only what was booked at this time or later: a `Date`, or milliseconds since 1970.
   *
   * @default all bookings
   */
  readonly since?: number | Date | undefined;
}

/** A calendar day in UTC. */
export const DAY_MS = 86_400_000;
const KEYS: readonly SumKey[] = ["day", "model", "label", "pool"];
const KINDS_BOOKED: readonly LedgerKind[] = ["record", "commit", "amend"];

/** The kinds of entries that add to used, as an SQL list. */
export const KINDS_IN_SQL: string = KINDS_BOOKED.map((kind) => `'${kind}'`).join(", ");

/**
 * Reads the key of sums.
 * @throws {RangeError} if it is unknown.
 */
export function readSumKey(by: SumKey): SumKey {
  if (KEYS.includes(by)) return by;
  throw new RangeError(`Expected \`by\` to be one of ${KEYS.join(", ")}, got ${describe(by)}`);
}

/** Returns the sums of some entries. */
export function sumsOfEntries(ledger: Iterable<StoredEntry>, by: SumKey): readonly ListedSum[] {
  const sums = new Map<string, { name: string; amount: Quantities; entries: number }>();
  for (const entry of ledger) {
    if (!KINDS_BOOKED.includes(entry.kind)) continue;
    const name = nameOf(entry, by);
    let sum = sums.get(name);
    if (sum === undefined) sums.set(name, (sum = { name, amount: uniform(0), entries: 0 }));
    add(sum.amount, entry.amount);
    sum.entries++;
  }
  return [...sums.values()];
}

/** Merges sums of the same name. */
export function addedUp(parts: readonly ListedSum[]): readonly ListedSum[] {
  const sums = new Map<string, { name: string; amount: Quantities; entries: number }>();
  for (const { name, amount, entries } of parts) {
    let sum = sums.get(name);
    if (sum === undefined) sums.set(name, (sum = { name, amount: uniform(0), entries: 0 }));
    add(sum.amount, amount);
    sum.entries += entries;
  }
  return [...sums.values()];
}

/** Converts sums to the form that callers see, the highest cost first. */
export function sumsView(sums: readonly ListedSum[], by: SumKey): readonly LedgerSum[] {
  return sums
    .toSorted(
      (one, other) =>
        other.amount.nanoUsd - one.amount.nanoUsd ||
        other.amount.tokens - one.amount.tokens ||
        (one.name < other.name ? -1 : 1),
    )
    .map(({ name, amount, entries }) => ({
      name: by === "day" ? dayText(Number(name)) : name || undefined,
      amount: amountView(amount),
      entries,
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
