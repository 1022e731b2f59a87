// What threads hold through slices: lots, which are part of the exchanged state. A lot says what a
// thread holds of a pool, and whether it has a slice there. The room of a slice counts as taken
// until it is recalled, which any thread may do in any step. That step books what was settled in
// the slice, and adds its holds to the lot.

import { add, subtract, Totals, uniform } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import { HEADER, LOT, LOTS_PER_ROW } from "./layout.ts";
import { readQuantities, writeQuantities } from "./pool-cells.ts";
import type { SharedBuffer } from "./shared-buffer.ts";
import type { SlotSwap } from "./slot-swap.ts";
import type { Step } from "./step.ts";
import { takeSliceBack, ThreadSlice } from "./thread-slice.ts";
import type { SliceBalance, SliceGrant, SlicedPool, SliceHold } from "./thread-slice.ts";
import { threadRowOf } from "./thread-rows.ts";
import type { Owner } from "./thread-rows.ts";

const ROW_CELLS = LOTS_PER_ROW * LOT.cells;
/** A slice gets an eighth of the remaining room. */
const SHARE = 8;
/** By how much the wait for a slice can grow if a thread's slices are recalled at once. */
const PATIENCE_MAX = 64;

/** A tree of pools, as its lots see it. */
export interface SlicedTree extends Step {
  readonly owner: Owner;
  readonly queue: { readonly isEmpty: boolean };
  readonly directory: {
    /** Whether any pool has thresholds. */
    readonly watched: boolean;
    find(place: number): SlicedPool | undefined;
  };
  /** Invalidates the step. */
  voidStep(): void;
  /** Adds a pool and those above it to the step, with their windows unchanged. */
  includePath(pool: SlicedPool): void;
  /** Called when what threads hold through slices, or have in them, has changed. */
  changesLots(): void;
}

