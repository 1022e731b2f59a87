// R13. Who waits for room, in the order in which they came. One line serves a whole tree of pools:
// whoever is refused at a pool goes before everyone behind who needs room there too, and holds up
// nobody else.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import type { PoolState } from "../core/pool-state.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import { fits, pathOf, refusalOf, refusingLevels, roll } from "../core/rules.ts";

/** Somebody who waits for room on a pool. */
export interface Waiter {
  readonly pool: PoolState;
  readonly ask: Quantities;
  /** Called when the ask fits and its turn has come; takes the room before it returns. */
  admit(): void;
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

/** A first-in-first-out line with removal from anywhere at constant cost. */
export class WaitingLine {
  /** Who has waited longest. */
  head: Place | undefined;
  #tail: Place | undefined;
  readonly #clock: Clock;
  #rollsAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the last place. */
  join(waiter: Waiter): Place {
    const place: Place = { waiter, ahead: this.#tail, behind: undefined, left: false };
    if (this.#tail === undefined) this.head = place;
    else this.#tail.behind = place;
    this.#tail = place;
    return place;
  }

  /** Gives a place up. Whoever stood behind it may fit now: the caller judges the line. */
  leave(place: Place): void {
    if (place.left) return;
    place.left = true;
    if (place.ahead === undefined) this.head = place.behind;
    else place.ahead.behind = place.behind;
    if (place.behind === undefined) this.#tail = place.ahead;
    else place.behind.ahead = place.ahead;
    if (this.head === undefined) this.#setTimer(Number.POSITIVE_INFINITY);
  }

  /**
   * Lets in, from the head on, everyone who fits, and sends away everyone for whom waiting does not
   * help any more.
   */
  judge(): void {
    const nowMs = readClock(this.#clock);
    const contended = new Set<PoolState>();
    let rollsAt = Number.POSITIVE_INFINITY;
    let place = this.head;
    while (place !== undefined) {
      const { behind, waiter } = place;
      if (!this.#isBehind(waiter, contended) && !this.#settles(place, nowMs)) {
        for (const level of refusingLevels(waiter.pool, waiter.ask)) contended.add(level);
        for (const level of pathOf(waiter.pool)) {
          rollsAt = Math.min(rollsAt, level.windowEndsAt);
          // Everybody needs the root: when it refuses, nobody further back can be let in.
          if (level.parent === undefined && contended.has(level)) return this.#setTimer(rollsAt);
        }
      }
      place = behind;
    }
    this.#setTimer(rollsAt);
  }

  /**
   * Why a place is not let in yet: its own refusal, or that of the nearest one ahead who is
   * refused.
   */
  refusalAt(place: Place): Refusal {
    for (let at: Place | undefined = place; at !== undefined; at = at.ahead) {
      const refusal = refusalOf(at.waiter.pool, at.waiter.ask);
      if (refusal !== undefined) return refusal;
    }
    throw new Error("unreachable: nobody in the line is refused, yet somebody waits");
  }

  #isBehind(waiter: Waiter, contended: ReadonlySet<PoolState>): boolean {
    if (contended.size === 0) return false;
    for (const level of pathOf(waiter.pool)) if (contended.has(level)) return true;
    return false;
  }

  /** Admits or sends away who stands at `place`, if it is time for that. */
  #settles(place: Place, nowMs: number): boolean {
    const { pool, ask } = place.waiter;
    roll(pool, nowMs);
    if (fits(pool, ask)) {
      this.leave(place);
      place.waiter.admit();
      return true;
    }
    try {
      const refusal = refusalOf(pool, ask);
      if (refusal === undefined || refusal.reason === "busy") return false;
      this.leave(place);
      place.waiter.refuse(refusal);
    } catch (error) {
      this.leave(place);
      place.waiter.fail(error);
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
