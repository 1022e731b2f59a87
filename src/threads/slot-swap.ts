// How threads change one state together without a lock. Every thread owns two slots, and each slot
// holds a whole state. One word of shared memory says which slot is current, and a version that is
// raised with every change. A thread makes the next state in its own slot that is not current, and
// swaps it in with one compare-and-exchange on that word, which fails when another thread came
// first.
//
// - What others can see changes in that one instruction, so a thread that is ended anywhere has
//   either done the whole of its step or nothing.
// - A slot is written only by its owner, and only while it is not current. A thread that reads a
//   slot that is rewritten meanwhile reads nonsense, and finds out: the exchange fails, since the
//   word has changed. So nothing that was read may be believed before an exchange has succeeded.
// - The version wraps around after 2^32 / slots changes. Only a thread that stands still in the
//   middle of a step for exactly so many, and then finds the very same slot current, would be
//   fooled.

import { COLD, HEADER, HOT, LOT, LOTS_PER_ROW, PREAMBLE } from "./layout.ts";
import type { Layout } from "./layout.ts";
import { NumberList } from "./number-list.ts";
import type { SharedBuffer } from "./shared-buffer.ts";

const CURRENT = PREAMBLE.current;
const UNKNOWN = -1;
const NONE = -1;
const SEVERAL = -2;

/** One thread's part in the exchange. */
export class SlotSwap {
  readonly #cells: Float64Array;
  readonly #words: Int32Array;
  readonly #layout: Layout;
  readonly #slotMask: number;
  readonly #hotAtCell: number;
  readonly #bitsCell: number;
  readonly #slotsCell: number;
  readonly #slotCells: number;
  /** The current word, as this thread last read it in an atomic operation. */
  #word: number;
  /** The offset of the current slot, in cells. */
  at: number;
  /** The slot of this thread for the next state, and its offset. */
  #nextSlot: number;
  nextAt: number;
  /** Pools whose cells in the next slot will not match their stamps if the exchange fails. */
  readonly #hotTouched = new NumberList();
  readonly #coldTouched = new NumberList();
  /** Whether any of these is set. */
  #untidy = false;
  #bitsTouched = false;
  #queueTouched = false;
  #lotsTouched = false;
  /** The word of bits that this step changes; `NONE`, or `SEVERAL`. */
  #bitWord = NONE;
  /** The same for this thread's last step that changed bits, and the stamps around it. */
  #lastBitWord = NONE;
  #bitsBefore = UNKNOWN;
  #bitsAfter = UNKNOWN;
  #prepared = false;

  constructor(shared: SharedBuffer, row: number) {
    this.#cells = shared.cells;
    this.#words = shared.words;
    this.#layout = shared.layout;
    this.#slotMask = shared.layout.slotMask;
    this.#hotAtCell = shared.layout.hotAtCell;
    this.#bitsCell = shared.layout.bitsCell;
    this.#slotsCell = shared.layout.slotsCell;
    this.#slotCells = shared.layout.slotCells;
    this.#word = Atomics.load(shared.words, CURRENT);
    this.at = this.#cellOf(this.#word & this.#slotMask);
    const current = this.#word & this.#slotMask;
    this.#nextSlot = current === 2 * row ? 2 * row + 1 : 2 * row;
    this.nextAt = this.#cellOf(this.#nextSlot);
    // An earlier thread may have had this row, and ended at any point.
    for (const slot of [2 * row, 2 * row + 1]) {
      if (slot !== current) this.#forget(this.#cellOf(slot));
    }
  }

