// A tree of pools in shared memory as one thread sees it, and how it takes a step: look at the
// current slot, bring the copies of the pools that the step is about up to date, let the rules work
// on the copies, write what has changed into the thread's next slot, exchange. A step during which
// another thread's came first is worth nothing, and everything in here that it has touched is read
// anew.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import type { PoolSettings } from "../core/pool-state.ts";
import type { Hold } from "../core/rules.ts";
import { release, roll } from "../core/rules.ts";
import { PoolGone, PoolsFull, ReservationsFull } from "./errors.ts";
import { HEADER, HOT } from "./layout.ts";
import { NumberList } from "./number-list.ts";
import { PoolDirectory } from "./pool-directory.ts";
import { writeHot } from "./pool-cells.ts";
import { ReservationTable } from "./reservation-table.ts";
import type { SharedHold } from "./reservation-table.ts";
import type { SharedBuffer } from "./shared-buffer.ts";
import { SharedLine } from "./shared-line.ts";
import { SharedPoolNode } from "./shared-pool-node.ts";
import { SlotSwap } from "./slot-swap.ts";
import { rowOf } from "./thread-rows.ts";
import type { Owner, ThreadRows } from "./thread-rows.ts";
import { ThresholdWatch } from "./threshold-watch.ts";
import { WakeUp } from "./wake-up.ts";

/** One thread's view of a tree, and its steps. */
export class SharedTree {
  readonly shared: SharedBuffer;
  readonly rows: ThreadRows;
  readonly owner: Owner;
  readonly row: number;
  readonly clock: Clock;
  readonly reservations: ReservationTable;
  readonly line: SharedLine;
  readonly thresholds: ThresholdWatch;
  readonly directory: PoolDirectory;
  readonly wakeUp: WakeUp;
  readonly #swap: SlotSwap;
  readonly #cells: Float64Array;
  readonly #words: Int32Array;
  /** Why the budget cannot be used in this thread any more. */
  closedBecause: string | undefined;

  // The header of the slot that was looked at last, with what the step has changed.
  operations = 0;
  #inUse = 0;
  #windowed = false;

  // The step.
  #number = 0;
  #inStep = false;
  #stale = true;
  #void = false;
  #rolled = false;
  #nowMs = 0;
  readonly #levels: SharedPoolNode[] = [];
  #levelCount = 0;
  readonly #opened = new NumberList();
  readonly #closed = new NumberList();
  /** Places of the table that come free for this thread when the step stands. */
  readonly #freed = new NumberList();
  /** A place that was taken for a step that did not stand, or that refused. */
  #spare: number | undefined;
  #spareUsed = false;

  constructor(shared: SharedBuffer, rows: ThreadRows, owner: Owner, clock: Clock) {
    this.shared = shared;
    this.rows = rows;
    this.owner = owner;
    this.row = rowOf(owner);
    this.clock = clock;
    this.#cells = shared.cells;
    this.#words = shared.words;
    this.#swap = new SlotSwap(shared, this.row);
    this.reservations = new ReservationTable(shared, owner, this.row);
    this.line = new SharedLine(this);
    this.thresholds = new ThresholdWatch(this);
    this.directory = new PoolDirectory(this);
    this.wakeUp = new WakeUp(this);
  }

  /** The root pool. */
  get root(): SharedPoolNode {
    return this.directory.at(0);
  }

