// A tree of pools in shared memory as one thread sees it, and how it takes a step: look at the
// current slot, refresh the copies of the pools that take part, apply the rules to the copies,
// write the changes into the thread's next slot, exchange. If another thread's step came first, the
// step is discarded, and everything here that it touched is read again.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import type { PoolSettings } from "../core/pool-state.ts";
import { roll } from "../core/roll.ts";
import { PoolGone, PoolsFull } from "./errors.ts";
import { HEADER } from "./layout.ts";
import { Lots } from "./lots.ts";
import { OpenReservations } from "./open-reservations.ts";
import { PoolDirectory } from "./pool-directory.ts";
import { writeHot } from "./pool-cells.ts";
import { ReservationTable } from "./reservation-table.ts";
import type { SharedBuffer } from "./shared-buffer.ts";
import { SharedWaitQueue } from "./shared-wait-queue.ts";
import { SharedPoolNode } from "./shared-pool-node.ts";
import type { PoolTree } from "./shared-pool-node.ts";
import { sweep } from "./sweep.ts";
import { SlotSwap } from "./slot-swap.ts";
import { threadRowOf } from "./thread-rows.ts";
import type { Owner, ThreadRows } from "./thread-rows.ts";
import { ThresholdWatch } from "./threshold-watch.ts";
import { WakeUp } from "./wake-up.ts";

/** One thread's view of a tree, and its steps. */
export class SharedTree implements PoolTree {
  readonly shared: SharedBuffer;
  readonly rows: ThreadRows;
  readonly owner: Owner;
  readonly row: number;
  readonly clock: Clock;
  /** The parts of the state other than the hot cells of pools. */
  readonly open: OpenReservations;
  readonly queue: SharedWaitQueue;
  readonly lots: Lots;
  readonly thresholds: ThresholdWatch;
  readonly directory: PoolDirectory;
  readonly wakeUp: WakeUp;
  readonly #swap: SlotSwap;
  readonly #cells: Float64Array;
  readonly #hotAtCell: number;
  /** Why the budget can no longer be used in this thread. */
  closedBecause: string | undefined;

  // The header of the last slot that was read, with the changes of the step.
  operations = 0;
  #restAt = -1;
  /** Whether the step read more than hot cells. */
  #restRead = false;
  #windowed = false;

  // The state of the step.
  #number = 0;
  #inStep = false;
  #stale = true;
  /** Whether any of the following is set. */
  #special = true;
  #void = false;
  #rolled = false;
  /** Whether the step changed lots, even if it changes nothing else. */
  #taken = false;
  #restChanged = false;
  #nowMs = 0;
  readonly #levels: SharedPoolNode[] = [];
  #levelCount = 0;

