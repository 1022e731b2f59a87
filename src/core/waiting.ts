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

/** Returns whether a request on a pool is refused at one of some levels. */
export function isRefusedAt(
  levels: ReadonlySet<PoolState>,
  pool: PoolState,
  ask: Quantities,
): boolean {
  for (const level of pathOf(pool))
    if (levels.has(level) && !fitsWithin(level.taken, ask, level.limits)) return true;
  return false;
}

/** How many waiters are judged behind one that closes the whole tree. */
const LOOKED_AT_BEHIND = 100;

/** What a pass knows of a level: the waiters there or below it. */
interface Standing {
  /** Its largest request, by axis. */
  readonly largest: Quantities;
  /** The first waiter that the level refuses: it closes the level to all behind it. */
  closer?: { readonly pool: PoolState; readonly ask: Quantities };
}

/** One pass through a queue, from its head on. */
export class WaitingRound {
  readonly #standings = new Map<PoolState, Standing>();
  #behind = 0;

  /** Begins another pass. */
  clear(): void {
    this.#standings.clear();
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
    if (this.#standings.get(rootOf(pool))?.closer !== undefined) this.#behind++;
    return judgement;
  }

  #judged(pool: PoolState, ask: Quantities): Judgement {
    let refusal: Refusal | undefined;
    if (fits(pool, ask)) {
      if (this.#closerOf(pool) === undefined) return "enters";
    } else {
      refusal = refusalOf(pool, ask);
      if (refusal !== undefined && refusal.reason !== "busy") return refusal;
    }
    for (const level of pathOf(pool)) {
      let standing = this.#standings.get(level);
      if (standing === undefined) this.#standings.set(level, (standing = { largest: uniform(0) }));
      const { largest } = standing;
      for (const field of FIELDS) largest[field] = Math.max(largest[field], ask[field]);
      if (refusal !== undefined && !fitsWithin(level.taken, ask, level.limits))
        standing.closer ??= { pool, ask };
    }
    return "waits";
  }

  /** Returns why a waiter ahead blocks others from a pool; undefined if none does. */
  refusalAhead(pool: PoolState): Refusal | undefined {
    const closer = this.#closerOf(pool);
    return closer && refusalOf(closer.pool, closer.ask);
  }

  /**
   * Returns whether a change in the books of a pool and those above it may admit or refuse a
   * waiter, as far as this pass has judged. Its cost does not depend on the number of waiters.
   */
  mayMove(pool: PoolState): boolean {
    for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
      const standing = this.#standings.get(level);
      if (standing === undefined) continue;
      const { taken, reserved, limits } = level;
      const { closer, largest } = standing;
      if (closer !== undefined && fitsWithin(taken, closer.ask, limits)) return true;
      if (fitsWithin(taken, largest, limits)) continue;
      // Waiting can help as long as the largest request fits next to what is used.
      for (const field of FIELDS)
        if (taken[field] - reserved[field] + largest[field] > limits[field]) return true;
    }
    return false;
  }

  /**
   * Returns whether a waiter may close a level that the pool needs and that it did not close when
   * this pass judged it: later bookings may refuse it there too.
   */
  isStaleAt(pool: PoolState): boolean {
    for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
      const standing = this.#standings.get(level);
      if (standing === undefined || standing.closer !== undefined) continue;
      if (!fitsWithin(level.taken, standing.largest, level.limits)) return true;
    }
    return false;
  }

  /** The waiter that closes the first closed level of a path. */
  #closerOf(pool: PoolState): Standing["closer"] {
    for (let level: PoolState | undefined = pool; level !== undefined; level = level.parent) {
      const closer = this.#standings.get(level)?.closer;
      if (closer !== undefined) return closer;
    }
    return undefined;
  }
}
