// The row of a pool: how SQL stores write the state of a pool, and read it back.

import type { CapQuantities } from "../../core/caps.ts";
import { limitsNow, setFrozen } from "../../core/frozen.ts";
import type { OveragePolicy, PoolState } from "../../core/pool-state.ts";
import { Quantities } from "../../core/quantities.ts";
import type { StoredPool } from "../books/books.ts";
import { termsOf, termsText } from "../books/raises.ts";
import { levelOf } from "../slices/slice-state.ts";
import type { SliceLevel } from "../slices/slice-state.ts";
import { numberOf, quantitiesInRow, textOf, optionalTextOf } from "./columns.ts";
import type { Row } from "./columns.ts";

/** Copies the figures of a row into the state of a pool that was made with its settings. */
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
  state.parts = partsOf(optionalTextOf(row, "parts"));
  if (state.parts.length > 0) state.limits = limitsNow(state);
}

/** R7. Returns the parts of a sliding window as text; null without any. */
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

/** R17. Reads whether a pool is frozen, and its raises with an end. */
export function readTerms(row: Row, pool: StoredPool): void {
  const { frozen, raises } = termsOf(optionalTextOf(row, "terms"));
  if (frozen) setFrozen(pool.state, frozen);
  pool.raises = raises;
}

/** R17. Returns what `readTerms` reads, as text; null if there is nothing to read. */
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

/** Returns the slices of the pool of a row; undefined without any. */
export function sliceLevelOf(row: Row): SliceLevel | undefined {
  const text = optionalTextOf(row, "slices");
  return text === undefined ? undefined : levelOf(text);
}
