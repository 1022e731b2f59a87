// R13. The waiters of all threads, in the order in which they came. The queue is part of the state
// that is swapped: the thread that makes room admits, in the same step, the first waiters of all
// threads. A thread whose waiter was admitted by another finds the reservation in the
// list of granted ones when it is woken.

import { uniform } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import { hold, pathOf, release } from "../core/rules.ts";
import { isRefusedAt, WaitingRound } from "../core/waiting.ts";
import type { Judgement } from "../core/waiting.ts";
import type { QueueTicket, Waiter } from "../pool/waiter.ts";
import { HEADER } from "./layout.ts";
import { readGranted, readWaiting, writeQueue } from "./queue-cells.ts";
import type { Granted } from "./queue-cells.ts";
import { SharedHold } from "./reservation-table.ts";
import type { PoolTree, SharedPoolNode } from "./shared-pool-node.ts";
import { SharedTicket, tellOutcome } from "./shared-ticket.ts";
import type { WaitOutcome } from "./shared-ticket.ts";
import { threadRowOf } from "./thread-rows.ts";

const NOTHING: Quantities = uniform(0);

/** The queue as one thread sees it. */
export class SharedWaitQueue {
  readonly #tree: PoolTree;
  /** Where the requests of those who wait are kept, the first one first. */
  #waiting: number[] = [];
  /**
   * Reservations that were let in by another thread: where they are kept, and since which reset.
   */
  #granted: Granted[] = [];
  #at = -1;
  /** Whether the step changes the queue. */
  changed = false;
  /** Who waits in this thread, by where the request is kept. */
  readonly #here = new Map<number, SharedTicket>();
  /** Who leaves the queue with what, and which threads are woken, when the step stands. */
  #outcomes: WaitOutcome[] = [];
  readonly #toWake = new Set<number>();
  readonly #round = new WaitingRound();
  #rollsAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(tree: PoolTree) {
    this.#tree = tree;
  }

  /** Within a step: whether there is no waiter, and none was admitted that does not know it yet. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#granted.length === 0;
  }

  /** Brings the queue up to the slot at `at`. */
  read(at: number): void {
    const stamp = this.#tree.shared.cells[at + HEADER.queueAt] ?? 0;
    if (stamp === this.#at) return;
    this.#waiting = readWaiting(this.#tree.shared, at);
    this.#granted = readGranted(this.#tree.shared, at);
    this.#at = stamp;
  }

  /** Writes the queue into the slot that the step makes. */
  write(at: number, stamp: number): void {
    writeQueue(this.#tree.shared, at, stamp, this.#waiting, this.#granted);
    this.#at = stamp;
  }

  /** Within a step: whether a waiter's ask is kept at this place. */
  has(place: number): boolean {
    return this.#waiting.includes(place);
  }

  /** Adds a waiter at the end, and admits it at once if it fits and none ahead closes its way. */
  join(node: SharedPoolNode, ask: Quantities, waiter: Waiter): QueueTicket {
    const place = new SharedTicket(this, node, ask, waiter);
    try {
      do {
        node.begin();
        if (this.#tree.open.hasRoom()) this.#append(place);
      } while (!node.end(true));
    } catch (error) {
      if (place.held !== undefined) this.#here.delete(place.held.place);
      throw error;
    }
    this.#settleDown();
    return place;
  }

  #append(place: SharedTicket): void {
    place.held = this.#tree.open.openWaiting(place.node.place, place.ask);
    this.#here.set(place.held.place, place);
    this.#waiting.push(place.held.place);
    this.changed = true;
  }

  /** Judges the queue in a step of its own. */
  judgeNow(): void {
    if (this.#here.size === 0) return;
    do {
      this.#tree.begin(this.#tree.root);
      this.#comeBack();
      this.judge();
    } while (!this.#tree.end(this.eventful));
    this.#settleDown();
  }

  /** Within a step: who was taken for dead and removed stands at the end again. */
  #comeBack(): void {
    for (const [at, place] of this.#here) {
      const { held, node } = place;
      if (held === undefined || this.has(at) || this.grantedAt(at) !== undefined) continue;
      if (this.#tree.open.isOpen(held)) continue;
      const why = node.gone ? node.goneError() : this.#tree.open.waitAgain();
      if (why !== undefined) {
        this.#tree.open.close(held, false);
        this.#settled(place, () => place.waiter.fail(why));
        continue;
      }
      this.#waiting.push(at);
      this.changed = true;
    }
  }

  /** Gives a place up, and lets in who stood behind it. */
  leave(place: SharedTicket): void {
    const { held, node } = place;
    if (place.left || held === undefined) return;
    place.left = true;
    this.#here.delete(held.place);
    try {
      do {
        node.begin();
        this.#remove(node, held);
      } while (!node.end(true));
    } catch (error) {
      // Such as one of the clock: it stands where it stood.
      place.left = false;
      this.#here.set(held.place, place);
      throw error;
    }
    this.#settleDown();
  }

  #remove(node: SharedPoolNode, held: SharedHold): void {
    if (this.sweep(held.place)) return;
    const granted = this.takeGranted(held.place);
    if (granted !== undefined) release(node.state, granted);
    this.#tree.open.close(held, granted !== undefined);
  }

  /**
   * Returns why a place is not let in yet: its own refusal, or that of the first one it stands
   * behind.
   */
  refusalAt({ node, held }: SharedTicket): Refusal | undefined {
    let refusal: Refusal | undefined;
    do {
      node.begin();
      refusal =
        node.refusalOf(held?.quantities ?? NOTHING) ?? this.#refusalAhead(node, held?.place);
    } while (!node.end(false));
    return refusal;
  }

  #refusalAhead(node: SharedPoolNode, place: number | undefined): Refusal | undefined {
    const path = new Set(pathOf(node.state));
    for (const at of this.#waiting) {
      if (at === place) return undefined;
      const other = this.#nodeOf(at);
      if (other === undefined) continue;
      this.#tree.include(other);
      const ask = this.#tree.open.table.read(at).quantities;
      if (isRefusedAt(path, other.state, ask)) return other.refusalOf(ask);
    }
    return undefined;
  }

  /** Within a step: removes the waiter whose ask is at a place; returns whether there was one. */
  sweep(place: number): boolean {
    const index = this.#waiting.indexOf(place);
    if (index < 0) return false;
    this.#waiting.splice(index, 1);
    this.changed = true;
    this.#tree.open.closeWaiting(place);
    return true;
  }

  /** Within a step: what another thread has let in at a place, if it did. */
  grantedAt(place: number): SharedHold | undefined {
    const found = this.#granted.find((each) => each.place === place);
    if (found === undefined) return undefined;
    const { quantities, ticket } = this.#tree.open.table.read(place);
    return new SharedHold(quantities, found.asOf, place, ticket);
  }

  /** Within a step: takes what was let in at a place off the list, if it is on it. */
  takeGranted(place: number): SharedHold | undefined {
    const granted = this.grantedAt(place);
    if (granted === undefined) return undefined;
    this.#granted = this.#granted.filter((each) => each.place !== place);
    this.changed = true;
    return granted;
  }

  /**
   * Within a step: admits, from the head on, every waiter that fits, and sends away those of this
   * thread that waiting no longer helps.
   */
  judge(): void {
    this.#collect();
    this.#round.clear();
    const staying: number[] = [];
    for (const [index, at] of this.#waiting.entries()) {
      if (this.#round.isOver) {
        for (const rest of this.#waiting.slice(index)) staying.push(rest);
        break;
      }
      if (this.#stays(at)) staying.push(at);
    }
    if (staying.length < this.#waiting.length) {
      this.#waiting = staying;
      this.changed = true;
    }
    if (this.eventful) this.#tree.changesRest();
  }

  /** Those of this thread whom another has let in. */
  #collect(): void {
    for (const { place: at } of this.#granted) {
      const here = this.#here.get(at);
      const granted = here && this.takeGranted(at);
      if (here === undefined || granted === undefined) continue;
      this.#tree.open.table.writeAsOf(at, granted.asOf);
      this.#settled(here, () => here.waiter.admitted(granted));
    }
  }

  #stays(at: number): boolean {
    const node = this.#nodeOf(at);
    if (node === undefined) return true;
    const tree = this.#tree;
    const here = this.#here.get(at);
    const ask = here?.ask ?? tree.open.table.read(at).quantities;
    tree.include(node);
    if (here?.waiter.signal?.aborted === true) {
      tree.open.closeWaiting(at);
      this.#settled(here, () => here.waiter.fail(here.waiter.signal?.reason));
      return false;
    }
    let judgement: Judgement;
    try {
      judgement = this.#round.judge(node.state, ask);
    } catch (error) {
      return this.#cannotHelp(at, here, () => here?.waiter.fail(error));
    }
    if (judgement === "waits") return true;
    if (judgement !== "enters") {
      const refusal = judgement;
      return this.#cannotHelp(at, here, () => here?.waiter.refuse(refusal));
    }
    this.#admit(at, node, ask, here);
    return false;
  }

  #admit(at: number, node: SharedPoolNode, ask: Quantities, here: SharedTicket | undefined): void {
    const tree = this.#tree;
    const { asOf } = hold(node.state, ask);
    tree.open.admit(at);
    if (here?.held === undefined) {
      this.#granted.push({ place: at, asOf });
      this.#toWake.add(threadRowOf(tree.open.table.ownerOf(at)));
      return;
    }
    const held = new SharedHold(ask, asOf, at, here.held.ticket);
    tree.open.table.writeAsOf(at, asOf);
    this.#settled(here, () => here.waiter.admitted(held));
  }

  /** Only the thread that waits can tell its waiter, so another's stays until that has looked. */
  #cannotHelp(at: number, here: SharedTicket | undefined, tell: () => void): boolean {
    if (here === undefined) {
      this.#toWake.add(threadRowOf(this.#tree.open.table.ownerOf(at)));
      return true;
    }
    this.#tree.open.closeWaiting(at);
    this.#settled(here, tell);
    return false;
  }

  #settled(place: SharedTicket, tell: () => void): void {
    this.#outcomes.push({ place, tell });
  }

  #nodeOf(at: number): SharedPoolNode | undefined {
    return this.#tree.directory.find(this.#tree.open.table.poolOf(at));
  }

  /** Whether there is anything to do when the step stands. */
  get eventful(): boolean {
    return this.changed || this.#outcomes.length > 0;
  }

  /** The step stands. */
  stand(): void {
    this.changed = false;
    if (this.#outcomes.length === 0) return;
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    for (const { place } of outcomes) {
      place.left = true;
      if (place.held !== undefined) this.#here.delete(place.held.place);
    }
    // Waiters run code of their owners, which must find the step that let them in over and done.
    void Promise.resolve().then(() => outcomes.forEach(tellOutcome));
    this.#settleDown();
  }

  /** After a step that stands: has other threads look for what it did for those who wait there. */
  wakeOthers(): void {
    if (this.#toWake.size === 0) return;
    for (const row of this.#toWake) if (row >= 0) this.#tree.rows.wake(row);
    this.#toWake.clear();
  }

  /** Sends away everybody who waits in this thread. */
  failAll(error: unknown): void {
    for (const place of this.#here.values()) {
      place.left = true;
      place.waiter.fail(error);
    }
    this.#here.clear();
    this.#settleDown();
  }

  /** The step does not stand. */
  discard(): void {
    this.#at = -1;
    this.changed = false;
    this.#outcomes.length = 0;
    this.#toWake.clear();
  }

  /** Whether this thread has a waiter. */
  get someoneHere(): boolean {
    return this.#here.size > 0;
  }

  /** Has this thread woken while it has a waiter, and when a window rolls. */
  #settleDown(): void {
    this.#tree.wakeUp.update();
    let rollsAt = Number.POSITIVE_INFINITY;
    for (const { node } of this.#here.values()) {
      for (const { windowEndsAt } of pathOf(node.state)) rollsAt = Math.min(rollsAt, windowEndsAt);
    }
    if (rollsAt === this.#rollsAt) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#rollsAt = rollsAt;
    if (rollsAt === Number.POSITIVE_INFINITY) return;
    const { clock } = this.#tree;
    this.#cancelTimer = clock.schedule(Math.max(0, rollsAt - clock.now()), () => {
      this.#rollsAt = Number.POSITIVE_INFINITY;
      this.#cancelTimer = undefined;
      this.judgeNow();
    });
  }
}
