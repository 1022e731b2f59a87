// R13. Which waiters are admitted first: one algorithm for every queue. Each queue adds its own
// timers, storage and expiry. The Redis script mirrors this file, and traces prove that it does.
//
// A waiter that is refused at a pool blocks all waiters behind it that need room there too, and no
// others: it closes each level that refuses it to all behind it.

import type { PoolState } from "./pool-state.ts";
import { FIELD_OF_AXIS, fitsWithin, uniform } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { Refusal } from "./refusal.ts";
import { fits, pathOf, refusalOf, rootOf } from "./rules.ts";

/** The verdict on a waiter: it is admitted, it waits on, or a lasting refusal ends its wait. */
export type Judgement = "enters" | "waits" | Refusal;

const FIELDS = Object.values(FIELD_OF_AXIS);

/** How many waiters are judged behind one that closes the whole tree. */
const LOOKED_AT_BEHIND = 100;

/** A waiter that closes a level to all behind it. */
interface Closer {
  readonly pool: PoolState;
  readonly ask: Quantities;
}

/** One pass through a queue, from its head on. */
export class WaitingRound {
  /** The levels that refuse a waiter, and the first waiter that each refuses. */
  readonly #closed = new Map<PoolState, Closer>();
  /** The largest request of those that wait on a level or below it, by axis. */
  readonly #largest = new Map<PoolState, Quantities>();
  #behind = 0;

  /** Begins another pass. */
  clear(): void {
    this.#closed.clear();
    this.#largest.clear();
    this.#behind = 0;
  }

  /**
   * Whether the pass can stop: the whole tree is closed, so that later waiters can only be refused,
   * and a hundred of them were judged.
   */
  get isOver(): boolean {
    return this.#behind > LOOKED_AT_BEHIND;
  }

  /**
   * Judges the next waiter. The caller reserves for an admitted one before it judges another.
   *
   * @throws {RangeError} if no cap refuses, but a total would pass 2^53 − 1 (R1).
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

  /** Returns why a waiter ahead blocks others from a pool; undefined if none does. */
  refusalAhead(pool: PoolState): Refusal | undefined {
    for (const level of pathOf(pool)) {
      const closer = this.#closed.get(level);
      if (closer !== undefined) return refusalOf(closer.pool, closer.ask);
    }
    return undefined;
  }

  /**
   * Returns whether a change in the books of a pool and those above it may admit or refuse a
   * waiter, as far as this pass has judged. Its cost does not depend on the number of waiters.
   */
  mayMove(pool: PoolState): boolean {
    for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
      const closer = this.#closed.get(level);
      if (closer !== undefined && fitsWithin(level.taken, closer.ask, level.limits)) return true;
      // Waiting can help as long as the largest request fits next to what is used.
      const { taken, reserved, limits } = level;
      const largest = this.#largest.get(level);
      for (const field of FIELDS)
        if (largest && taken[field] - reserved[field] + largest[field] > limits[field]) return true;
    }
    return false;
  }

  /**
   * Returns whether a waiter may close a level that the pool needs and that it did not close when
   * this pass judged it: later bookings may refuse it there too.
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
