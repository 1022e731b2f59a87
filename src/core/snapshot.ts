// The state of a pool at one instant, as callers see it.

import { AXES } from "./axis.ts";
import { amountView } from "./amount.ts";
import type { AmountView } from "./amount.ts";
import { capsView } from "./caps.ts";
import type { CapQuantities, CapsView } from "./caps.ts";
import { capsNow, carriedOn } from "./carry.ts";
import { toUsd } from "./nano-usd.ts";
import type { PoolState } from "./pool-state.ts";
import { plus, quantitiesOf } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { WindowSpan } from "./window-rule.ts";

/**
 * All figures of a pool at one instant; later changes do not affect the object. `usd` is dollars.
 */
export interface BudgetSnapshot {
  /** The path of the pool, such as `"acme/search"`. */
  readonly path: string;
  /** The caps; uncapped axes are omitted. */
  readonly caps: CapsView;
  /** The amount booked by records and commits. */
  readonly used: AmountView;
  /** The amount held by open reservations. */
  readonly reserved: AmountView;
  /**
   * cap + carried − used − reserved on each capped axis; negative after overage or under a lowered
   * cap.
   */
  readonly remaining: CapsView;
  /**
   * What a child pool may really spend: on each axis, the least remainder of it and of all pools
   * above it. Omitted for a root pool, and by stored pools.
   */
  readonly available?: CapsView;
  readonly openReservations: number;
  /** How often the pool was reset. */
  readonly generation: number;
  /** The current window, in milliseconds since 1970; omitted without a window. */
  readonly window?: WindowSpan;
  /** The remainder of the previous period, added to `caps`; omitted without carry-over. */
  readonly carried?: AmountView;
}

/** Returns all figures of a pool, whose window the caller has rolled. */
export function snapshotOf(pool: PoolState): BudgetSnapshot {
  const { taken, reserved } = pool;
  const snapshot = {
    path: pool.path,
    caps: (pool.capsView ??= Object.freeze(capsView(pool.caps))),
    used: amountView(plus(taken, reserved, -1)),
    reserved: amountView(reserved),
    remaining: remainingOf(capsNow(pool), taken),
    ...(pool.parent !== undefined && { available: availableOf(pool) }),
    openReservations: pool.openReservations,
    generation: pool.generation,
  };
  if (pool.window === undefined) return snapshot;
  return {
    ...snapshot,
    window: { startsAt: pool.windowStartsAt, endsAt: pool.windowEndsAt },
    ...(pool.window.carry && {
      carried: amountView(quantitiesOf((field) => carriedOn(pool, field))),
    }),
  };
}

/** Returns the least remainder on each axis, of a pool and all above it. */
function availableOf(pool: PoolState): CapsView {
  const available: { -readonly [A in keyof CapsView]: CapsView[A] } = {};
  for (let at: PoolState | undefined = pool; at !== undefined; at = at.parent) {
    const remaining = remainingOf(capsNow(at), at.taken);
    for (const axis of AXES) {
      const left = remaining[axis];
      if (left !== undefined) available[axis] = Math.min(available[axis] ?? left, left);
    }
  }
  return available;
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