  /** Begins a step on a pool. @throws {PoolGone} when it cannot be used any more. */
  begin(node: SharedPoolNode): void {
    if (this.closedBecause !== undefined) throw new PoolGone(node.state.path, this.closedBecause);
    // The clock is the caller's code, and comes before the step.
    const nowMs = this.#windowed ? readClock(this.clock) : undefined;
    this.#start();
    if (node.gone) {
      throw new PoolGone(
        node.state.path,
        "was let go of with forgetChild(), and its place is another pool's by now",
      );
    }
    if (this.#windowed) {
      if (nowMs === undefined) this.#void = true;
      else this.#nowMs = nowMs;
    }
    this.include(node);
    // Who has waited longer is judged before the ask that found the window over.
    if (this.#rolled && !this.line.isEmpty) this.line.judge();
  }

  /** Makes the root of an empty tree. */
  makeRoot(name: string, settings: PoolSettings): void {
    do {
      this.#start();
      this.addPool(undefined, name, settings);
    } while (!this.end(true));
  }

  /** The pool that was made at a place by an operation, if it is still there. */
  find(place: number, born: number): SharedPoolNode | undefined {
    let node: SharedPoolNode | undefined;
    do {
      this.#start();
      node = this.directory.find(place);
    } while (!this.end(false));
    return node?.born === born ? node : undefined;
  }

  #start(): void {
    this.#number++;
    this.#inStep = true;
    this.#void = false;
    this.#rolled = false;
    this.#levelCount = 0;
    this.#opened.clear();
    this.#closed.clear();
    this.#freed.clear();
    this.#spareUsed = false;
    if (!this.#swap.look() && !this.#stale) return;
    this.#stale = false;
    const at = this.#swap.at;
    const cells = this.#cells;
    this.operations = cells[at + HEADER.operations] ?? 0;
    this.#inUse = cells[at + HEADER.inUse] ?? 0;
    this.#windowed = cells[at + HEADER.windowed] === 1;
    this.line.read(at);
    if (!this.directory.read(at, this.#swap)) this.#void = true;
    this.directory.resets = cells[at + HEADER.resets] ?? 0;
  }

  /** Makes a pool and those above it part of the step. */
  include(node: SharedPoolNode): void {
    if (node.step === this.#number) return;
    const { at } = this.#swap;
    const { hotAtCell } = this.shared.layout;
    for (const level of node.path) {
      if (level.step === this.#number) break;
      level.step = this.#number;
      this.#addLevel(level);
      const stamp = this.#cells[at + hotAtCell + level.place] ?? -1;
      if (level.hotAt !== stamp) this.directory.readHot(level, at, stamp);
    }
    if (this.#windowed && roll(node.state, this.#nowMs)) {
      this.#rolled = true;
      for (const level of node.path) level.coldChanged = true;
    }
  }

  #addLevel(level: SharedPoolNode): void {
    if (this.#levelCount === this.#levels.length) this.#levels.push(level);
    else this.#levels[this.#levelCount] = level;
    this.#levelCount++;
  }

  /**
   * Ends a step. False when it did not stand, because another thread's came first: all of it must
   * be done again.
   */
  end(changed: boolean): boolean {
    if (!this.#inStep) return false;
    if (!this.#void && (changed || this.#rolled)) {
      if (!this.line.isEmpty) this.line.judge();
      if (this.#exchange()) {
        this.#stand();
        return true;
      }
    } else if (!this.#void && this.#swap.confirm()) {
      this.#inStep = false;
      return true;
    }
    this.#discard();
    return false;
  }

  /**
   * Ends a step with an error, if what led to it can be believed; otherwise the step will not
   * stand.
   */
  fail(error: unknown): void {
    const believed = !this.#void && this.#swap.confirm();
    this.#void = true;
    if (!believed) return;
    this.#discard();
    throw error;
  }

  /** Within a step: whether one more reservation fits. @throws {ReservationsFull} when none does. */
  hasRoom(): boolean {
    const { reservations } = this.shared.layout;
    if (this.#inUse < reservations) {
      this.#spare ??= this.reservations.take();
      if (this.#spare !== undefined) return true;
    }
    this.fail(new ReservationsFull(reservations));
    return false;
  }

  /** Within a step, after `hasRoom`: gives a hold a place in the table. */
  open(node: SharedPoolNode, held: Hold): SharedHold {
    const place = this.#placeFor(node, held);
    this.#opened.add(place);
    return { quantities: held.quantities, asOf: held.asOf, place, ticket: this.operations + 1 };
  }

  /** Within a step, after `hasRoom`: gives an ask that waits a place in the table. */
  openWaiting(node: SharedPoolNode, ask: Hold): SharedHold {
    const place = this.#placeFor(node, ask);
    return { ...ask, place, ticket: this.operations + 1 };
  }

  #placeFor(node: SharedPoolNode, held: Hold): number {
    const place = this.#spare ?? 0;
    this.reservations.write(place, node.place, this.operations + 1, held);
    this.#spareUsed = true;
    this.#inUse++;
    return place;
  }

  /** Within a step: the reservation at a place that waited is open now. */
  admit(place: number): void {
    this.#opened.add(place);
  }

  /** Within a step: whether a reservation is still held. */
  isOpen(held: SharedHold): boolean {
    return this.#bitAt(held.place) && this.reservations.ticketOf(held.place) === held.ticket;
  }

  /** Within a step: whether the reservation at a place is open. */
  isPlaceOpen(place: number): boolean {
    return this.#bitAt(place);
  }

  #bitAt(place: number): boolean {
    const word = (this.#swap.at + this.shared.layout.bitsCell) * 2 + (place >>> 5);
    return ((this.#words[word] ?? 0) & (1 << (place & 31))) !== 0;
  }

  /** Within a step: a reservation of this thread's is settled; it was `open` or freed before. */
  close(held: SharedHold, open: boolean): void {
    if (open) this.closePlace(held.place);
    // A reservation that was freed before was so by another thread: the place is this one's still.
    this.#freed.add(held.place);
  }

  /** Within a step: the reservation at a place is not open any more. */
  closePlace(place: number): void {
    this.#closed.add(place);
    this.#inUse--;
  }

  /** Within a step: nobody waits at a place any more. */
  leaveWaiting(place: number): void {
    this.#inUse--;
    if (this.reservations.ownerOf(place) === this.owner) this.#freed.add(place);
  }

  /** Within a step: a pool has a window now, so the clock matters. */
  windowSet(): void {
    this.#windowed = true;
  }

  /** Within a step: somebody waits again who was taken out of the line. */
  waitAgain(): void {
    this.#inUse++;
  }

  /** Within a step: a new child; undefined when the step will not stand. */
  addPool(
    parent: SharedPoolNode | undefined,
    name: string,
    settings: PoolSettings,
  ): SharedPoolNode | undefined {
    const place = this.directory.freePlace();
    if (place === undefined) {
      this.fail(new PoolsFull(this.shared.layout.pools));
      return undefined;
    }
    const node = new SharedPoolNode(this, place, this.operations + 1, name, settings, parent);
    this.directory.add(node);
    node.step = this.#number;
    node.coldChanged = true;
    this.#addLevel(node);
    if (settings.window !== undefined) this.#windowed = true;
    return node;
  }

  /** Within a step: lets go of a pool. */
  forget(node: SharedPoolNode): void {
    this.include(node);
    node.forgotten = true;
    node.coldChanged = true;
  }

  /**
   * Frees what a thread still holds and waits for. With `ended`, the thread is known to be no more,
   * and its row and places are given back too.
   */
  sweep(owner: Owner, ended: boolean): void {
    const { places } = this.reservations;
    let owned: number[];
    let changed: boolean;
    do {
      this.begin(this.root);
      owned = [];
      changed = false;
      for (let place = 0; place < places; place++) {
        if (this.reservations.ownerOf(place) !== owner) continue;
        owned.push(place);
        if (this.#sweepPlace(place)) changed = true;
      }
    } while (!this.end(changed));
    if (!ended) return;
    for (const place of owned) this.reservations.giveBackFor(owner, place);
    this.rows.free(rowOf(owner));
  }

  #sweepPlace(place: number): boolean {
    if (this.line.sweep(place)) return true;
    if (!this.#bitAt(place)) return false;
    const held = this.line.takeGranted(place) ?? this.reservations.read(place);
    const node = this.directory.at(this.reservations.poolOf(place));
    this.include(node);
    release(node.state, held);
    this.closePlace(place);
    return true;
  }

  /** Within a step: the places of pools on which somebody holds or waits for something. */
  poolsInUse(): Set<number> {
    const inUse = new Set<number>();
    for (let place = 0; place < this.reservations.places; place++) {
      if (this.#bitAt(place) || this.line.has(place)) inUse.add(this.reservations.poolOf(place));
    }
    return inUse;
  }

  /** Frees what this thread holds, and its row. The budget cannot be used in this thread any more. */
  leave(why: string): void {
    if (this.closedBecause !== undefined) return;
    this.line.failAll(new PoolGone(this.root.state.path, why));
    this.sweep(this.owner, false);
    this.closedBecause = why;
    this.thresholds.clear();
    this.wakeUp.update();
    if (this.#spare !== undefined) this.reservations.giveBack(this.#spare);
    this.reservations.giveBackAll();
    this.rows.free(this.row);
  }

  /** Writes the step into this thread's next slot, and makes that the current one. */
  #exchange(): boolean {
    const swap = this.#swap;
    const cells = this.#cells;
    const { hotAtCell, hotCell } = this.shared.layout;
    const levels = this.#levels;
    const count = this.#levelCount;
    for (let index = 0; index < count; index++) swap.willWrite(levels[index]!.place);
    swap.prepare(this.directory.count);
    const at = swap.nextAt;
    const operations = this.operations + 1;
    for (let index = 0; index < count; index++) {
      const level = levels[index]!;
      writeHot(cells, at + hotCell + level.place * HOT.cells, level.state);
      cells[at + hotAtCell + level.place] = operations;
      level.hotAt = operations;
      if (level.coldChanged) {
        swap.writesCold(level.place);
        this.directory.writeCold(level, at, operations);
      }
    }
    if (this.#opened.length > 0 || this.#closed.length > 0) this.#writeBits(at, operations);
    if (this.line.changed) {
      swap.writesLine();
      this.line.write(at, operations);
    }
    cells[at + HEADER.operations] = operations;
    cells[at + HEADER.resets] = this.directory.resets;
    cells[at + HEADER.pools] = this.directory.countAfterStep;
    cells[at + HEADER.inUse] = this.#inUse;
    cells[at + HEADER.windowed] = this.#windowed ? 1 : 0;
    return swap.exchange();
  }

  #writeBits(at: number, operations: number): void {
    const first = (at + this.shared.layout.bitsCell) * 2;
    const words = this.#words;
    this.#swap.writesBits();
    for (let index = 0; index < this.#opened.length; index++) {
      const place = this.#opened.at(index);
      const word = first + (place >>> 5);
      words[word] = (words[word] ?? 0) | (1 << (place & 31));
    }
    for (let index = 0; index < this.#closed.length; index++) {
      const place = this.#closed.at(index);
      const word = first + (place >>> 5);
      words[word] = (words[word] ?? 0) & ~(1 << (place & 31));
    }
    this.#cells[at + HEADER.bitsAt] = operations;
  }

  #stand(): void {
    this.operations++;
    this.#inStep = false;
    for (let index = 0; index < this.#levelCount; index++) {
      const level = this.#levels[index]!;
      if (level.coldChanged) this.directory.standCold(level);
    }
    for (let index = 0; index < this.#freed.length; index++) {
      this.reservations.giveBack(this.#freed.at(index));
    }
    if (this.#spareUsed) this.#spare = undefined;
    this.directory.stand();
    this.line.stand();
  }

  #discard(): void {
    this.#inStep = false;
    this.#stale = true;
    this.#swap.discard();
    for (let index = 0; index < this.#levelCount; index++) {
      this.directory.discard(this.#levels[index]!);
    }
    this.line.discard();
  }
}
