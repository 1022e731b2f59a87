// R13. The queue of a stored tree. A waiter is admitted only when it asks again, so one ahead that
// fits counts as admitted, and one ahead that is refused closes the levels that refuse it to all
// behind it.

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
 * The line as it would come in now, from its head on. It holds for as long as nothing but waiters
 * changes the books.
 */
export class WaitingRoom {
  readonly #books: Books;
  readonly #nowMs: number;
  readonly #line: StoredWaiter[];
  #position = 0;
  /** Who has come in or gone away since. */
  readonly #resolved = new Set<string>();
  /** The pools as they would be if everybody ahead who fits had come in. */
  readonly #imagined = new Map<string, PoolState>();
  readonly #round = new WaitingRound();

  constructor(books: Books, nowMs: number) {
    this.#books = books;
    this.#nowMs = nowMs;
    this.#line = [...books.waiters()];
  }

  /** Returns why a waiter ahead keeps this one waiting; undefined when none does. */
  blocks(waiter: StoredWaiter): Refusal | undefined {
    const place = this.#line.findIndex(({ id }) => id === waiter.id);
    // The waiter is ahead of the position: the queue is judged from its head again.
    if (place !== -1 && place < this.#position) this.#beginAnew();
    this.#advanceTo(waiter.id);
    const pool = this.#imaginedPool(waiter.path);
    if (pool === undefined) return undefined;
    return this.#round.refusalAhead(pool) ?? refusalOf(pool, waiter.ask);
  }

  /** Keeps the place of a waiter, or gives it the last one. */
  keep(waiter: StoredWaiter): void {
    this.#books.keepWaiter(waiter);
    const place = this.#line.findIndex(({ id }) => id === waiter.id);
    if (place === -1) this.#line.push(waiter);
    else this.#line[place] = waiter;
  }

  /** Takes a waiter out of the line, who has come in if `held`. */
  leave({ id, path, ask }: StoredWaiter, held: boolean): void {
    this.#books.dropWaiter(id);
    this.#resolved.add(id);
    const pool = held ? this.#imaginedPool(path) : undefined;
    if (pool !== undefined) hold(pool, ask);
  }

  #beginAnew(): void {
    this.#position = 0;
    this.#imagined.clear();
    this.#round.clear();
  }

  /** Everybody up to the one with this id takes place, in order. */
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
    // One that cannot be counted will be sent away, and holds up no other.
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
