// R15. How room is shared between slices: what is handed out for asks to come, and when it is
// called back.

import { AXES } from "../../core/axis.ts";
import { add, FIELD_OF_AXIS, fitsWithin, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Books, StoredPool } from "../books/books.ts";
import type { Outcome } from "../contract/command.ts";
import { levelsOf } from "../books/stored-path.ts";
import { emptyLevel } from "./slice-state.ts";
import type { SliceLevel } from "./slice-state.ts";

/** How long after a recall nothing is handed out for future requests, in milliseconds. */
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
 * Returns whether what slices do not use is to be given back, and not kept for a while: a level has
 * called it back not long ago, or is frozen (R17).
 */
export function isRecalled(pool: StoredPool, nowMs: number): boolean {
  return [...levelsOf(pool)].some(({ state, slices }) => state.frozen || isPressed(slices, nowMs));
}

function isPressed(slices: SliceLevel | undefined, nowMs: number): boolean {
  return slices !== undefined && slices.recalledAt >= 0 && nowMs - slices.recalledAt <= PRESS_MS;
}

/** Calls back what the slices below a level do not use; `place` counts draws of the tree. */
function callBack(slices: SliceLevel, place: number, nowMs: number): void {
  slices.recalledAt = nowMs;
  slices.recalledDraw = place;
  slices.awaited = slices.live;
}

/**
 * Calls back what slices do not use at every level that refuses a request of someone who has none:
 * it may fit when it is tried again, or where it waits.
 */
export function recallFor(books: Books, pool: StoredPool, ask: Quantities, nowMs: number): void {
  const levels = [...levelsOf(pool)];
  const place = (levels.at(-1)?.slices?.draws ?? 0) + 1;
  for (const level of levels) {
    const { state, slices } = level;
    if (slices === undefined || slices.live === 0 || isPressed(slices, nowMs)) continue;
    if (fitsWithin(state.taken, ask, state.limits)) continue;
    callBack(slices, place, nowMs);
    books.changed(level);
  }
}

/** Calls back what slices of a pool and those below it do not use, whatever room there is. */
export function recallAll(books: Books, pool: StoredPool, nowMs: number): void {
  const { slices } = pool;
  if (slices === undefined || slices.live === 0 || isPressed(slices, nowMs)) return;
  callBack(slices, ([...levelsOf(pool)].at(-1)?.slices?.draws ?? 0) + 1, nowMs);
  books.changed(pool);
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
 * Has the slices at every level that refuses a request called back, at most once in `PRESS_MS`, and
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
      // The one that asks is counted out when its own draw is counted.
      callBack(slices, drawnAt, nowMs);
    }
    const isOwnAwaited = isAmongLive && wasDrawnAt < slices.recalledDraw;
    const others = slices.awaited - (isOwnAwaited ? 1 : 0);
    if (others > 0 && nowMs - slices.recalledAt <= recallMs) isWaited = true;
  }
  return isWaited;
}

/**
 * Returns what is handed out for future requests: at every level at most half of what is free for
 * each of the slices that share it, so that it halves with what is left; nothing where that is less
 * than
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
