// A pool in shared memory as one thread sees it: a copy of its state that every step refreshes, and
// the rules applied to that copy.

import type { CapQuantities, CapQuantitiesChange } from "../core/caps.ts";
import type { Clock } from "../core/clock.ts";
import { childPath } from "../core/name.ts";
import { createPoolState } from "../core/pool-state.ts";
import type { OveragePolicy, PoolSettings, PoolState } from "../core/pool-state.ts";
import { fitsWithin, NOTHING } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import {
  book,
  checkCountable,
  fits,
  hold,
  NO_HOLD,
  refusalOf,
  release,
  settle,
} from "../core/rules.ts";
import type { Hold, Settled } from "../core/rules.ts";
import type { QueueTicket, Waiter } from "../pool/waiter.ts";
import { PoolNode } from "../pool/pool-node.ts";
import type { ThresholdListener } from "../pool/pool-node.ts";
import { PoolGone } from "./errors.ts";
import { HOT } from "./layout.ts";
import { checkSettingsFit, checkWindowFits } from "./pool-cells.ts";
import { SharedHold } from "./reservation-table.ts";
import type { Lots } from "./lots.ts";
import type { OpenReservations } from "./open-reservations.ts";
import type { Step } from "./step.ts";
import { SliceHold } from "./thread-slice.ts";
import type { ThreadSlice } from "./thread-slice.ts";

/** The result of a commit in a step that will be repeated. */
const NOT_SETTLED: Settled = {
  booked: false,
  overage: undefined,
  exceeded: undefined,
  throws: false,
};

/** The result of a commit of no more than the hold. */
const WITHIN_HOLD: Settled = { ...NOT_SETTLED, booked: true };

/** A tree of pools, as its pools and parts see it. `SharedTree` implements it. */
export interface PoolTree extends Step {
  readonly root: SharedPoolNode;
  readonly open: OpenReservations;
  readonly lots: Lots;
  readonly queue: {
    readonly isEmpty: boolean;
    /** Whether this thread has a waiter. */
    readonly someoneHere: boolean;
    has(place: number): boolean;
    join(node: SharedPoolNode, ask: Quantities, waiter: Waiter): QueueTicket;
    judgeNow(): void;
    sweep(place: number): boolean;
    takeGranted(place: number): Hold | undefined;
  };
  readonly directory: {
    /** Whether any pool has thresholds. */
    readonly watched: boolean;
    find(place: number): SharedPoolNode | undefined;
  };
  readonly thresholds: {
    readonly listening: boolean;
    add(node: SharedPoolNode): void;
    tell(node: SharedPoolNode): void;
    look(): void;
  };
  readonly wakeUp: { update(): void };

  /**
   * Begins a step on a pool, after recalling all slices; with `beside`, slices stay, for a step
   * that does not need their usage.
   *
   * @throws {PoolGone} if the pool can no longer be used.
   */
  begin(node: SharedPoolNode, beside?: boolean): void;
  /** Within a step: adds a pool and those above it. */
  include(node: SharedPoolNode): void;
  /** Within a step: adds a child; returns undefined if the step will be discarded. */
  addPool(
    parent: SharedPoolNode | undefined,
    name: string,
    settings: PoolSettings,
  ): SharedPoolNode | undefined;
  /** Within a step: removes a pool. */
  forget(node: SharedPoolNode): void;
  /** Frees what this thread holds, and its row; the budget can no longer be used in this thread. */
  leave(why: string): void;
}

/** One pool of a tree in shared memory. */
export class SharedPoolNode extends PoolNode {
  readonly tree: PoolTree;
  readonly #slice: ThreadSlice;
  /** Whether the current step is in this thread's slice. */
  #inSlice = false;
  /** The index of the pool in the buffer. */
  readonly place: number;
  /** The operation that created it: another pool may get its index later. */
  readonly born: number;
  readonly name: string;
  readonly state: PoolState;
  readonly settings: PoolSettings;
  readonly parent: SharedPoolNode | undefined;
  /** The pool and every pool above it. */
  readonly path: readonly SharedPoolNode[];
  readonly children: Map<string, SharedPoolNode> = new Map();
  /** The offset, in a slot, of the cells that every request changes. */
  readonly hotCell: number;
  /** Whether the pool above has removed it. */
  forgotten = false;
  /** Whether another pool has its index by now. */
  gone = false;
  /** The operations whose state was copied here; −1 for none. */
  hotAt = -1;
  coldAt = -1;
  /** Whether the step changes cells that change rarely. */
  coldChanged = false;
  /** Whether settings were changed here, and other threads are not notified yet. */
  reconfigured = false;
  /** The last step that this pool took part in. */
  step = -1;

  constructor(
    tree: PoolTree,
    place: number,
    born: number,
    name: string,
    settings: PoolSettings,
    parent: SharedPoolNode | undefined,
  ) {
    super();
    this.tree = tree;
    this.#slice = tree.lots.slice;
    this.place = place;
    this.born = born;
    this.name = name;
    this.settings = settings;
    this.parent = parent;
    this.hotCell = tree.shared.layout.hotCell + place * HOT.cells;
    this.path = [this, ...(parent?.path ?? [])];
    const path = parent === undefined ? name : childPath(parent.state.path, name);
    this.state = createPoolState(path, settings, parent?.state);
  }

  get clock(): Clock {
    return this.tree.clock;
  }

  get nobodyWaits(): boolean {
    return this.tree.queue.isEmpty;
  }

  /** Whether the pool, or one above it, was removed. */
  get lost(): boolean {
    return this.path.some((level) => level.forgotten);
  }