  constructor(shared: SharedBuffer, rows: ThreadRows, owner: Owner, clock: Clock) {
    this.shared = shared;
    this.rows = rows;
    this.owner = owner;
    this.row = threadRowOf(owner);
    this.clock = clock;
    this.#cells = shared.cells;
    this.#hotAtCell = shared.layout.hotAtCell;
    this.#swap = new SlotSwap(shared, this.row);
    const table = new ReservationTable(shared, owner, this.row);
    this.open = new OpenReservations(this, this.#swap, table);
    this.queue = new SharedWaitQueue(this);
    this.lots = new Lots(this, this.#swap);
    this.thresholds = new ThresholdWatch(this);
    this.directory = new PoolDirectory(this);
    this.wakeUp = new WakeUp(this);
  }

  /** The root pool. */
  get root(): SharedPoolNode {
    return this.directory.at(0);
  }

  /**
   * Begins a step on a pool, after recalling all slices; with `beside`, slices stay, for a step
   * that does not need their usage.
   *
   * @throws {PoolGone} if the pool can no longer be used.
   */
  begin(node: SharedPoolNode, beside = false): void {
    if (this.closedBecause !== undefined) throw new PoolGone(node.state.path, this.closedBecause);
    // The clock is the caller's code, so it is read before the step.
    const nowMs = this.#windowed ? readClock(this.clock) : undefined;
    this.#start();
    if (node.gone) {
      this.abandon();
      throw node.goneError();
    }
    if (this.#windowed) {
      if (nowMs === undefined) this.voidStep();
      else this.#nowMs = nowMs;
    }
    // Usage in a slice belongs to the window that has ended.
    if (this.lots.areOut && (!beside || this.#rollsNow(node))) this.lots.takeBack();
    this.#includeNow(node);
    // Longer waiters are judged before the request that triggered the roll.
    if (this.#rolled && !this.queue.isEmpty) this.queue.judge();
  }

  /** Creates the root of an empty tree. */
  makeRoot(name: string, settings: PoolSettings): void {
    do {
      this.#start();
      this.addPool(undefined, name, settings);
    } while (!this.end(true));
  }

  /** Returns the pool that an operation created at an index, if it still exists. */
  find(place: number, born: number): SharedPoolNode | undefined {
    let node: SharedPoolNode | undefined;
    do {
      this.#start();
      node = this.directory.find(place);
    } while (!this.end(false));
    return node?.born === born ? node : undefined;
  }

  #start(): void {
    // A step that did not end, because of an error or a step within the caller's code.
    if (this.#inStep) this.abandon();
    this.#number++;
    this.#inStep = true;
    this.#levelCount = 0;
    this.#restRead = false;
    if (this.#special) {
      this.#special = this.#void = this.#rolled = this.#taken = this.#restChanged = false;
      this.open.start();
    }
    // The word may be the same although it went through all versions while this thread was idle.
    const same = this.#cells[this.#swap.at + HEADER.operations] === this.operations;
    if (this.#swap.look() || this.#stale || !same) this.#read();
  }

  #read(): void {
    this.#stale = false;
    const { at } = this.#swap;
    const cells = this.#cells;
    this.operations = cells[at + HEADER.operations]!;
    if (cells[at + HEADER.restAt] === this.#restAt) return;
    this.#restRead = true;
    this.#restAt = cells[at + HEADER.restAt]!;
    this.open.read(at);
    this.#windowed = cells[at + HEADER.windowed] === 1;
    this.queue.read(at);
    this.lots.read(at);
    if (!this.directory.read(at, this.#swap)) this.voidStep();
    this.directory.resets = cells[at + HEADER.resets]!;
  }

  /** Invalidates the step. */
  voidStep(): void {
    this.#special = true;
    this.#void = true;
  }

  /** Within a step: marks that it changes more than the cells that every request changes. */
  changesRest(): void {
    this.#special = true;
    this.#restChanged = true;
  }

  /** Within a step: marks that what threads hold through slices, or have in them, has changed. */
  changesLots(): void {
    this.#taken = true;
    this.changesRest();
  }

  /** Adds a pool and those above it to the step. */
  include(node: SharedPoolNode): void {
    if (node.step !== this.#number) this.#includeNow(node);
  }

  #includeNow(node: SharedPoolNode): void {
    this.includePath(node);
    if (this.#windowed && roll(node.state, this.#nowMs)) {
      this.#rolled = true;
      this.changesRest();
      for (const each of node.path) each.coldChanged = true;
    }
  }

  #rollsNow(node: SharedPoolNode): boolean {
    return this.#windowed && node.path.some(({ state }) => state.windowEndsAt <= this.#nowMs);
  }

  /** The same, with windows unchanged. */
  includePath(node: SharedPoolNode): void {
    const { at } = this.#swap;
    const hotAt = at + this.#hotAtCell;
    let level: SharedPoolNode | undefined = node;
    do {
      if (level.step === this.#number) break;
      level.step = this.#number;
      this.#addLevel(level);
      const stamp = this.#cells[hotAt + level.place]!;
      if (level.hotAt !== stamp) this.directory.readHot(level, at, stamp);
      level = level.parent;
    } while (level !== undefined);
  }

  #addLevel(level: SharedPoolNode): void {
    if (this.#levelCount === this.#levels.length) this.#levels.push(level);
    else this.#levels[this.#levelCount] = level;
    this.#levelCount++;
  }

  /**
   * Ends a step. Returns false if it was discarded because another thread's step came first: all of
   * it must be repeated.
   */
  end(changed: boolean): boolean {
    if (!this.#inStep) return false;
    if (!this.#special && this.queue.isEmpty) {
      if (changed ? this.#exchange() : this.#swap.confirm()) {
        this.#inStep = false;
        return true;
      }
    } else if (this.#endSpecial(changed)) return true;
    this.abandon();
    return false;
  }

  #endSpecial(changed: boolean): boolean {
    if (this.#void) return false;
    if (changed || this.#rolled || this.#taken) {
      if (!this.queue.isEmpty) this.queue.judge();
      // Judging the queue reads the waiters' signals, which run their owners' code.
      if (!this.#inStep || !this.#exchange()) return false;
      if (this.#restChanged) this.#standRest();
      this.#inStep = false;
      this.queue.wakeOthers();
      return true;
    }
    if (!this.#swap.confirm()) return false;
    this.#inStep = false;
    return true;
  }

  /**
   * Ends a step with an error if the state that caused it is consistent; otherwise discards the
   * step.
   */
  fail(error: unknown): void {
    const believed = !this.#void && this.#swap.confirm();
    this.voidStep();
    if (!believed) return;
    this.abandon();
    throw error;
  }

  /** Within a step: marks that a pool has a window now, so the clock matters. */
  windowSet(): void {
    this.#windowed = true;
  }

  /** Within a step: adds a child; returns undefined if the step will be discarded. */
  addPool(
    parent: SharedPoolNode | undefined,
    name: string,
    settings: PoolSettings,
  ): SharedPoolNode | undefined {
    const place = this.directory.freePlace(parent);
    if (place === undefined) {
      this.fail(new PoolsFull(this.shared.layout.pools));
      return undefined;
    }
    const node = new SharedPoolNode(this, place, this.operations + 1, name, settings, parent);
    this.directory.add(node);
    node.step = this.#number;
    node.coldChanged = true;
    this.changesRest();
    this.#addLevel(node);
    if (settings.window !== undefined) this.#windowed = true;
    return node;
  }

  /** Within a step: removes a pool. */
  forget(node: SharedPoolNode): void {
    this.include(node);
    node.forgotten = true;
    node.coldChanged = true;
    this.changesRest();
  }

  /** Frees what this thread holds, and its row. The budget can no longer be used in this thread. */
  leave(why: string): void {
    if (this.closedBecause !== undefined) return;
    // A tree that is opened only to be closed was never read, or has no root.
    if (this.find(0, 1) === undefined) {
      this.rows.free(this.row);
    } else {
      this.queue.failAll(new PoolGone(this.root.state.path, why));
      sweep(this, this.owner, true);
    }
    this.closedBecause = why;
    this.thresholds.clear();
    this.wakeUp.update();
  }

  /** Writes the step into this thread's next slot, and makes it the current one. */
  #exchange(): boolean {
    const swap = this.#swap;
    const cells = this.#cells;
    const levels = this.#levels;
    const count = this.#levelCount;
    const pools = this.directory.count;
    if (pools > count || this.#restChanged) {
      for (let index = 0; index < count; index++) swap.willWriteHot(levels[index]!.place);
      swap.prepareHot(pools);
    }
    if (swap.restIsBehind) swap.prepareRest();
    const at = swap.nextAt;
    const operations = this.operations + 1;
    const hotAt = at + this.#hotAtCell;
    for (let index = 0; index < count; index++) {
      const level = levels[index]!;
      writeHot(cells, at + level.hotCell, level.state);
      cells[hotAt + level.place] = operations;
      level.hotAt = operations;
    }
    if (this.#restChanged) this.#writeRest(at, operations);
    cells[at + HEADER.operations] = operations;
    if (!swap.exchange()) return false;
    this.operations = operations;
    return true;
  }

  #writeRest(at: number, operations: number): void {
    const cells = this.#cells;
    const { directory } = this;
    this.#swap.writesRest();
    this.open.write(at, operations);
    this.lots.write(at, operations);
    if (this.queue.changed) {
      this.#swap.writesQueue();
      this.queue.write(at, operations);
    }
    for (let index = 0; index < this.#levelCount; index++) {
      const level = this.#levels[index]!;
      if (!level.coldChanged) continue;
      this.#swap.writesCold(level.place);
      directory.writeCold(level, at, operations);
      cells[at + HEADER.resets] = level.state.tree.resets;
      cells[at + HEADER.pools] = directory.countAfterStep;
      cells[at + HEADER.windowed] = this.#windowed ? 1 : 0;
    }
    cells[at + HEADER.restAt] = operations;
  }

  #standRest(): void {
    this.#restAt = this.operations;
    this.open.stand();
    this.lots.stand();
    for (let index = 0; index < this.#levelCount; index++) {
      const level = this.#levels[index]!;
      if (level.coldChanged) this.directory.standCold(level);
    }
    this.directory.stand();
    if (this.queue.eventful) this.queue.stand();
  }

  /** Ends a discarded step: everything it touched is read again. */
  abandon(): void {
    this.#inStep = false;
    this.#stale = true;
    this.#swap.discard();
    for (let index = 0; index < this.#levelCount; index++) {
      const level = this.#levels[index]!;
      this.#swap.forgetHot(level.place);
      this.directory.discard(level);
    }
    // State read by an earlier step that took effect is still valid.
    if (!this.#special && !this.#restRead) return;
    this.#restAt = -1;
    this.queue.discard();
    this.lots.discard();
  }
}
