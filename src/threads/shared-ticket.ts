// R13. A place in the queue, of a waiter in this thread.

import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import type { QueueTicket, Waiter } from "../pool/waiter.ts";
import type { SharedHold } from "./reservation-table.ts";
import type { SharedPoolNode } from "./shared-pool-node.ts";

/** The queue that a place is in. */
interface PlaceQueue {
  judgeNow(): void;
  leave(place: SharedTicket): void;
  refusalAt(place: SharedTicket): Refusal | undefined;
}

/** A place in the queue, of a waiter in this thread. */
export class SharedTicket implements QueueTicket {
  readonly #queue: PlaceQueue;
  readonly node: SharedPoolNode;
  readonly ask: Quantities;
  readonly waiter: Waiter;
  /** Where the request is kept. */
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

/** What a waiter is notified of. */
export interface WaitOutcome {
  readonly place: SharedTicket;
  readonly tell: () => void;
}

/** Tells one who waited. */
export function tellOutcome({ place, tell }: WaitOutcome): void {
  try {
    tell();
  } catch (error) {
    // A signal, or a clock, of one waiter must not keep the others from being notified.
    place.waiter.fail(error);
  }
}
