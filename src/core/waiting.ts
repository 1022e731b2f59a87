// R13. Which waiters go first: one judgement for every queue. What else a queue keeps (timers,
// cells, expiry) is its own. The Redis script mirrors this text, and traces prove
// that it does.
//
// A waiter that is refused at a pool goes before everyone behind who needs room there too, and
// holds up no other: it closes each level that refuses it to all behind it.

import type { PoolState } from "./pool-state.ts";
import { FIELD_OF_AXIS, fitsWithin, uniform } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { Refusal } from "./refusal.ts";
import { fits, pathOf, refusalOf, rootOf } from "./rules.ts";

/**
 * What becomes of a waiter: it enters, it waits on, or a lasting refusal sends it away, because
 * waiting no longer helps.
 */
export type Judgement = "enters" | "waits" | Refusal;

const FIELDS = Object.values(FIELD_OF_AXIS);

/** How many waiters are looked at behind one that closes the whole tree. */
const LOOKED_AT_BEHIND = 100;

/** A waiter that closes a level to all behind it. */
interface Closer {
  readonly pool: PoolState;
  readonly ask: Quantities;
}

/** One pass through a queue, from its head on. */
export class WaitingRound {
  /** The levels that refuse a waiter, and the first one that each refuses. */
  readonly #closed = new Map<PoolState, Closer>();
  /** The largest ask of those that wait on a level or below it, by axis. */
  readonly #largest = new Map<PoolState, Quantities>();
  #behind = 0;

  /** Begins another pass. */
  clear(): void {
    this.#closed.clear();
    this.#largest.clear();
    this.#behind = 0;
  }

  /**
   * Whether the rest of the queue need not be looked at: the whole tree is closed, so that the rest
   * can only be sent away, and a hundred behind were looked at.
   */
  get isOver(): boolean {
    return this.#behind > LOOKED_AT_BEHIND;
  }

  /**
   * Judges the next waiter. The caller holds the request of one that enters before it judges
   * another.
   *
   * @throws {RangeError} when no cap refuses, but a total would pass 2^53 − 1 (R1).
   */
  judge(pool: PoolState, ask: Quantities): Judgement {
    const judgement = this.#judged(pool, ask);
    if (this.#closed.has(rootOf(pool))) this.#behind++;
    return judgement;
  }

  #judged(pool: PoolState, ask: Quantities): Judgement {
    let refusal: Refusal | undefined;
    if (fits(pool, ask)) {
      if (!this.#isClosed(pool)) return "enters";
    } else {
      refusal = refusalOf(pool, ask);
      if (refusal !== undefined && refusal.reason !== "busy") return refusal;
    }
    for (const level of pathOf(pool)) {
      const isRefused = refusal !== undefined && !fitsWithin(level.taken, ask, level.limits);
      if (isRefused && !this.#closed.has(level)) this.#closed.set(level, { pool, ask });
      const largest = this.#largest.get(level) ?? uniform(0);
      for (const field of FIELDS) largest[field] = Math.max(largest[field], ask[field]);
      this.#largest.set(level, largest);
    }
    return "waits";
  }

  /** Returns why a waiter ahead keeps others from a pool; undefined when none does. */
  refusalAhead(pool: PoolState): Refusal | undefined {
    for (const level of pathOf(pool)) {
      const closer = this.#closed.get(level);
      if (closer !== undefined) return refusalOf(closer.pool, closer.ask);
    }
    return undefined;
  }

  /**
   * Returns whether a change in the books of a pool and of those above it may let a waiter in or
   * send one away, as far as this pass has looked. Costs nothing per waiter.
   */
  mayMove(pool: PoolState): boolean {
    for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
      const closer = this.#closed.get(level);
      if (closer !== undefined && fitsWithin(level.taken, closer.ask, level.limits)) return true;
      // Waiting helps as long as the largest ask fits beside what is used.
      const { taken, reserved, limits } = level;
      const largest = this.#largest.get(level);
      for (const field of FIELDS)
        if (largest && taken[field] - reserved[field] + largest[field] > limits[field]) return true;
    }
    return false;
  }

  /**
   * Returns whether a waiter may close a level that the pool needs and that it did not close when
   * this pass judged it: what was booked since may refuse it there too.
   */
  isStaleAt(pool: PoolState): boolean {
    for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
      const largest = this.#closed.has(level) ? undefined : this.#largest.get(level);
      if (largest && !fitsWithin(level.taken, largest, level.limits)) return true;
    }
    return false;
  }

  #isClosed(pool: PoolState): boolean {
    if (this.#closed.size === 0) return false;
    for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent)
      if (this.#closed.has(level)) return true;
    return false;
  }
}