  /** Reads which slot is current. Returns false if it is the one that this thread saw last. */
  look(): boolean {
    // A plain read is only a hint: what follows from it is trusted after an exchange.
    if (this.#words[CURRENT] === this.#word) return false;
    this.#see(Atomics.load(this.#words, CURRENT));
    return true;
  }

  /** Returns whether nothing changed since the last look, so that what was read is consistent. */
  confirm(): boolean {
    // Not a plain load: the processor must not move earlier reads after it.
    const found = Atomics.compareExchange(this.#words, CURRENT, this.#word, this.#word);
    if (found === this.#word) return true;
    this.#see(found);
    return false;
  }

  /**
   * Announces that the caller writes the hot cells of a pool in the next slot, so that `prepare`
   * need not copy them. If the step is discarded, `forgetHot` reverses it.
   */
  willWriteHot(pool: number): void {
    const stamp = this.#hotAtCell + pool;
    this.#cells[this.nextAt + stamp] = this.#cells[this.at + stamp]!;
  }

  /** Invalidates a pool's hot cells in the next slot. */
  forgetHot(pool: number): void {
    this.#cells[this.nextAt + this.#hotAtCell + pool] = UNKNOWN;
  }

  /** Copies the hot cells of the first `pools` pools from the current slot to the next. */
  prepareHot(pools: number): void {
    const cells = this.#cells;
    const from = this.at + this.#hotAtCell;
    const to = this.nextAt + this.#hotAtCell;
    for (let pool = 0; pool < pools; pool++) {
      if (cells[to + pool] !== cells[from + pool]) this.#copyHot(pool);
    }
  }

  /** Copies everything but hot cells from the current slot to the next; once per step. */
  prepareRest(): void {
    if (this.#prepared) return;
    this.#prepared = true;
    this.#untidy = true;
    const cells = this.#cells;
    const { at, nextAt } = this;
    if (cells[nextAt + HEADER.restAt] === cells[at + HEADER.restAt]) return;
    if (cells[nextAt + HEADER.bitsAt] !== cells[at + HEADER.bitsAt]) this.#copyBits();
    if (cells[nextAt + HEADER.queueAt] !== cells[at + HEADER.queueAt]) this.#copyQueue();
    if (cells[nextAt + HEADER.coldAt] !== cells[at + HEADER.coldAt]) this.#copyCold();
    if (cells[nextAt + HEADER.lotsAt] !== cells[at + HEADER.lotsAt]) this.#copyLots();
    cells[nextAt + HEADER.inUse] = cells[at + HEADER.inUse]!;
    cells[nextAt + HEADER.restAt] = cells[at + HEADER.restAt]!;
  }

  /** Whether the next slot is outdated in anything but hot cells. */
  get restIsBehind(): boolean {
    const cells = this.#cells;
    return cells[this.nextAt + HEADER.restAt] !== cells[this.at + HEADER.restAt];
  }

  /** Announces that the caller writes the stamp of all but hot cells in the next slot. */
  writesRest(): void {
    this.#untidy = true;
  }

  /** Announces that the caller writes cold cells of a pool in the next slot, after `prepare`. */
  writesCold(pool: number): void {
    this.#coldTouched.add(pool);
    this.#untidy = true;
  }

  /** Writes a bit in the next slot, after `prepareRest`. */
  writeBit(bit: number, set: boolean): void {
    const word = bit >>> 5;
    const mask = 1 << (bit & 31);
    const at = (this.nextAt + this.#bitsCell) * 2 + word;
    const before = this.#words[at]!;
    this.#words[at] = set ? before | mask : before & ~mask;
    this.#bitWord = this.#bitWord === NONE || this.#bitWord === word ? word : SEVERAL;
    this.#bitsTouched = true;
    this.#untidy = true;
  }

  /** Announces that the caller changes the queue in the next slot. */
  writesQueue(): void {
    this.#queueTouched = true;
    this.#untidy = true;
  }

  /** Announces that the caller changes the lots in the next slot. */
  writesLots(): void {
    this.#lotsTouched = true;
    this.#untidy = true;
  }

  /** Makes the next slot the current one. Returns false if another thread came first. */
  exchange(): boolean {
    const mask = this.#slotMask;
    const next = (((this.#word | mask) + 1) & ~mask) | this.#nextSlot;
    // Read while the slot is current: its owner may write to it after the exchange.
    const bitsBefore = this.#cells[this.at + HEADER.bitsAt]!;
    const found = Atomics.compareExchange(this.#words, CURRENT, this.#word, next);
    if (found !== this.#word) {
      this.#see(found);
      return false;
    }
    this.#word = next;
    if (this.#bitWord !== NONE) this.#noteBits(bitsBefore);
    this.at = this.nextAt;
    this.#nextSlot ^= 1;
    this.nextAt = this.#cellOf(this.#nextSlot);
    if (this.#untidy) this.#settle();
    return true;
  }

  /** After a discarded step: what was written into the next slot is invalid. */
  discard(): void {
    const cells = this.#cells;
    const { nextAt } = this;
    const { hotAtCell, coldAtCell } = this.#layout;
    const hot = this.#hotTouched;
    const cold = this.#coldTouched;
    for (let index = 0; index < hot.length; index++) {
      cells[nextAt + hotAtCell + hot.at(index)] = UNKNOWN;
    }
    for (let index = 0; index < cold.length; index++) {
      cells[nextAt + coldAtCell + cold.at(index)] = UNKNOWN;
    }
    if (this.#untidy) cells[nextAt + HEADER.restAt] = UNKNOWN;
    if (cold.length > 0) cells[nextAt + HEADER.coldAt] = UNKNOWN;
    if (this.#bitsTouched) cells[nextAt + HEADER.bitsAt] = UNKNOWN;
    if (this.#queueTouched) cells[nextAt + HEADER.queueAt] = UNKNOWN;
    if (this.#lotsTouched) cells[nextAt + HEADER.lotsAt] = UNKNOWN;
    this.#settle();
  }

  #noteBits(before: number): void {
    this.#bitsBefore = before;
    this.#bitsAfter = this.#cells[this.nextAt + HEADER.bitsAt]!;
    this.#lastBitWord = this.#bitWord;
  }

  #settle(): void {
    this.#untidy = false;
    this.#prepared = false;
    this.#bitWord = NONE;
    this.#hotTouched.clear();
    this.#coldTouched.clear();
    this.#bitsTouched = false;
    this.#queueTouched = false;
    this.#lotsTouched = false;
  }

  #see(word: number): void {
    this.#word = word;
    this.at = this.#cellOf(word & this.#slotMask);
  }

  #cellOf(slot: number): number {
    return this.#slotsCell + slot * this.#slotCells;
  }

  #copyHot(pool: number): void {
    const { hotCell } = this.#layout;
    const cells = this.#cells;
    const from = this.at + hotCell + pool * HOT.cells;
    const to = this.nextAt + hotCell + pool * HOT.cells;
    this.willWriteHot(pool);
    this.#hotTouched.add(pool);
    this.#untidy = true;
    for (let cell = 0; cell < HOT.cells; cell++) cells[to + cell] = cells[from + cell]!;
  }

  #copyCold(): void {
    const { coldAtCell, coldCell } = this.#layout;
    const cells = this.#cells;
    const pools = cells[this.at + HEADER.pools]!;
    for (let pool = 0; pool < pools; pool++) {
      const stamp = cells[this.at + coldAtCell + pool]!;
      if (cells[this.nextAt + coldAtCell + pool] === stamp) continue;
      this.#coldTouched.add(pool);
      this.#untidy = true;
      const from = this.at + coldCell + pool * COLD.cells;
      cells.copyWithin(this.nextAt + coldCell + pool * COLD.cells, from, from + COLD.cells);
      cells[this.nextAt + coldAtCell + pool] = stamp;
    }
    for (const cell of [HEADER.resets, HEADER.pools, HEADER.windowed, HEADER.coldAt]) {
      cells[this.nextAt + cell] = cells[this.at + cell]!;
    }
  }

  #copyBits(): void {
    const { bitsCell, bitsWords } = this.#layout;
    const words = this.#words;
    const cells = this.#cells;
    const from = (this.at + bitsCell) * 2;
    const to = (this.nextAt + bitsCell) * 2;
    this.#bitsTouched = true;
    this.#untidy = true;
    const lastStep =
      cells[this.nextAt + HEADER.bitsAt] === this.#bitsBefore &&
      cells[this.at + HEADER.bitsAt] === this.#bitsAfter;
    // Between the two slots lies only this thread's last step that changed bits.
    const last = lastStep ? this.#lastBitWord : SEVERAL;
    if (last >= 0) words[to + last] = words[from + last]!;
    else for (let word = 0; word < bitsWords; word++) words[to + word] = words[from + word]!;
    cells[this.nextAt + HEADER.bitsAt] = cells[this.at + HEADER.bitsAt]!;
  }

  #copyQueue(): void {
    const { queueCell, grantedCell } = this.#layout;
    const cells = this.#cells;
    this.#queueTouched = true;
    this.#untidy = true;
    this.#copyWords(queueCell, cells[this.at + HEADER.queueLength]!);
    this.#copyWords(grantedCell, cells[this.at + HEADER.grantedLength]!);
    for (const cell of [HEADER.queueLength, HEADER.grantedLength, HEADER.queueAt]) {
      cells[this.nextAt + cell] = cells[this.at + cell]!;
    }
  }

  #copyLots(): void {
    const { lotsCell } = this.#layout;
    const cells = this.#cells;
    this.writesLots();
    const from = this.at + lotsCell;
    const count = cells[this.at + HEADER.lotRows]! * LOTS_PER_ROW * LOT.cells;
    cells.copyWithin(this.nextAt + lotsCell, from, from + count);
    for (const cell of [HEADER.lotRows, HEADER.lotsAt]) {
      cells[this.nextAt + cell] = cells[this.at + cell]!;
    }
  }

  #copyWords(cell: number, count: number): void {
    const words = this.#words;
    const from = (this.at + cell) * 2;
    const to = (this.nextAt + cell) * 2;
    for (let word = 0; word < count; word++) words[to + word] = words[from + word]!;
  }

  #forget(slotAt: number): void {
    const { hotAtCell, pools } = this.#layout;
    for (let pool = 0; pool < 2 * pools; pool++) this.#cells[slotAt + hotAtCell + pool] = UNKNOWN;
    const { restAt, coldAt, bitsAt, queueAt, lotsAt } = HEADER;
    for (const stamp of [restAt, coldAt, bitsAt, queueAt, lotsAt]) {
      this.#cells[slotAt + stamp] = UNKNOWN;
    }
  }
}
