// R15. How slices share room: how much each gets for future requests, and when it is recalled.

import { AXES } from "../../core/axis.ts";
import { add, FIELD_OF_AXIS, fitsWithin, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Books, StoredPool } from "../books/books.ts";
import type { Outcome } from "../contract/command.ts";
import { levelsOf } from "../books/stored-path.ts";
import { emptyLevel } from "./slice-state.ts";
import type { SliceLevel } from "./slice-state.ts";

/** How long after a recall no room is granted for future requests, in milliseconds. */
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
 * Returns whether slices must return spare room at once: a level recalled it recently, or is frozen
 * (R17).
 */
export function isRecalled(pool: StoredPool, nowMs: number): boolean {
  for (let level: StoredPool | undefined = pool; level !== undefined; level = level.above)
    if (level.state.frozen || isPressed(level.slices, nowMs)) return true;
  return false;
}

function isPressed(slices: SliceLevel | undefined, nowMs: number): boolean {
  return slices !== undefined && slices.recalledAt >= 0 && nowMs - slices.recalledAt <= PRESS_MS;
}

/** Recalls the spare room of the slices below a level; `place` counts draws of the tree. */
function callBack(slices: SliceLevel, place: number, nowMs: number): void {
  slices.recalledAt = nowMs;
  slices.recalledDraw = place;
  slices.awaited = slices.live;
}

/**
 * Recalls spare room at every level that refuses a request from outside the slices, so that the
 * request may fit when it is retried or while it waits.
 */
export function recallFor(books: Books, pool: StoredPool, ask: Quantities, nowMs: number): void {
  const levels = levelsOf(pool);
  const place = (levels.at(-1)?.slices?.draws ?? 0) + 1;
  for (const level of levels) {
    const { state, slices } = level;
    if (slices === undefined || slices.live === 0 || isPressed(slices, nowMs)) continue;
    if (fitsWithin(state.taken, ask, state.limits)) continue;
    callBack(slices, place, nowMs);
    books.changed(level);
  }
}

/** Recalls the spare room of the slices of a pool and those below it, however much room is free. */
export function recallAll(books: Books, pool: StoredPool, nowMs: number): void {
  const { slices } = pool;
  if (slices === undefined || slices.live === 0 || isPressed(slices, nowMs)) return;
  callBack(slices, (levelsOf(pool).at(-1)?.slices?.draws ?? 0) + 1, nowMs);
  books.changed(pool);
}

interface Asker {
  readonly nowMs: number;
  readonly recallMs: number;
  readonly drawnAt: number;
  /** Whether the requesting slice holds anything. */
  readonly isAmongLive: boolean;
  /** When it last drew, in draws of the tree. */
  readonly wasDrawnAt: number;
}

/**
 * Recalls slices at every level that refuses a request, at most once in `PRESS_MS`. Returns whether
 * some have yet to answer, so that the refusal is not final; their room can help only against
 * "busy".
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
      // The requesting slice is subtracted when its own draw is counted.
      callBack(slices, drawnAt, nowMs);
    }
    const isOwnAwaited = isAmongLive && wasDrawnAt < slices.recalledDraw;
    const others = slices.awaited - (isOwnAwaited ? 1 : 0);
    if (others > 0 && nowMs - slices.recalledAt <= recallMs) isWaited = true;
  }
  return isWaited;
}

/**
 * Returns the room granted for future requests: at every level at most half of the free room per
 * sharing slice, so that it halves with the remainder. Grants nothing if that is less than `least`
 * on any axis, or shortly after a recall.
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
