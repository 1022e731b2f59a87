// R13. The waiters of a tree of pools, in order of arrival. core/waiting.ts judges each; this file
// has the queue, its timer, and decides when to judge it.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import type { PoolState } from "../core/pool-state.ts";
import { fitsWithin } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import { roll } from "../core/roll.ts";
import { hold, pathOf, refusalOf, rootOf } from "../core/rules.ts";
import { isRefusedAt, WaitingRound } from "../core/waiting.ts";
import type { Judgement } from "../core/waiting.ts";
import type { QueueTicket, Waiter } from "./waiter.ts";

/** A ticket in this queue, between the one ahead and the one behind. */
class LinePlace implements QueueTicket {
  readonly pool: PoolState;
  readonly ask: Quantities;
  readonly waiter: Waiter;
  readonly #queue: WaitQueue;
  ahead: LinePlace | undefined;
  behind: LinePlace | undefined = undefined;
  left = false;

  constructor(
    queue: WaitQueue,
    pool: PoolState,
    ask: Quantities,
    waiter: Waiter,
    ahead: LinePlace | undefined,
  ) {
    this.#queue = queue;
    this.pool = pool;
    this.ask = ask;
    this.waiter = waiter;
    this.ahead = ahead;
  }

  judge(): void {
    this.#queue.judge();
  }

  leave(): void {
    this.#queue.leaveAndJudge(this);
  }

  refusal(): Refusal | undefined {
    return this.#queue.refusalAt(this);
  }
}

/** A first-in-first-out queue with removal from any position at constant cost. */
export class WaitQueue {
  /** The first waiter. */
  head: LinePlace | undefined;
  #tail: LinePlace | undefined;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** The last pass, including waiters that joined since. */
  readonly #round = new WaitingRound();
  #judging = false;
  #changedMeanwhile = false;
  #rollsAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  /** `changed` is called when the first waiter joins, and when the last one leaves. */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Adds a waiter at the end, and admits it at once if it fits and no waiter ahead blocks it. */
  join(pool: PoolState, ask: Quantities, waiter: Waiter): QueueTicket {
    const place = new LinePlace(this, pool, ask, waiter, this.#tail);
    if (this.#tail === undefined) this.head = place;
    else this.#tail.behind = place;
    this.#tail = place;
    this.#changed();
    if (this.#judging || this.#round.isStaleAt(pool)) this.judge();
    else this.#setTimer(Math.min(this.#rollsAt, this.#judgePlace(place)));
    return place;
  }

  /** Removes a ticket; waiters behind it may fit now. */
  leave(place: LinePlace): void {
    if (place.left) return;
    place.left = true;
    if (place.ahead === undefined) this.head = place.behind;
    else place.ahead.behind = place.behind;
    if (place.behind === undefined) this.#tail = place.ahead;
    else place.behind.ahead = place.ahead;
    if (this.head !== undefined) return;
    this.#changed();
    this.#round.clear();
    this.#setTimer(Number.POSITIVE_INFINITY);
  }

  /** Judges the queue if a change in the books of a pool may matter to a waiter. */
  changedAt(pool: PoolState): void {
    if (this.#judging || this.#round.mayMove(pool)) this.judge();
  }

  /** Removes a ticket, and admits waiters behind it that fit now. */
  leaveAndJudge(place: LinePlace): void {
    const wasHead = place === this.head;
    this.leave(place);
    // While the head is refused at the root, no waiter behind it can be admitted.
    if (this.head !== undefined && (wasHead || !refusedAtRoot(this.head))) this.judge();
  }

  /**
   * Admits, from the head on, every waiter that fits, and refuses those that can no longer be
   * helped by waiting. Waiters run their owners' code (a signal, a clock): its changes to the pools
   * are judged in another pass, not inside this one.
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

  /**
   * Returns why a waiter is not admitted yet: its own refusal, or that of the first one ahead that
   * blocks it.
   */
  refusalAt(place: LinePlace): Refusal | undefined {
    const { pool, ask } = place;
    const own = refusalOf(pool, ask);
    if (own !== undefined) return own;
    const path = new Set(pathOf(pool));
    for (let at = this.head; at !== undefined && at !== place; at = at.behind)
      if (isRefusedAt(path, at.pool, at.ask)) return refusalOf(at.pool, at.ask);
    return undefined;
  }

  #judgeAll(nowMs: number): void {
    this.#round.clear();
    let rollsAt = Number.POSITIVE_INFINITY;
    for (let place = this.head; place !== undefined; place = nextOf(place)) {
      roll(place.pool, nowMs);
      rollsAt = Math.min(rollsAt, this.#judgePlace(place));
      if (this.#round.isOver) break;
    }
    this.#setTimer(rollsAt);
  }

  /** Judges one ticket, and sets when to judge again: when the first window on its path rolls. */
  #judgePlace(place: LinePlace): number {
    let rollsAt = Number.POSITIVE_INFINITY;
    if (this.#settles(place)) return rollsAt;
    for (const level of pathOf(place.pool)) rollsAt = Math.min(rollsAt, level.windowEndsAt);
    return rollsAt;
  }

  /** Admits or refuses the waiter of `place`, if it is time for that. */
  #settles(place: LinePlace): boolean {
    const { pool, ask, waiter } = place;
    if (waiter.signal?.aborted === true) {
      this.leave(place);
      waiter.fail(waiter.signal.reason);
      return true;
    }
    let judgement: Judgement;
    try {
      judgement = this.#round.judge(pool, ask);
    } catch (error) {
      this.leave(place);
      waiter.fail(error);
      return true;
    }
    if (judgement === "waits") return false;
    this.leave(place);
    if (judgement === "enters") waiter.admitted(hold(pool, ask));
    else waiter.refuse(judgement);
    return true;
  }

  /** A roll frees room without a call, so the queue is judged when it is due. */
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

/** Returns the next ticket still in the queue. A removed one still knows its successor. */
function nextOf(place: LinePlace): LinePlace | undefined {
  let next = place.behind;
  while (next?.left === true) next = next.behind;
  return next;
}

function refusedAtRoot({ pool, ask }: LinePlace): boolean {
  const { taken, limits } = rootOf(pool);
  return !fitsWithin(taken, ask, limits);
}
