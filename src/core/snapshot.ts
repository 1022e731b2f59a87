// A pool as callers see it at one instant.

import { amountView } from "./amount.ts";
import type { AmountView } from "./amount.ts";
import type { CapQuantities, CapsView } from "./caps.ts";
import { toUsd } from "./nano-usd.ts";
import type { PoolState } from "./pool-state.ts";
import type { Quantities } from "./quantities.ts";
import type { WindowSpan } from "./window.ts";

/**
 * All figures of a pool at one instant: a value of its own that later events do not change. `usd`
 * is dollars.
 */
export interface BudgetSnapshot {
  /** The path of the pool, such as `"acme/search"`. */
  readonly path: string;
  /** The caps; an uncapped axis is left out. */
  readonly caps: CapsView;
  /** What was booked by records and commits. */
  readonly used: AmountView;
  /** What open reservations hold. */
  readonly reserved: AmountView;
  /** cap − used − reserved on each capped axis; negative after overage or under a lowered cap. */
  readonly remaining: CapsView;
  readonly openReservations: number;
  /** How often the pool was reset. */
  readonly generation: number;
  /** The current window, in milliseconds since 1970; left out when the pool has none. */
  readonly window?: WindowSpan;
}

/** Reads all figures of a pool. The caller has rolled its window. */
export function snapshotOf(pool: PoolState): BudgetSnapshot {
  const { taken, reserved, caps } = pool;
  const snapshot = {
    path: pool.path,
    caps: pool.capsView,
    used: {
      tokens: taken.tokens - reserved.tokens,
      inputTokens: taken.inputTokens - reserved.inputTokens,
      outputTokens: taken.outputTokens - reserved.outputTokens,
      usd: toUsd(taken.nanoUsd - reserved.nanoUsd),
      calls: taken.calls - reserved.calls,
    },
    reserved: amountView(reserved),
    remaining: remainingOf(caps, taken),
    openReservations: pool.openReservations,
    generation: pool.generation,
  };
  if (pool.window === undefined) return snapshot;
  return { ...snapshot, window: { startsAt: pool.windowStartsAt, endsAt: pool.windowEndsAt } };
}

function remainingOf(caps: CapQuantities, taken: Quantities): CapsView {
  const remaining: { -readonly [A in keyof CapsView]: CapsView[A] } = {};
  if (caps.tokens !== undefined) remaining.tokens = caps.tokens - taken.tokens;
  if (caps.inputTokens !== undefined) remaining.inputTokens = caps.inputTokens - taken.inputTokens;
  if (caps.outputTokens !== undefined)
    remaining.outputTokens = caps.outputTokens - taken.outputTokens;
  if (caps.nanoUsd !== undefined) remaining.usd = toUsd(caps.nanoUsd - taken.nanoUsd);
  if (caps.calls !== undefined) remaining.calls = caps.calls - taken.calls;
  return remaining;
}
