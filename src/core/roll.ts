// R7. When windows roll, and how that changes a pool.

import { leave } from "./carry.ts";
import { limitsNow } from "./frozen.ts";
import type { PoolState } from "./pool-state.ts";
import { quantitiesOf, QUANTITY_MAX } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import { slide } from "./sliding.ts";
import { forgetThresholds } from "./thresholds.ts";
import { periodsBetween, windowAt } from "./window.ts";
import type { PeriodRule, WindowRule } from "./window-rule.ts";

/**
 * R7. Rolls the windows that have ended by `nowMs`, on every level: used becomes zero, or what a
 * sliding window still counts; open reservations stay held. A clock that goes backwards rolls
 * nothing.
 */
export function roll(pool: PoolState, nowMs: number): boolean {
  let rolled = false;
  for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
    const { window } = level;
    if (window === undefined || nowMs < level.windowEndsAt) continue;
    const span = windowAt(window, nowMs);
    if (window.kind === "sliding") slide(level, window, span);
    else beginPeriod(level, window, span.startsAt);
    level.windowStartsAt = span.startsAt;
    level.windowEndsAt = span.endsAt;
    rolled = true;
  }
  return rolled;
}

/** Begins a period with nothing used; open reservations stay held. */
function beginPeriod(level: PoolState, window: PeriodRule, startsAt: number): void {
  const periods = periodsBetween(window, level.windowStartsAt, startsAt);
  // The first period has no predecessor.
  level.parts = window.carry && periods < Infinity ? leave(level, startsAt, periods) : [];
  level.limits = limitsNow(level);
  level.taken.exchange(level.taken, level.reserved);
  forgetThresholds(level);
}

/** Replaces the window. Used counts in the new window that contains `nowMs`. */
export function setWindow(pool: PoolState, window: WindowRule | undefined, nowMs: number): void {
  const span = window === undefined ? undefined : windowAt(window, nowMs);
  // The carried amount stays, within the new limits.
  if (!window?.carry || !pool.window?.carry) pool.parts = [];
  pool.window = window;
  pool.windowStartsAt = span?.startsAt ?? Number.NEGATIVE_INFINITY;
  pool.windowEndsAt = span?.endsAt ?? Number.POSITIVE_INFINITY;
  pool.limits = limitsNow(pool);
}

/** Corrects the remainder of the previous period, in which `difference` more was used. */
export function useOfLeft(level: PoolState, difference: Quantities): void {
  const [part] = level.parts;
  if (part === undefined) return;
  const used = quantitiesOf((field) =>
    Math.min(QUANTITY_MAX, Math.max(-QUANTITY_MAX, part.used[field] - difference[field])),
  );
  level.parts = [{ at: part.at, used }];
  level.limits = limitsNow(level);
}
