// R13. The ticket of a waiter in this thread.

import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import type { QueueTicket, Waiter } from "../pool/waiter.ts";
import type { SharedHold } from "./reservation-table.ts";
import type { SharedPoolNode } from "./shared-pool-node.ts";

/** The queue of a ticket. */
interface PlaceQueue {
  judgeNow(): void;
  leave(place: SharedTicket): void;
  refusalAt(place: SharedTicket): Refusal | undefined;
}

/** The ticket of a waiter in this thread. */
export class SharedTicket implements QueueTicket {
  readonly #queue: PlaceQueue;
  readonly node: SharedPoolNode;
  readonly ask: Quantities;
  readonly waiter: Waiter;
  /** The index of the request. */
  held: SharedHold | undefined;
  left = false;

  constructor(queue: PlaceQueue, node: SharedPoolNode, ask: Quantities, waiter: Waiter) {
    this.#queue = queue;
    this.node = node;
    this.ask = ask;
    this.waiter = waiter;
  }

  judge(): void {
    this.#queue.judgeNow();
  }

  leave(): void {
    this.#queue.leave(this);
  }

  refusal(): Refusal | undefined {
    return this.#queue.refusalAt(this);
  }
}

/** The outcome of which the waiter is notified. */
export interface WaitOutcome {
  readonly place: SharedTicket;
  readonly tell: () => void;
}

/** Notifies a waiter. */
export function notifyOutcome({ place, tell }: WaitOutcome): void {
  try {
    tell();
  } catch (error) {
    // An error in the signal or clock of one waiter must not keep others from being notified.
    place.waiter.fail(error);
  }
}
