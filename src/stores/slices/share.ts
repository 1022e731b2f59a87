// R15. How room is shared between slices: what is handed out for asks to come, and when it is
// called back.

import { AXES } from "../../core/axis.ts";
import { add, FIELD_OF_AXIS, fitsWithin, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { StoredPool } from "../books/books.ts";
import type { Outcome } from "../contract/command.ts";
import { levelsOf } from "../books/stored-path.ts";
import { emptyLevel } from "./slice-state.ts";
import type { SliceLevel } from "./slice-state.ts";

/** How long after a recall nothing is handed out for asks to come, in milliseconds. */
const PRESS_MS = 1000;

/** Holds an amount in a slice, at every level. */
export function admit(pool: StoredPool, amount: Quantities): void {
  for (const level of levelsOf(pool)) {
    add(level.state.taken, amount);
    add(level.state.reserved, amount);
    add((level.slices ??= emptyLevel()).held, amount);
  }
}

/**
 * Whether what slices do not use is to be given back, and not kept for a while: a level has
 * called it back not long ago, or is frozen (R17).
 */
export function isRecalled(pool: StoredPool, nowMs: number): boolean {
  return [...levelsOf(pool)].some(({ state, slices }) => state.frozen || isPressed(slices, nowMs));
}

function isPressed(slices: SliceLevel | undefined, nowMs: number): boolean {
  return slices !== undefined && slices.recalledAt >= 0 && nowMs - slices.recalledAt <= PRESS_MS;
}

interface Asker {
  readonly nowMs: number;
  readonly recallMs: number;
  readonly drawnAt: number;
  /** Whether the slice that asks holds something. */
  readonly isAmongLive: boolean;
  /** When it drew before, as the tree counts draws. */
  readonly wasDrawnAt: number;
}

/**
 * Has the slices at every level that refuses an ask called back, at most once in `PRESS_MS`, and
 * says whether some of them have not answered yet, so that the refusal is not final. What others
 * have not given back can only help against "busy".
 */
export function isAwaited(
  pool: StoredPool,
  ask: Quantities,
  refused: Outcome,
  { nowMs, recallMs, drawnAt, isAmongLive, wasDrawnAt }: Asker,
): boolean {
  if (refused.kind !== "refused" || refused.refusal.reason !== "busy") return false;
  let isWaited = false;
  for (const { state, slices } of levelsOf(pool)) {
    if (slices === undefined || fitsWithin(state.taken, ask, state.limits)) continue;
    if (!isPressed(slices, nowMs)) {
      slices.recalledAt = nowMs;
      slices.recalledDraw = drawnAt;
      // The one that asks is counted out when its own draw is counted.
      slices.awaited = slices.live;
    }
    const isOwnAwaited = isAmongLive && wasDrawnAt < slices.recalledDraw;
    const others = slices.awaited - (isOwnAwaited ? 1 : 0);
    if (others > 0 && nowMs - slices.recalledAt <= recallMs) isWaited = true;
  }
  return isWaited;
}

/**
 * What is handed out for asks to come: at every level at most half of what is free for each of the
 * slices that share it, so that it halves with what is left; nothing where that is less than
 * `least` on any axis, or a recall was not long ago.
 */
export function slackFor(
  pool: StoredPool,
  want: Quantities,
  least: Quantities,
  { wasSharing, nowMs }: { readonly wasSharing: boolean; readonly nowMs: number },
): Quantities {
  const slack = uniform(0);
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    let more = want[field];
    if (more === 0) continue;
    for (const { state, slices } of levelsOf(pool)) {
      if (slices === undefined) continue;
      if (isPressed(slices, nowMs)) return uniform(0);
      const sharing = slices.sharing + (wasSharing ? 0 : 1);
      const free = Math.max(0, state.limits[field] - state.taken[field]);
      more = Math.min(more, Math.floor(free / (2 * Math.max(1, sharing))));
    }
    if (more < least[field]) return uniform(0);
    slack[field] = more;
  }
  return slack;
}
