// R13. Who waits for room, in the order in which they came. One line serves a whole tree of pools:
// whoever is refused at a pool goes before everyone behind who needs room there too, and holds up
// nobody else.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import type { PoolState } from "../core/pool-state.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import { fits, hold, pathOf, refusalOf, refusingLevels, roll } from "../core/rules.ts";
import type { AbortSignalLike } from "./abort-signal.ts";

/** Somebody who waits for room on a pool. The line calls it with the books up to date. */
export interface Waiter {
  readonly pool: PoolState;
  readonly ask: Quantities;
  /** Ends the wait when it aborts, whether or not its listeners have been called yet. */
  readonly signal: AbortSignalLike | undefined;
  /** Called when its ask is held. */
  admitted(): void;
  /** Called when waiting does not help any more: with why not, or with what judging it threw. */
  refuse(refusal: Refusal): void;
  fail(error: unknown): void;
}

/** A place in the line. */
export interface Place {
  readonly waiter: Waiter;
  ahead: Place | undefined;
  behind: Place | undefined;
  left: boolean;
}

/** How many places are looked at behind one that closes the whole tree. */
const LOOKED_AT_BEHIND = 100;

/** A first-in-first-out line with removal from anywhere at constant cost. */
export class WaitingLine {
  /** Who has waited longest. */
  head: Place | undefined;
  #tail: Place | undefined;
  readonly #clock: Clock;
  /** The levels that refuse somebody in the line, as of the last judging. */
  readonly #closed = new Set<PoolState>();
  #judging = false;
  #changedMeanwhile = false;
  #rollsAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the last place, and is let in at once when it fits and nobody is in its way. */
  join(waiter: Waiter): Place {
    const place: Place = { waiter, ahead: this.#tail, behind: undefined, left: false };
    if (this.#tail === undefined) this.head = place;
    else this.#tail.behind = place;
    this.#tail = place;
    if (this.#judging) this.#changedMeanwhile = true;
    else this.#setTimer(Math.min(this.#rollsAt, this.#judgePlace(place)));
    return place;
  }

  /** Gives a place up; whoever stood behind it may fit now. */
  leave(place: Place): void {
    if (place.left) return;
    place.left = true;
    if (place.ahead === undefined) this.head = place.behind;
    else place.ahead.behind = place.behind;
    if (place.behind === undefined) this.#tail = place.ahead;
    else place.behind.ahead = place.ahead;
    if (this.head !== undefined) return;
    this.#closed.clear();
    this.#setTimer(Number.POSITIVE_INFINITY);
  }

  /** Gives a place up, and lets in who stood behind it and fits now. */
  leaveAndJudge(place: Place): void {
    const wasHead = place === this.head;
    this.leave(place);
    // While the head is refused at the root, nobody behind it can be let in.
    if (this.head !== undefined && (wasHead || !refusedAtRoot(this.head.waiter))) this.judge();
  }

  /**
   * Lets in, from the head on, everyone who fits, and sends away everyone for whom waiting does not
   * help any more. Waiters run code of their owners (a signal, a clock): what that changes in the
   * pools is judged in another pass, not inside this one.
   */
  judge(): void {
    this.#changedMeanwhile = true;
    if (this.#judging) return;
    this.#judging = true;
    try {
      while (this.#changedMeanwhile) {
        this.#changedMeanwhile = false;
        this.#judgeAll(readClock(this.#clock));
      }
    } finally {
      this.#judging = false;
    }
  }

  /** Why a place is not let in yet: its own refusal, or that of the first one it stands behind. */
  refusalAt(place: Place): Refusal | undefined {
    const { pool, ask } = place.waiter;
    const own = refusalOf(pool, ask);
    if (own !== undefined) return own;
    const path = new Set(pathOf(pool));
    for (let at = this.head; at !== undefined && at !== place; at = at.behind) {
      const refused = refusingLevels(at.waiter.pool, at.waiter.ask);
      if (refused.some((level) => path.has(level))) return refusalOf(at.waiter.pool, at.waiter.ask);
    }
    return undefined;
  }

  #judgeAll(nowMs: number): void {
    this.#closed.clear();
    let rollsAt = Number.POSITIVE_INFINITY;
    let lookedAtBehind = 0;
    for (let place = this.head; place !== undefined; place = nextOf(place)) {
      roll(place.waiter.pool, nowMs);
      rollsAt = Math.min(rollsAt, this.#judgePlace(place));
      // Everybody needs the root: when it is closed, the rest can only be sent away.
      if (this.#closed.has(rootOf(place.waiter.pool))) lookedAtBehind++;
      if (lookedAtBehind > LOOKED_AT_BEHIND) break;
    }
    this.#setTimer(rollsAt);
  }

  /** Judges one place, and tells when to look again: when the first window on its path rolls. */
  #judgePlace(place: Place): number {
    const { pool, ask } = place.waiter;
    let rollsAt = Number.POSITIVE_INFINITY;
    if (this.#settles(place, !isClosed(pool, this.#closed))) return rollsAt;
    // Whoever waits goes before everyone behind, at each level that refuses it.
    for (const level of refusingLevels(pool, ask)) this.#closed.add(level);
    for (const level of pathOf(pool)) rollsAt = Math.min(rollsAt, level.windowEndsAt);
    return rollsAt;
  }

  /** Admits who stands at `place` if `mayEnter`, or sends it away, if it is time for that. */
  #settles(place: Place, mayEnter: boolean): boolean {
    const { waiter } = place;
    const { pool, ask } = waiter;
    if (waiter.signal?.aborted === true) {
      this.leave(place);
      waiter.fail(waiter.signal.reason);
      return true;
    }
    if (fits(pool, ask)) {
      if (!mayEnter) return false;
      this.leave(place);
      hold(pool, ask);
      waiter.admitted();
      return true;
    }
    try {
      const refusal = refusalOf(pool, ask);
      if (refusal === undefined || refusal.reason === "busy") return false;
      this.leave(place);
      waiter.refuse(refusal);
    } catch (error) {
      this.leave(place);
      waiter.fail(error);
    }
    return true;
  }

  /** A roll frees room without anybody touching the pool, so somebody must look when it comes. */
  #setTimer(rollsAt: number): void {
    if (rollsAt === this.#rollsAt) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#rollsAt = rollsAt;
    if (rollsAt === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#clock.schedule(Math.max(0, rollsAt - this.#clock.now()), () => {
      this.#rollsAt = Number.POSITIVE_INFINITY;
      this.#cancelTimer = undefined;
      this.judge();
    });
  }
}

/** The next place that is still taken. One that has left still knows who stood behind it. */
function nextOf(place: Place): Place | undefined {
  let next = place.behind;
  while (next?.left === true) next = next.behind;
  return next;
}

function isClosed(pool: PoolState, closed: ReadonlySet<PoolState>): boolean {
  if (closed.size === 0) return false;
  for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
    if (closed.has(level)) return true;
  }
  return false;
}

function refusedAtRoot({ pool, ask }: Waiter): boolean {
  return refusingLevels(pool, ask).includes(rootOf(pool));
}

function rootOf(pool: PoolState): PoolState {
  let root = pool;
  while (root.parent !== undefined) root = root.parent;
  return root;
}
