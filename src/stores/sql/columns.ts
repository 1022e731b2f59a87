// Rows of SQL tables, and the values of their columns.

import { Quantities } from "../../core/quantities.ts";

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

/** Returns a row, or undefined if the statement found none. */
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

/** Returns the text of a column; undefined where it is null. */
export function optionalTextOf(row: Row, column: string): string | undefined {
  const word = row[column];
  return typeof word === "string" ? word : undefined;
}

/** Returns whether a column holds true, or 1. */
export function isSet(row: Row, column: string): boolean {
  return row[column] === 1 || row[column] === true;
}

/** Returns the five quantities of a row whose columns start with `prefix`. */
export function quantitiesInRow(row: Row, prefix = ""): Quantities {
  return new Quantities(
    numberOf(row, `${prefix}tokens`),
    numberOf(row, `${prefix}input_tokens`),
    numberOf(row, `${prefix}output_tokens`),
    numberOf(row, `${prefix}nano_usd`),
    numberOf(row, `${prefix}calls`),
  );
}

/** Returns an instant as a column holds it: null for an infinity, which is no integer. */
export function instantInRow(atMs: number): number | null {
  return Number.isFinite(atMs) ? atMs : null;
}
