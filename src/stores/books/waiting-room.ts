// R13. The queue of a stored tree. A waiter is admitted only when it asks again. So a waiter ahead
// that fits counts as admitted, and one ahead that is refused blocks the levels that refuse it for
// all behind it.

import { createPoolState } from "../../core/pool-state.ts";
import type { PoolState } from "../../core/pool-state.ts";
import { setFrozen } from "../../core/frozen.ts";
import { assign } from "../../core/quantities.ts";
import type { Refusal } from "../../core/refusal.ts";
import { fits, hold, isCountable, refusalOf } from "../../core/rules.ts";
import { WaitingRound } from "../../core/waiting.ts";
import type { Books, StoredPool, StoredWaiter } from "./books.ts";
import { rollPath } from "./stored-path.ts";

/**
 * The queue as it would be admitted now, from its head on. It stays valid as long as only waiters
 * change the books.
 */
export class WaitingRoom {
  readonly #books: Books;
  readonly #nowMs: number;
  readonly #line: StoredWaiter[];
  readonly #placeOf = new Map<string, number>();
  #position = 0;
  /** The waiters that were admitted or left since. */
  readonly #resolved = new Set<string>();
  /** The pools as if every waiter ahead that fits had been admitted. */
  readonly #imagined = new Map<string, PoolState>();
  readonly #round = new WaitingRound();

  constructor(books: Books, nowMs: number) {
    this.#books = books;
    this.#nowMs = nowMs;
    this.#line = [...books.waiters()];
    for (const [place, { id }] of this.#line.entries()) this.#placeOf.set(id, place);
  }

  /** Returns why a waiter ahead blocks this one; undefined if none does. */
  blocks(waiter: StoredWaiter): Refusal | undefined {
    const place = this.#placeOf.get(waiter.id);
    // The waiter is ahead of the cursor: judge the queue from its head again.
    if (place !== undefined && place < this.#position) this.#restart();
    this.#advanceTo(waiter.id);
    const pool = this.#imaginedPool(waiter.path);
    if (pool === undefined) return undefined;
    return this.#round.refusalAhead(pool) ?? refusalOf(pool, waiter.ask);
  }

  /** Keeps the position of a waiter, or adds it at the end. */
  keep(waiter: StoredWaiter): void {
    this.#books.keepWaiter(waiter);
    const place = this.#placeOf.get(waiter.id) ?? this.#line.length;
    this.#placeOf.set(waiter.id, place);
    this.#line[place] = waiter;
  }

  /** Removes a waiter from the queue, which was admitted if `held`. */
  leave({ id, path, ask }: StoredWaiter, held: boolean): void {
    this.#books.dropWaiter(id);
    this.#resolved.add(id);
    const pool = held ? this.#imaginedPool(path) : undefined;
    if (pool !== undefined) hold(pool, ask);
  }

  #restart(): void {
    this.#position = 0;
    this.#imagined.clear();
    this.#round.clear();
  }

  /** Judges the waiters up to the one with this id, in order. */
  #advanceTo(id: string): void {
    for (; this.#position < this.#line.length; this.#position++) {
      const waiter = this.#line[this.#position];
      if (waiter === undefined || waiter.id === id) return;
      if (this.#resolved.has(waiter.id)) continue;
      if (waiter.expiresAt <= this.#nowMs) this.#books.dropWaiter(waiter.id);
      else if (!this.#round.isOver) this.#imagine(waiter);
    }
  }

  #imagine({ path, ask }: StoredWaiter): void {
    const pool = this.#imaginedPool(path);
    if (pool === undefined) return;
    // A waiter whose request overflows will be refused, and blocks no other.
    if (!fits(pool, ask) && !isCountable(pool, ask)) return;
    if (this.#round.judge(pool, ask) === "enters") hold(pool, ask);
  }

  #imaginedPool(path: string): PoolState | undefined {
    const known = this.#imagined.get(path);
    if (known !== undefined) return known;
    const pool = this.#books.pool(path);
    if (pool === undefined) return undefined;
    rollPath(this.#books, pool, this.#nowMs);
    return this.#copy(pool);
  }

  #copy({ state, above }: StoredPool): PoolState {
    const known = this.#imagined.get(state.path);
    if (known !== undefined) return known;
    const { path, caps, overage, window } = state;
    const parent = above === undefined ? undefined : this.#copy(above);
    const copy = createPoolState(path, { caps, overage, window, thresholds: [] }, parent);
    assign(copy.taken, state.taken);
    assign(copy.reserved, state.reserved);
    copy.windowStartsAt = state.windowStartsAt;
    copy.windowEndsAt = state.windowEndsAt;
    copy.parts = state.parts;
    setFrozen(copy, state.frozen);
    this.#imagined.set(path, copy);
    return copy;
  }
}
