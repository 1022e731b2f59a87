// R13. The waiters of all threads, in order of arrival. The queue is part of the exchanged state:
// the thread that frees room admits the first waiters of all threads in the same step. A thread
// whose waiter was admitted by another finds the reservation in the list of granted ones when it is
// woken.

import { NOTHING } from "../core/quantities.ts";
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
import { SharedTicket, notifyOutcome } from "./shared-ticket.ts";
import type { WaitOutcome } from "./shared-ticket.ts";
import { threadRowOf } from "./thread-rows.ts";

/** The queue as one thread sees it. */
export class SharedWaitQueue {
  readonly #tree: PoolTree;
  /** The indexes of waiting requests, the first in the queue first. */
  #waiting: number[] = [];
  /** Reservations that another thread admitted: their indexes, and the reset counts. */
  #granted: Granted[] = [];
  #at = -1;
  /** Whether the step changes the queue. */
  changed = false;
  /** The waiters of this thread, by the index of the request. */
  readonly #here = new Map<number, SharedTicket>();
  /**
   * Which waiters leave the queue, with what outcome, and which threads are woken once the step
   * takes effect.
   */
  #outcomes: WaitOutcome[] = [];
  readonly #toWake = new Set<number>();
  readonly #round = new WaitingRound();
  #rollsAt = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(tree: PoolTree) {
    this.#tree = tree;
  }

  /** Within a step: whether there is no waiter, nor an admitted one that was not notified yet. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#granted.length === 0;
  }

  /** Reads the queue of the slot at `at`. */
  read(at: number): void {
    const stamp = this.#tree.shared.cells[at + HEADER.queueAt] ?? 0;
    if (stamp === this.#at) return;
    this.#waiting = readWaiting(this.#tree.shared, at);
    this.#granted = readGranted(this.#tree.shared, at);
    this.#at = stamp;
  }

  /** Writes the queue into the step's slot. */
  write(at: number, stamp: number): void {
    writeQueue(this.#tree.shared, at, stamp, this.#waiting, this.#granted);
    this.#at = stamp;
  }

  /** Within a step: whether an index holds the request of a waiter. */
  has(place: number): boolean {
    return this.#waiting.includes(place);
  }

  /** Adds a waiter at the end, and admits it at once if it fits and no waiter ahead blocks it. */
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

  /**
   * Within a step: a waiter that was removed because its thread seemed dead joins the queue again,
   * at the end.
   */
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

  /** Removes a ticket, and admits waiters behind it. */
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
      // An error such as one of the clock: the waiter keeps its position.
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
   * Returns why a waiter is not admitted yet: its own refusal, or that of the first one ahead that
   * blocks it.
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

  /** Within a step: removes the waiter at an index; returns whether there was one. */
  sweep(place: number): boolean {
    const index = this.#waiting.indexOf(place);
    if (index < 0) return false;
    this.#waiting.splice(index, 1);
    this.changed = true;
    this.#tree.open.closeWaiting(place);
    return true;
  }

  /** Within a step: returns what another thread admitted at an index, if it did. */
  grantedAt(place: number): SharedHold | undefined {
    const found = this.#granted.find((each) => each.place === place);
    if (found === undefined) return undefined;
    const { quantities, ticket } = this.#tree.open.table.read(place);
    return new SharedHold(quantities, found.asOf, place, ticket);
  }

  /** Within a step: removes an index from the list of granted ones. */
  takeGranted(place: number): SharedHold | undefined {
    const granted = this.grantedAt(place);
    if (granted === undefined) return undefined;
    this.#granted = this.#granted.filter((each) => each.place !== place);
    this.changed = true;
    return granted;
  }

  /**
   * Within a step: admits every waiter that fits, from the head on, and refuses those of this
   * thread that can no longer be helped by waiting.
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

  /** Waiters of this thread that another thread admitted. */
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

  /** Only its own thread can notify a waiter, so those of others stay until their threads look. */
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

  /** Whether there is work to do once the step takes effect. */
  get eventful(): boolean {
    return this.changed || this.#outcomes.length > 0;
  }

  /** Called when the step has taken effect. */
  stand(): void {
    this.changed = false;
    if (this.#outcomes.length === 0) return;
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    for (const { place } of outcomes) {
      place.left = true;
      if (place.held !== undefined) this.#here.delete(place.held.place);
    }
    // Waiters run their owners' code, which must see the step that admitted them as finished.
    void Promise.resolve().then(() => outcomes.forEach(notifyOutcome));
    this.#settleDown();
  }

  /** After a step that took effect: wakes the threads whose waiters it admitted. */
  wakeOthers(): void {
    if (this.#toWake.size === 0) return;
    for (const row of this.#toWake) if (row >= 0) this.#tree.rows.wake(row);
    this.#toWake.clear();
  }

  /** Rejects all waiters of this thread. */
  failAll(error: unknown): void {
    for (const place of this.#here.values()) {
      place.left = true;
      place.waiter.fail(error);
    }
    this.#here.clear();
    this.#settleDown();
  }

  /** Called when the step was discarded. */
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

  /** Wakes this thread regularly while it has a waiter, and when a window rolls. */
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