/** The lots as one thread sees them. */
export class Lots {
  /** The slice of this thread. */
  readonly slice: ThreadSlice;
  readonly #tree: SlicedTree;
  readonly #swap: SlotSwap;
  readonly #shared: SharedBuffer;
  readonly #lots: Float64Array;
  readonly #row: number;
  #at = -1;
  #rows = 0;
  /** The number of slices. */
  #out = 0;
  #changed = false;
  #granted: SliceGrant | undefined;
  /** The pool of the last requests, how many there were, and how many earn a slice. */
  #candidate: SlicedPool | undefined;
  #asks = 0;
  #patience: number;
  readonly #amount = new Totals(0, 0, 0, 0, 0);
  readonly #state: SliceBalance = {
    left: new Totals(0, 0, 0, 0, 0),
    reserved: new Totals(0, 0, 0, 0, 0),
    openReservations: 0,
  };

  constructor(tree: SlicedTree, swap: SlotSwap) {
    this.#tree = tree;
    this.#swap = swap;
    this.#shared = tree.shared;
    this.#row = tree.row;
    this.#lots = new Float64Array(tree.shared.layout.threads * ROW_CELLS);
    this.#patience = tree.shared.slicesAfter;
    this.slice = new ThreadSlice(tree.shared, tree.row, tree.clock);
  }

  /** Within a step: whether any thread has a slice. */
  get areOut(): boolean {
    return this.#out > 0;
  }

  /** Reads the lots of the slot at `at`. */
  read(at: number): void {
    const { cells, layout } = this.#shared;
    const stamp = cells[at + HEADER.lotsAt]!;
    if (stamp === this.#at) return;
    this.#at = stamp;
    // If the slot was rewritten meanwhile, this can be any number.
    this.#rows = Math.min(layout.threads, cells[at + HEADER.lotRows]! | 0);
    const first = at + layout.lotsCell;
    this.#lots.fill(0, this.#rows * ROW_CELLS);
    this.#lots.set(cells.subarray(first, first + this.#rows * ROW_CELLS));
    this.#out = 0;
    for (let lot = 0; lot < this.#rows * LOTS_PER_ROW; lot++) {
      if (this.#lots[lot * LOT.cells + LOT.slice] !== 0) this.#out++;
    }
  }

  /** Writes the lots into the step's slot if the step changed them. */
  write(at: number, stamp: number): void {
    if (!this.#changed) return;
    const { cells, layout } = this.#shared;
    this.#swap.writesLots();
    cells.set(this.#lots.subarray(0, this.#rows * ROW_CELLS), at + layout.lotsCell);
    cells[at + HEADER.lotRows] = this.#rows;
    cells[at + HEADER.lotsAt] = stamp;
    this.#at = stamp;
  }

  /** Called when the step has taken effect. */
  stand(): void {
    this.#changed = false;
    const granted = this.#granted;
    if (granted === undefined) return;
    this.#granted = undefined;
    this.slice.activate(granted);
  }

  /** The step does not stand, and what it read may be of a slot that was rewritten meanwhile. */
  discard(): void {
    this.#granted = undefined;
    this.#changed = false;
    this.#at = -1;
  }

  /** Within a step: recalls the slices of all threads. Returns whether there were any. */
  takeBack(): boolean {
    if (this.#out === 0) return false;
    for (let row = 0; row < this.#rows; row++) this.#takeBackRow(row);
    return true;
  }

  #takeBackRow(row: number): void {
    const lots = this.#lots;
    for (let lot = 0; lot < LOTS_PER_ROW; lot++) {
      const at = row * ROW_CELLS + lot * LOT.cells;
      const slice = lots[at + LOT.slice]!;
      if (slice !== 0) this.#fold(row, at, slice);
    }
    if (row === this.#row && this.slice.node !== undefined) this.#lose();
  }

  /** A thread whose slice was recalled before it was useful waits longer for its next one. */
  #lose(): void {
    const { slicesAfter } = this.#shared;
    const longer = Math.min(this.#patience * 2, slicesAfter * PATIENCE_MAX);
    this.#patience = this.slice.steps < 4 * this.#patience ? longer : slicesAfter;
    this.#asks = 0;
    this.slice.drop();
  }

  #fold(row: number, at: number, slice: number): void {
    const lots = this.#lots;
    const state = this.#state;
    const node = this.#tree.directory.find(lots[at + LOT.pool]!);
    // A missing pool means that the lots were rewritten meanwhile; the step will be discarded.
    if (node === undefined) return this.#tree.voidStep();
    this.#tree.includePath(node);
    const used = takeSliceBack(this.#shared, row, slice, state);
    if (!used) readQuantities(lots, at + LOT.granted, state.left);
    for (const { state: level } of node.path) {
      subtract(level.taken, state.left);
      if (!used) continue;
      add(level.reserved, state.reserved);
      level.openReservations += state.openReservations;
    }
    if (used) this.#addToLot(at, 1, state.openReservations, state.reserved);
    lots[at + LOT.slice] = 0;
    this.#freeIfEmpty(at);
    this.#out--;
    this.#change();
  }

  #addToLot(at: number, sign: 1 | -1, openReservations: number, reserved: Quantities): void {
    const lots = this.#lots;
    const amount = this.#amount;
    readQuantities(lots, at + LOT.reserved, amount);
    if (sign === 1) add(amount, reserved);
    else subtract(amount, reserved);
    writeQuantities(lots, at + LOT.reserved, amount);
    lots[at + LOT.openReservations] = lots[at + LOT.openReservations]! + sign * openReservations;
  }

  #freeIfEmpty(at: number): void {
    if (this.#lots[at + LOT.slice] === 0 && this.#lots[at + LOT.openReservations] === 0) {
      this.#lots.fill(0, at, at + LOT.cells);
    }
  }

  #change(): void {
    this.#changed = true;
    this.#tree.changesLots();
  }

  /**
   * Within a step that admitted a request of this thread: turns it into a slice if the thread keeps
   * making requests on the pool and there is room.
   */
  consider(node: SlicedPool, ask: Quantities): void {
    const { slicesAfter } = this.#shared;
    if (slicesAfter === 0 || this.#tree.directory.watched || !this.#tree.queue.isEmpty) return;
    if (this.#candidate !== node) {
      this.#candidate = node;
      this.#asks = 0;
    }
    this.#asks++;
    if (this.slice.node !== node && this.#asks < this.#patience) return;
    this.#asks = 0;
    this.#takeBackRow(this.#row);
    const granted = sliceOfRoom(node, ask, slicesAfter);
    const word = this.slice.idleWord();
    const lot = this.#lotFor(node);
    if (granted === undefined || word === undefined || lot === undefined) return;
    this.#grant(node, lot, granted, word);
  }

  /** Returns this thread's lot of a pool, or a free one. */
  #lotFor({ place, state }: SlicedPool): number | undefined {
    const lots = this.#lots;
    let free: number | undefined;
    for (let lot = 0; lot < LOTS_PER_ROW; lot++) {
      const at = this.#row * ROW_CELLS + lot * LOT.cells;
      if (lots[at + LOT.born] === 0) free ??= lot;
      else if (lots[at + LOT.pool] === place && lots[at + LOT.asOf] === state.tree.resets)
        return lot;
    }
    return free;
  }

  #grant(node: SlicedPool, lot: number, granted: Quantities, word: number): void {
    const lots = this.#lots;
    const at = this.#row * ROW_CELLS + lot * LOT.cells;
    const slice = this.#tree.operations + 1;
    if (lots[at + LOT.born] === 0) {
      lots[at + LOT.born] = slice;
      lots[at + LOT.owner] = this.#tree.owner;
      lots[at + LOT.pool] = node.place;
      lots[at + LOT.asOf] = node.state.tree.resets;
    }
    lots[at + LOT.slice] = slice;
    writeQuantities(lots, at + LOT.granted, granted);
    let endsAt = Number.POSITIVE_INFINITY;
    for (const { state } of node.path) {
      add(state.taken, granted);
      endsAt = Math.min(endsAt, state.windowEndsAt);
    }
    this.#rows = Math.max(this.#rows, this.#row + 1);
    this.#out++;
    this.#change();
    const born = lots[at + LOT.born]!;
    const asOf = lots[at + LOT.asOf]!;
    this.#granted = { node, lot, born, asOf, slice, granted, endsAt, word };
  }

  /** Within a step: whether a hold of this thread is still held outside of a slice. */
  holds(held: SliceHold): boolean {
    const lots = this.#lots;
    const at = this.#row * ROW_CELLS + held.lot * LOT.cells;
    if (lots[at + LOT.slice] !== 0) this.#takeBackRow(this.#row);
    return lots[at + LOT.born] === held.born && lots[at + LOT.owner] === this.#tree.owner;
  }

  /** Within a step, after `holds`: removes a settled hold. */
  close(held: SliceHold): void {
    const at = this.#row * ROW_CELLS + held.lot * LOT.cells;
    this.#addToLot(at, -1, 1, held.quantities);
    this.#freeIfEmpty(at);
    this.#change();
  }

  /**
   * Within a step, after `takeBack`: frees what a thread holds through slices. Returns whether
   * there was anything.
   */
  sweep(owner: Owner): boolean {
    const lots = this.#lots;
    const first = threadRowOf(owner) * ROW_CELLS;
    let changed = false;
    for (let at = first; at < first + ROW_CELLS; at += LOT.cells) {
      if (lots[at + LOT.born] === 0 || lots[at + LOT.owner] !== owner) continue;
      this.#release(at);
      changed = true;
    }
    return changed;
  }

  #release(at: number): void {
    const lots = this.#lots;
    const node = this.#tree.directory.find(lots[at + LOT.pool]!);
    if (node === undefined) return this.#tree.voidStep();
    this.#tree.includePath(node);
    readQuantities(lots, at + LOT.reserved, this.#amount);
    for (const { state } of node.path) {
      if (lots[at + LOT.asOf]! < state.droppedBefore) continue;
      subtract(state.taken, this.#amount);
      subtract(state.reserved, this.#amount);
      state.openReservations -= lots[at + LOT.openReservations]!;
    }
    lots.fill(0, at, at + LOT.cells);
    this.#change();
  }

  /** Within a step: adds the indexes of pools with holds through slices. */
  addPoolsTo(places: Set<number>): void {
    for (let at = 0; at < this.#rows * ROW_CELLS; at += LOT.cells) {
      if (this.#lots[at + LOT.born] !== 0) places.add(this.#lots[at + LOT.pool]!);
    }
  }
}

/**
 * Returns a share of the room that every level has; undefined if it would serve too few requests.
 */
function sliceOfRoom(
  { path }: SlicedPool,
  ask: Quantities,
  asksMin: number,
): Quantities | undefined {
  const granted = uniform(Number.MAX_SAFE_INTEGER);
  for (const { state } of path) {
    const { limits, taken } = state;
    granted.tokens = Math.min(granted.tokens, limits.tokens - taken.tokens);
    granted.inputTokens = Math.min(granted.inputTokens, limits.inputTokens - taken.inputTokens);
    granted.outputTokens = Math.min(granted.outputTokens, limits.outputTokens - taken.outputTokens);
    granted.nanoUsd = Math.min(granted.nanoUsd, limits.nanoUsd - taken.nanoUsd);
    granted.calls = Math.min(granted.calls, limits.calls - taken.calls);
  }
  granted.tokens = partOf(granted.tokens);
  granted.inputTokens = partOf(granted.inputTokens);
  granted.outputTokens = partOf(granted.outputTokens);
  granted.nanoUsd = partOf(granted.nanoUsd);
  granted.calls = partOf(granted.calls);
  const isWorthIt =
    granted.tokens >= asksMin * ask.tokens &&
    granted.inputTokens >= asksMin * ask.inputTokens &&
    granted.outputTokens >= asksMin * ask.outputTokens &&
    granted.nanoUsd >= asksMin * ask.nanoUsd &&
    granted.calls >= asksMin * ask.calls;
  return isWorthIt ? granted : undefined;
}

function partOf(room: number): number {
  return Math.max(0, Math.floor(room / SHARE));
}
