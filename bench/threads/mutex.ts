// What is written by hand to count in shared memory: a mutex around two counters. It is only the baseline. A thread
// that is terminated within a section never unlocks, and everybody waits forever.

import { AMPLE } from "../amounts.ts";
import type { CallAmount } from "../amounts.ts";
import { BareHolds } from "../bare-counters.ts";

const LOCK_WORD = 0;
const FREE = 0;
const HELD = 1;
const HELD_AND_WAITED_FOR = 2;

/** The counters lie beside the lock, so that whoever gets the one has the others in its cache too. */
const CELL = { lock: 0, tokens: 1, usd: 2, length: 3 } as const;

/** Two counters under two caps, in shared memory. */
export class MutexedCounters {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #cells: Float64Array;
  readonly #capTokens = AMPLE.tokens;
  readonly #capUsd = AMPLE.usd;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.#cells = new Float64Array(buffer);
  }

  /** Counters that begin where the bare ones do. */
  static create(): MutexedCounters {
    const counters = new MutexedCounters(new SharedArrayBuffer(CELL.length * 8));
    const { tokens, usd } = new BareHolds(AMPLE);
    counters.#cells[CELL.tokens] = tokens;
    counters.#cells[CELL.usd] = usd;
    return counters;
  }

  get tokens(): number {
    return this.#cells[CELL.tokens]!;
  }

  get usd(): number {
    return this.#cells[CELL.usd]!;
  }

  record(amount: CallAmount): boolean {
    const cells = this.#cells;
    lock(this.#words);
    const tokens = cells[CELL.tokens]! + amount.tokens;
    const usd = cells[CELL.usd]! + amount.usd;
    const fits = tokens <= this.#capTokens && usd <= this.#capUsd;
    if (fits) {
      cells[CELL.tokens] = tokens;
      cells[CELL.usd] = usd;
    }
    unlock(this.#words);
    return fits;
  }

  take(amount: CallAmount): boolean {
    const cells = this.#cells;
    lock(this.#words);
    const tokens = cells[CELL.tokens]! + amount.tokens;
    const usd = cells[CELL.usd]! + amount.usd;
    const fits = tokens <= this.#capTokens && usd <= this.#capUsd;
    if (fits) {
      cells[CELL.tokens] = tokens;
      cells[CELL.usd] = usd;
    }
    unlock(this.#words);
    return fits;
  }

  settle(held: CallAmount, used: CallAmount): void {
    const cells = this.#cells;
    lock(this.#words);
    cells[CELL.tokens] = cells[CELL.tokens]! + (used.tokens - held.tokens);
    cells[CELL.usd] = cells[CELL.usd]! + (used.usd - held.usd);
    unlock(this.#words);
  }
}

/** Nobody sleeps, and nobody is notified, as long as there is only one. */
function lock(words: Int32Array): void {
  if (Atomics.compareExchange(words, LOCK_WORD, FREE, HELD) === FREE) return;
  while (Atomics.exchange(words, LOCK_WORD, HELD_AND_WAITED_FOR) !== FREE) {
    Atomics.wait(words, LOCK_WORD, HELD_AND_WAITED_FOR);
  }
}

function unlock(words: Int32Array): void {
  if (Atomics.exchange(words, LOCK_WORD, FREE) === HELD_AND_WAITED_FOR) {
    Atomics.notify(words, LOCK_WORD, 1);
  }
}
