// A slice of one pool's room, in which its thread decides without the other threads. Like the state
// of the whole tree (see slot-swap.ts), a slice is exchanged: its thread owns two states, writes
// the next one into the state that is not current, and makes it current with one
// compare-and-exchange on the slice's own word. Other threads change that word only to recall the
// slice, which clears its active bit. From then on the current state does not change, and the
// thread's next exchange fails. So a thread that is terminated at any point has completed a step in
// its slice or done nothing.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Hold } from "../core/rules.ts";
import type { PoolState } from "../core/pool-state.ts";
import { SLICE } from "./layout.ts";
import { readQuantities, writeQuantities } from "./pool-cells.ts";
import type { SharedBuffer } from "./shared-buffer.ts";

const STATE = 1;
const ACTIVE = 2;
/** The rest of the word counts its changes. */
const ONE = 4;

/** A pool as slices know it. */
export interface SlicedPool {
  readonly place: number;
  readonly state: PoolState;
  readonly path: readonly SlicedPool[];
}

/** A hold that was made in a slice: a part of its thread's lot. */
export class SliceHold implements Hold {
  readonly quantities: Quantities;
  readonly asOf: number;
  /** The thread's lot, and the operation that took it. */
  readonly lot: number;
  readonly born: number;

  constructor(quantities: Quantities, asOf: number, lot: number, born: number) {
    this.quantities = quantities;
    this.asOf = asOf;
    this.lot = lot;
    this.born = born;
  }
}

/** The initial values of a slice. */
export interface SliceGrant {
  readonly node: SlicedPool;
  readonly lot: number;
  readonly born: number;
  readonly asOf: number;
  /** The operation that made the slice. */
  readonly slice: number;
  readonly granted: Quantities;
  /** When a window of the path ends; `Infinity` without any. */
  readonly endsAt: number;
  /** The slice's word at the time it was made. */
  readonly word: number;
}

/** The final state of a recalled slice. */
export interface SliceBalance {
  readonly left: Quantities;
  readonly reserved: Quantities;
  openReservations: number;
}

/** The slice of this thread. */
export class ThreadSlice {
  readonly #cells: Float64Array;
  readonly #words: Int32Array;
  readonly #wordAt: number;
  readonly #first: number;
  readonly #clock: Clock;
  /** The pool of this thread's slice; undefined without one. */
  node: SlicedPool | undefined;
  #lot = -1;
  #born = -1;
  #asOf = -1;
  #endsAt = Number.POSITIVE_INFINITY;
  #word = 0;
  #wordAtStart = 0;
  /** The offsets of the current state and of the other one. */
  #at: number;
  #nextAt: number;
  /** Whether the holds of the other state differ from those of the current one. */
  #heldDiffers = true;

  constructor({ cells, words, layout }: SharedBuffer, row: number, clock: Clock) {
    const block = layout.slicesCell + row * SLICE.cells;
    this.#cells = cells;
    this.#words = words;
    this.#wordAt = block * 2;
    this.#first = block;
    this.#clock = clock;
    this.#at = block + SLICE.states[0];
    this.#nextAt = block + SLICE.states[1];
  }

