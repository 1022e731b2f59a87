// What the server hands out of the books of a tree.

import type { Row } from "../stores/sql/columns.ts";

/** What `load` answers; all but the first three only where there is a tree. */
export interface Loaded {
  /** Changes with everything that is written; empty where there is no tree. */
  readonly version: string;
  /** When it was loaded, by the clock of the server. */
  readonly at: number;
  /** The time that the commands are applied at. */
  readonly now: number;
  readonly resets?: number;
  /** How many lines the ledger of the tree has. */
  readonly lines?: number;
  /** Whose turn it is to write, if there is a turn. */
  readonly turn?: string | null;
  /** Whether there may be more leases that have ended than were loaded. */
  readonly more?: boolean;
  readonly pools?: readonly Row[] | null;
  readonly reservations?: readonly Row[] | null;
  readonly ledger?: readonly Row[] | null;
  readonly amended?: readonly Row[] | null;
  readonly waiters?: readonly Row[] | null;
  /** Pools below those that are deleted, some of them at least. */
  readonly below?: readonly string[] | null;
}

/** Returns what a function has answered, if it has. */
export function loadedOf(answer: string | null | undefined): Loaded | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by load_1
  return typeof answer === "string" ? (JSON.parse(answer) as Loaded) : undefined;
}
