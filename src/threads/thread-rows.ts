// The threads that take part. A thread takes a row, with two slots. It is identified by the number
// of the row and the number of times the row was taken, which distinguishes it from earlier owners.

import { ThreadsFull } from "./errors.ts";
import { ROW } from "./layout.ts";
import type { SharedBuffer } from "./shared-buffer.ts";

const ROW_BITS = 8;
const TAKEN_MASK = 2 ** 22 - 1;

/** The owner of a row: never 0. */
export type Owner = number;

/** The rows of all threads. */
export class ThreadRows {
  readonly #words: Int32Array;
  readonly #first: number;
  readonly count: number;

  constructor({ words, layout }: SharedBuffer) {
    this.#words = words;
    this.#first = layout.rowsWord;
    this.count = layout.threads;
  }

  /**
   * Takes a row for the thread of that number.
   *
   * @throws {ThreadsFull} if all are taken.
   */
  take(thread: number): Owner {
    for (let row = 0; row < this.count; row++) {
      // If the thread ends right here, it is found by its number.
      const at = this.wordOf(row, ROW.thread);
      if (Atomics.compareExchange(this.#words, at, 0, thread) !== 0) continue;
      for (const word of [ROW.beat, ROW.listening, ROW.watcher]) this.set(row, word, 0);
      const owner = (((this.get(row, ROW.taken) + 1) & TAKEN_MASK) << ROW_BITS) | (row + 1);
      this.set(row, ROW.owner, owner);
      return owner;
    }
    throw new ThreadsFull(this.count);
  }

  /** Frees a row, once its owner holds nothing. */
  free(row: number): void {
    // Raised first, because the next owner must differ.
    const owner = this.ownerOf(row);
    if (owner !== 0) this.set(row, ROW.taken, owner >> ROW_BITS);
    this.set(row, ROW.owner, 0);
    this.set(row, ROW.thread, 0);
  }

  /** The owner of a row; 0 for no thread. */
  ownerOf(row: number): Owner {
    return this.get(row, ROW.owner);
  }

  /** Returns whether a thread still has its row. */
  has(owner: Owner): boolean {
    return owner !== 0 && this.ownerOf(threadRowOf(owner)) === owner;
  }

  get(row: number, word: number): number {
    return Atomics.load(this.#words, this.wordOf(row, word));
  }

  set(row: number, word: number, value: number): void {
    Atomics.store(this.#words, this.wordOf(row, word), value);
  }

  add(row: number, word: number): void {
    Atomics.add(this.#words, this.wordOf(row, word), 1);
  }

  /** Returns the offset of a word of a row in the buffer. */
  wordOf(row: number, word: number): number {
    return this.#first + row * ROW.words + word;
  }

  /** Asks a thread to look at the budget soon. */
  wake(row: number): void {
    this.add(row, ROW.wake);
    Atomics.notify(this.#words, this.wordOf(row, ROW.wake));
  }
}

/** Returns the row of a thread. */
export function threadRowOf(owner: Owner): number {
  return (owner & (2 ** ROW_BITS - 1)) - 1;
}
