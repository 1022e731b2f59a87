// A pool in the memory of one thread. Its steps cannot be interrupted, so each one succeeds.

import { readClock } from "../core/clock.ts";
import type { Clock } from "../core/clock.ts";
import { childPath } from "../core/name.ts";
import { createPoolState } from "../core/pool-state.ts";
import type { OveragePolicy, PoolSettings, PoolState } from "../core/pool-state.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import { roll } from "../core/roll.ts";
import {
  bookIfFits,
  hold,
  holdIfFits,
  refusalOf,
  release,
  settle,
  settleWithin,
} from "../core/rules.ts";
import type { Hold, Settled } from "../core/rules.ts";
import { crossThresholds } from "../core/thresholds.ts";
import type { QueueTicket, Waiter } from "./waiter.ts";
import { PoolNode } from "./pool-node.ts";
import { WaitQueue } from "./wait-queue.ts";

/** What all nodes of one tree share. */
class SharedByTree {
  readonly clock: Clock;
  readonly queue: WaitQueue;
  /** Whether any pool of the tree has, or had, a window: only then is the clock read. */
  windowed = false;
  /** Whether any pool of the tree has thresholds. */
  watched = false;
  /** Whether a change of the books is all that a step does: nothing rolls, waits or is watched. */
  isPlain = true;

  constructor(clock: Clock) {
    this.clock = clock;
    this.queue = new WaitQueue(clock, () => this.update());
  }

  /** Sets `isPlain` anew. */
  update(): void {
    this.isPlain = !this.windowed && !this.watched && this.queue.head === undefined;
  }
}

/** One pool of a tree in memory. */
export class LocalPoolNode extends PoolNode {
  readonly state: PoolState;
  readonly settings: PoolSettings;
  readonly #parent: LocalPoolNode | undefined;
  readonly shared: SharedByTree;
  #children: Map<string, LocalPoolNode> | undefined;

  constructor(path: string, settings: PoolSettings, above: LocalPoolNode | Clock) {
    super();
    const parent = above instanceof LocalPoolNode ? above : undefined;
    this.#parent = parent;
    this.settings = settings;
    this.state = createPoolState(path, settings, parent?.state);
    this.shared = above instanceof LocalPoolNode ? above.shared : new SharedByTree(above);
    if (settings.window !== undefined) this.shared.windowed = true;
    if (settings.thresholds.length > 0) this.shared.watched = true;
    this.shared.update();
  }

  get clock(): Clock {
    return this.shared.clock;
  }

  get nobodyWaits(): boolean {
    return this.shared.queue.head === undefined;
  }

  begin(): void {
    if (this.shared.windowed) this.#roll();
  }

  end(): true {
    return true;
  }

  changed(): void {
    const { queue, windowed, watched } = this.shared;
    if (queue.head !== undefined) {
      // The windows of waiters may have rolled.
      if (windowed) queue.judge();
      else queue.changedAt(this.state);
    }
    if (watched) this.#reportThresholds();
  }

  bookIfFits(ask: Quantities): boolean {
    return this.shared.isPlain ? bookIfFits(this.state, ask) : this.rollAndBook(ask);
  }

  holdIfFits(ask: Quantities, mayPass: boolean): Hold | undefined {
    return this.shared.isPlain ? holdIfFits(this.state, ask) : this.rollAndHold(ask, mayPass);
  }

  // Not private, and `shared` neither: engines inline only so much bytecode into a hot function,
  // and the use of a private name takes more.

  rollAndBook(ask: Quantities): boolean {
    this.begin();
    if (!bookIfFits(this.state, ask)) return false;
    this.changed();
    return true;
  }

  rollAndHold(ask: Quantities, mayPass: boolean): Hold | undefined {
    this.begin();
    return mayPass || this.nobodyWaits ? holdIfFits(this.state, ask) : undefined;
  }

  override settleWithin(held: Hold, actual: Quantities): boolean {
    return this.shared.isPlain && settleWithin(this.state, held, actual);
  }

  hold(ask: Quantities): Hold {
    return hold(this.state, ask);
  }

  settle(held: Hold, actual: Quantities, policy?: OveragePolicy): Settled {
    return settle(this.state, held, actual, policy);
  }

  release(held: Hold): void {
    release(this.state, held);
  }

  refusalOf(ask: Quantities): Refusal | undefined {
    return refusalOf(this.state, ask);
  }

  settingsChanged(): void {
    if (this.state.window !== undefined) this.shared.windowed = true;
    this.shared.update();
  }

  join(ask: Quantities, waiter: Waiter): QueueTicket {
    return this.shared.queue.join(this.state, ask, waiter);
  }

  child(name: string, settings: PoolSettings): LocalPoolNode {
    const children = (this.#children ??= new Map());
    const node =
      children.get(name) ?? new LocalPoolNode(childPath(this.state.path, name), settings, this);
    children.set(name, node);
    return node;
  }

  forgetChild(name: string): boolean {
    return this.#children?.delete(name) ?? false;
  }

  #roll(): void {
    const { clock, queue } = this.shared;
    // Longer waiters are judged before the request that triggered the roll.
    if (roll(this.state, readClock(clock)) && queue.head !== undefined) queue.judge();
  }

  /** Reported from the pool up, in a loop: a tree may be deeper than the stack. */
  #reportThresholds(): void {
    this.tell(crossThresholds(this.state));
    for (let node = this.#parent; node !== undefined; node = node.#parent) {
      node.tell(crossThresholds(node.state));
    }
  }
}
