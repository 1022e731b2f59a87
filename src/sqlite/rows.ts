// The values bound to the statements, in the order of their columns.

import type { PoolState } from "../core/pool-state.ts";
import type { Quantities } from "../core/quantities.ts";
import type { StoredPool } from "../stores/books/books.ts";
import { instantInRow } from "../stores/sql/columns.ts";
import { partsColumn, termsColumn } from "../stores/sql/pool-row.ts";
import { rankOf } from "../stores/contract/pool-page.ts";
import { levelText } from "../stores/slices/slice-state.ts";
import { windowText } from "../stores/contract/stored-settings.ts";
import type { SqliteValue } from "./sqlite-database.ts";

/** Quantities in the order of the columns. */
export function valuesOf(quantities: Quantities): SqliteValue[] {
  const { tokens, inputTokens, outputTokens, nanoUsd, calls } = quantities;
  return [tokens, inputTokens, outputTokens, nanoUsd, calls];
}

/** Returns the position of a pool in the order by spend. */
export function rankOfPool({ taken, reserved }: PoolState): number {
  return rankOf(taken.nanoUsd - reserved.nanoUsd);
}

/** Returns the columns of a pool that change rarely, in the order of statements.ts. */
export function settingsInRow(pool: StoredPool): SqliteValue[] {
  const { state } = pool;
  return [
    JSON.stringify(state.caps),
    state.overage ?? null,
    windowText(state.window),
    instantInRow(state.windowStartsAt),
    instantInRow(state.windowEndsAt),
    rankOfPool(state),
    termsColumn(pool),
    partsColumn(state),
  ];
}

/** Returns the columns of a pool that change often, in the order of statements.ts. */
export function figuresInRow({ state, unknown, countsSince, slices }: StoredPool): SqliteValue[] {
  return [
    ...valuesOf(state.taken),
    ...valuesOf(state.reserved),
    ...valuesOf(unknown),
    state.openReservations,
    state.generation,
    state.droppedBefore,
    state.tree.resets,
    countsSince ?? null,
    slices === undefined ? null : levelText(slices),
  ];
}
