// What the server returns of the books of a tree.

import type { Row } from "../stores/sql/columns.ts";

/** The result of `load`; all but the first three only if the tree exists. */
export interface Loaded {
  /** Changes with every write; empty if the tree does not exist. */
  readonly version: string;
  /** When it was loaded, by the server's clock. */
  readonly at: number;
  /** The time at which the commands are applied. */
  readonly now: number;
  /** The version since which only differences were written; null in books of before these. */
  readonly base?: string | null;
  readonly resets?: number;
  /** How many entries the ledger of the tree has. */
  readonly lines?: number;
  /** The process whose turn it is to write, if any. */
  readonly turn?: string | null;
  /** Whether more leases may have expired than were loaded. */
  readonly more?: boolean;
  readonly pools?: readonly Row[] | null;
  readonly reservations?: readonly Row[] | null;
  readonly ledger?: readonly Row[] | null;
  readonly amended?: readonly Row[] | null;
  readonly waiters?: readonly Row[] | null;
  /** Pools below those to be deleted, at least some of them. */
  readonly below?: readonly string[] | null;
}

/** The result of `write`: when it was written, and, of differences, the rest. */
export interface Written {
  readonly at: number;
  /** The version before. */
  readonly before?: string;
  /** How many entries the ledger of the tree has now. */
  readonly lines?: number;
  /** The figures of each pool that was written: the numbers of a difference, and of its slices. */
  readonly figures?: Readonly<Record<string, string>>;
}

/** Returns the result of a function, if it has one. */
export function loadedOf(answer: string | null | undefined): Loaded | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by load_1
  return typeof answer === "string" ? (JSON.parse(answer) as Loaded) : undefined;
}

/** Returns the result of a function that writes, or loads if it could not write. */
export function writtenOf(answer: string | null | undefined): Loaded | Written | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by write_2 or write_3
  return typeof answer === "string" ? (JSON.parse(answer) as Loaded | Written) : undefined;
}