  override listen(listener: ThresholdListener): void {
    this.tree.thresholds.add(this);
    super.listen(listener);
  }

  /** The error for using a pool whose index another pool has. */
  goneError(): PoolGone {
    return new PoolGone(
      this.state.path,
      "was removed with forgetChild(), and its slot now belongs to another pool",
    );
  }

  override isClosed(): boolean {
    return this.tree.closedBecause !== undefined;
  }

  begin(settling?: Hold): void {
    this.#inSlice = settling instanceof SliceHold && this.#slice.canSettle(this, settling);
    if (!this.#inSlice) this.tree.begin(this, settling !== undefined);
  }

  end(changed: boolean): boolean {
    if (!this.#inSlice) return this.tree.end(changed);
    this.#inSlice = false;
    return true;
  }

  bookIfFits(ask: Quantities): boolean {
    if (this.#slice.book(this, ask)) return true;
    let fitting: boolean;
    do {
      fitting = this.#beginToAsk(ask);
      if (fitting) {
        book(this.state, ask);
        this.tree.lots.consider(this, ask);
      }
    } while (!this.end(fitting));
    if (fitting) this.changed();
    else checkCountable(this.state, ask);
    return fitting;
  }

  holdIfFits(ask: Quantities, mayPass: boolean): Hold | undefined {
    const inSlice = this.#slice.hold(this, ask);
    if (inSlice !== undefined) return inSlice;
    let held: Hold | undefined;
    do {
      const entering = this.#beginToAsk(ask) && (mayPass || this.nobodyWaits);
      held = entering ? this.hold(ask) : undefined;
      if (entering) this.tree.lots.consider(this, ask);
    } while (!this.end(held !== undefined));
    if (held === undefined) checkCountable(this.state, ask);
    return held;
  }

  /** Begins a step, and returns whether a request fits, which must not fail because of slices. */
  #beginToAsk(ask: Quantities): boolean {
    this.#inSlice = false;
    this.tree.begin(this, true);
    return fits(this.state, ask) || (this.tree.lots.takeBack() && fits(this.state, ask));
  }

  changed(): void {
    this.tree.thresholds.tell(this);
  }

  hold(ask: Quantities): Hold {
    if (!this.tree.open.hasRoom()) return NO_HOLD;
    return this.tree.open.open(this.place, hold(this.state, ask));
  }

  settle(held: Hold, actual: Quantities, policy?: OveragePolicy): Settled {
    if (this.#inSlice && held instanceof SliceHold) {
      if (this.#slice.settle(held, actual)) return WITHIN_HOLD;
      this.#inSlice = false;
      this.tree.begin(this, true);
    }
    // Whether overage passes a cap depends on what other threads used.
    const { asOf, quantities } = held;
    if (asOf !== this.state.tree.resets || !fitsWithin(NOTHING, actual, quantities))
      this.tree.lots.takeBack();
    const open = this.#isOpen(held);
    // A hold that was freed while this thread seemed dead is held nowhere.
    const heldNow = open ? held : NO_HOLD;
    try {
      const settled = settle(this.state, heldNow, actual, policy);
      this.#close(held, open);
      return settled;
    } catch (error) {
      this.tree.fail(error);
      return NOT_SETTLED;
    }
  }

  release(held: Hold): void {
    if (this.#inSlice && held instanceof SliceHold) {
      if (this.#slice.settle(held, NOTHING)) return;
      this.#inSlice = false;
      this.tree.begin(this, true);
    }
    const open = this.#isOpen(held);
    if (open) release(this.state, held);
    this.#close(held, open);
  }

  #isOpen(held: Hold): boolean {
    if (held instanceof SharedHold) return this.tree.open.isOpen(held);
    return held instanceof SliceHold && this.tree.lots.holds(held);
  }

  #close(held: Hold, open: boolean): void {
    if (held instanceof SharedHold) this.tree.open.close(held, open);
    else if (open && held instanceof SliceHold) this.tree.lots.close(held);
  }

  refusalOf(ask: Quantities): Refusal | undefined {
    try {
      return refusalOf(this.state, ask);
    } catch (error) {
      this.tree.fail(error);
      return undefined;
    }
  }

  override changedCaps(change: CapQuantitiesChange, by: CapQuantities): CapQuantities {
    try {
      return super.changedCaps(change, by);
    } catch (error) {
      this.tree.fail(error);
      return this.state.caps;
    }
  }

  settingsChanged(): void {
    this.coldChanged = true;
    this.reconfigured = true;
    this.tree.changesRest();
    try {
      checkWindowFits(this.state.window);
    } catch (error) {
      this.tree.abandon();
      throw error;
    }
    if (this.state.window !== undefined) this.tree.windowSet();
  }

  join(ask: Quantities, waiter: Waiter): QueueTicket {
    return this.tree.queue.join(this, ask, waiter);
  }

  child(name: string, settings: PoolSettings): SharedPoolNode {
    checkSettingsFit(settings);
    for (;;) {
      this.begin();
      const found = this.children.get(name);
      if (found !== undefined) {
        if (this.end(false)) return found;
      } else {
        const made = this.tree.addPool(this, name, settings);
        if (this.end(made !== undefined) && made !== undefined) return made;
      }
    }
  }

  forgetChild(name: string): boolean {
    let child: SharedPoolNode | undefined;
    do {
      this.begin();
      child = this.children.get(name);
      if (child !== undefined) this.tree.forget(child);
    } while (!this.end(child !== undefined));
    return child !== undefined;
  }
}