  /** How many steps the slice has counted. */
  get steps(): number {
    return (this.#word - this.#wordAtStart) >>> 2;
  }

  /** The word while the slice is inactive; undefined while it is active. */
  idleWord(): number | undefined {
    const word = Atomics.load(this.#words, this.#wordAt);
    return (word & ACTIVE) === 0 ? word : undefined;
  }

  /** After the step that made a slice: activates it, unless it was recalled meanwhile. */
  activate({ node, lot, born, asOf, slice, granted, endsAt, word }: SliceGrant): void {
    const [first, second] = SLICE.states;
    const inSecond = (word & STATE) === 1;
    this.#nextAt = this.#first + (inSecond ? first : second);
    const cells = this.#cells;
    const to = this.#nextAt;
    cells[to + SLICE.slice] = slice;
    cells[to + SLICE.openReservations] = 0;
    writeQuantities(cells, to + SLICE.left, granted);
    cells.fill(0, to + SLICE.reserved, to + SLICE.reserved + 5);
    const next = ((word + ONE) | ACTIVE) ^ STATE;
    if (Atomics.compareExchange(this.#words, this.#wordAt, word, next) !== word) return;
    this.#word = next;
    this.#wordAtStart = next;
    this.#at = to;
    this.#nextAt = this.#first + (inSecond ? second : first);
    cells[this.#nextAt + SLICE.slice] = slice;
    this.#heldDiffers = true;
    this.#lot = lot;
    this.#born = born;
    this.#asOf = asOf;
    this.#endsAt = endsAt;
    this.node = node;
  }

  /** Forgets a slice that is no longer this thread's. */
  drop(): void {
    this.node = undefined;
  }

  /** Books a request on a pool if it fits in the slice. */
  book(node: SlicedPool, ask: Quantities): boolean {
    if (this.node !== node || !this.#hasRoom(node, ask)) return false;
    this.#take(ask);
    if (this.#heldDiffers) this.#copyHeld();
    return this.#exchange();
  }

  /** Reserves a request on a pool if it fits in the slice. */
  hold(node: SlicedPool, ask: Quantities): SliceHold | undefined {
    if (this.node !== node || !this.#hasRoom(node, ask)) return undefined;
    const cells = this.#cells;
    const from = this.#at;
    const to = this.#nextAt;
    this.#take(ask);
    cells[to + SLICE.openReservations] = cells[from + SLICE.openReservations]! + 1;
    cells[to + SLICE.reserved] = cells[from + SLICE.reserved]! + ask.tokens;
    cells[to + SLICE.reserved + 1] = cells[from + SLICE.reserved + 1]! + ask.inputTokens;
    cells[to + SLICE.reserved + 2] = cells[from + SLICE.reserved + 2]! + ask.outputTokens;
    cells[to + SLICE.reserved + 3] = cells[from + SLICE.reserved + 3]! + ask.nanoUsd;
    cells[to + SLICE.reserved + 4] = cells[from + SLICE.reserved + 4]! + ask.calls;
    this.#heldDiffers = true;
    if (!this.#exchange()) return undefined;
    return new SliceHold(ask, this.#asOf, this.#lot, this.#born);
  }

  /** Returns whether a hold of a pool can be settled in the slice now. */
  canSettle(node: SlicedPool, held: SliceHold): boolean {
    return this.node === node && this.#isOf(held) && this.#inWindow(node) && this.#isOf(held);
  }

  /** After `canSettle`: settles a hold at what was really used, if that is not more on any axis. */
  settle({ quantities }: SliceHold, actual: Quantities): boolean {
    if (
      actual.tokens > quantities.tokens ||
      actual.inputTokens > quantities.inputTokens ||
      actual.outputTokens > quantities.outputTokens ||
      actual.nanoUsd > quantities.nanoUsd ||
      actual.calls > quantities.calls
    ) {
      return false;
    }
    const cells = this.#cells;
    const from = this.#at;
    const to = this.#nextAt;
    const { left, reserved } = SLICE;
    const { tokens, inputTokens, outputTokens, nanoUsd, calls } = quantities;
    cells[to + SLICE.openReservations] = cells[from + SLICE.openReservations]! - 1;
    cells[to + left] = cells[from + left]! + (tokens - actual.tokens);
    cells[to + left + 1] = cells[from + left + 1]! + (inputTokens - actual.inputTokens);
    cells[to + left + 2] = cells[from + left + 2]! + (outputTokens - actual.outputTokens);
    cells[to + left + 3] = cells[from + left + 3]! + (nanoUsd - actual.nanoUsd);
    cells[to + left + 4] = cells[from + left + 4]! + (calls - actual.calls);
    cells[to + reserved] = cells[from + reserved]! - tokens;
    cells[to + reserved + 1] = cells[from + reserved + 1]! - inputTokens;
    cells[to + reserved + 2] = cells[from + reserved + 2]! - outputTokens;
    cells[to + reserved + 3] = cells[from + reserved + 3]! - nanoUsd;
    cells[to + reserved + 4] = cells[from + reserved + 4]! - calls;
    this.#heldDiffers = true;
    return this.#exchange();
  }

  #isOf(held: SliceHold): boolean {
    return held.lot === this.#lot && held.born === this.#born;
  }

  #hasRoom(node: SlicedPool, ask: Quantities): boolean {
    if (!this.#inWindow(node)) return false;
    const cells = this.#cells;
    const left = this.#at + SLICE.left;
    return (
      ask.tokens <= cells[left]! &&
      ask.inputTokens <= cells[left + 1]! &&
      ask.outputTokens <= cells[left + 2]! &&
      ask.nanoUsd <= cells[left + 3]! &&
      ask.calls <= cells[left + 4]!
    );
  }

  /** The clock is the caller's code, which may lose this slice and take another. */
  #inWindow(node: SlicedPool): boolean {
    if (this.#endsAt === Number.POSITIVE_INFINITY) return true;
    return readClock(this.#clock) < this.#endsAt && this.node === node;
  }

  #take(ask: Quantities): void {
    const cells = this.#cells;
    const from = this.#at + SLICE.left;
    const to = this.#nextAt + SLICE.left;
    cells[to] = cells[from]! - ask.tokens;
    cells[to + 1] = cells[from + 1]! - ask.inputTokens;
    cells[to + 2] = cells[from + 2]! - ask.outputTokens;
    cells[to + 3] = cells[from + 3]! - ask.nanoUsd;
    cells[to + 4] = cells[from + 4]! - ask.calls;
  }

  #copyHeld(): void {
    const cells = this.#cells;
    const from = this.#at;
    const to = this.#nextAt;
    cells[to + SLICE.openReservations] = cells[from + SLICE.openReservations]!;
    for (let axis = SLICE.reserved; axis < SLICE.reserved + 5; axis++) {
      cells[to + axis] = cells[from + axis]!;
    }
    this.#heldDiffers = false;
  }

  /** Makes the next state the current one. Returns false if the slice was recalled. */
  #exchange(): boolean {
    const word = this.#word;
    const next = (word + ONE) ^ STATE;
    if (Atomics.compareExchange(this.#words, this.#wordAt, word, next) !== word) {
      this.node = undefined;
      return false;
    }
    this.#word = next;
    const at = this.#at;
    this.#at = this.#nextAt;
    this.#nextAt = at;
    return true;
  }
}

/**
 * Recalls the slice that an operation made in a row, and reads its final state. Returns false if
 * the slice was never active, and never will be.
 */
export function takeSliceBack(
  { cells, words, layout }: SharedBuffer,
  row: number,
  slice: number,
  state: SliceBalance,
): boolean {
  const block = layout.slicesCell + row * SLICE.cells;
  const wordAt = block * 2;
  for (;;) {
    const word = Atomics.load(words, wordAt);
    const at = block + ((word & STATE) === 0 ? SLICE.states[0] : SLICE.states[1]);
    const wasActive = cells[at + SLICE.slice] === slice;
    if ((word & ACTIVE) === 0 && wasActive) {
      read(cells, at, state);
      // Inactive, its state stays as it is, unless the slice has become active in between: then
      // this was the state of the slice before, under the number of this one.
      if (Atomics.compareExchange(words, wordAt, word, word) === word) return true;
      continue;
    }
    // A slice that is not active yet must not become active.
    const next = (word + ONE) & ~ACTIVE;
    if (Atomics.compareExchange(words, wordAt, word, next) !== word) continue;
    return wasActive && read(cells, at, state);
  }
}

function read(cells: Float64Array, at: number, state: SliceBalance): true {
  readQuantities(cells, at + SLICE.left, state.left);
  readQuantities(cells, at + SLICE.reserved, state.reserved);
  state.openReservations = cells[at + SLICE.openReservations]!;
  return true;
}
