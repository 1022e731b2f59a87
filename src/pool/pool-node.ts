// One pool of a tree as its handles share it, wherever its state is kept. A handle changes a pool
// in steps: begin, apply the rules to `state`, end. A step that raced with another thread is
// discarded and retried, so nothing in a step may have effects elsewhere.

import { changeCaps, changeCapsBy } from "../core/caps.ts";
import type { CapQuantities, CapQuantitiesChange } from "../core/caps.ts";
import type { Clock } from "../core/clock.ts";
import { BudgetExceeded } from "../core/errors.ts";
import type { OveragePolicy, PoolSettings, PoolState } from "../core/pool-state.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import { refusalOf } from "../core/rules.ts";
import type { Hold, Settled } from "../core/rules.ts";
import type { ThresholdEvent } from "../core/thresholds.ts";
import { settingsText } from "./options.ts";
import type { QueueTicket, Waiter } from "./waiter.ts";

/** Receives a threshold that was crossed. */
export type ThresholdListener = (event: ThresholdEvent) => unknown;

/** One pool of a tree. */
export abstract class PoolNode {
  abstract readonly state: PoolState;
  abstract readonly clock: Clock;
  /** What the pool was made with. */
  abstract readonly settings: PoolSettings;
  /** Whether no one waits for room in the tree; within a step. */
  abstract readonly nobodyWaits: boolean;
  #listener: ThresholdListener | undefined;

  /**
   * Begins a step: brings the state of the path up to now, windows included. With `settling`, one
   * that does nothing but settle that hold.
   */
  abstract begin(settling?: Hold): void;

  /**
   * Ends a step that has `changed` the state or only looked at it. False when the step did not
   * stand: take it again.
   */
  abstract end(changed: boolean): boolean;

  /** Called after a change that stands: lets waiters in and tells thresholds. */
  abstract changed(): void;

  /** Books a request if it fits, in a step of its own. */
  abstract bookIfFits(ask: Quantities): boolean;

  /**
   * Holds a request that fits, in a step of its own; before those who wait for the same room only
   * if
   * `mayPass`.
   */
  abstract holdIfFits(ask: Quantities, mayPass: boolean): Hold | undefined;

  /** Within a step: `hold` of the rules. */
  abstract hold(ask: Quantities): Hold;

  /** Within a step: `settle` of the rules. */
  abstract settle(held: Hold, actual: Quantities, policy?: OveragePolicy): Settled;

  /** Within a step: `release` of the rules. */
  abstract release(held: Hold): void;

  /** Within a step: `refusalOf` of the rules. */
  abstract refusalOf(ask: Quantities): Refusal | undefined;

  /** Within a step: called when settings or the generation were changed. */
  abstract settingsChanged(): void;

  /** Takes the last place in the queue. */
  abstract join(ask: Quantities, waiter: Waiter): QueueTicket;

  /** The child of that name, made with `settings` if there is none. */
  abstract child(name: string, settings: PoolSettings): PoolNode;

  /** Removes the child of that name, and returns whether there was one. */
  abstract forgetChild(name: string): boolean;

  /** Returns whether these are the settings that the pool was made with, or those of now. */
  hasSettings(settings: PoolSettings): boolean {
    if (settings === this.settings) return true;
    const { caps, overage, window, thresholds } = this.state;
    const text = settingsText(settings);
    return (
      text === settingsText(this.settings) ||
      text === settingsText({ caps, overage, window, thresholds })
    );
  }

  /**
   * Within a step: the caps after a change, and after one by amounts.
   *
   * @throws {RangeError} for a cap that cannot be changed by its amount.
   */
  changedCaps(change: CapQuantitiesChange, by: CapQuantities): CapQuantities {
    const { caps, path } = this.state;
    return changeCapsBy(changeCaps(caps, change), by, path);
  }

  /** The error for a request that the step before has found not to fit. */
  refuse(ask: Quantities): BudgetExceeded {
    const refusal = refusalOf(this.state, ask);
    if (refusal === undefined) throw new Error("unreachable: an ask that fits was refused");
    return new BudgetExceeded(refusal);
  }

  /** Returns whether its thread has given it up, and with it all that it held. */
  isClosed(): boolean {
    return false;
  }

  /** Reports thresholds to `listener` from now on. */
  listen(listener: ThresholdListener): void {
    this.#listener = listener;
  }

  /** Tells the listener of these events. What it throws or rejects with is dropped. */
  tell(events: readonly ThresholdEvent[]): void {
    for (const event of events) {
      try {
        // A listener may be asynchronous: neither what it throws nor what it rejects with may
        // break the call it sits in.
        Promise.resolve(this.#listener?.(event)).catch(ignore);
      } catch {
        // As the option's documentation says, what a listener throws is dropped.
      }
    }
  }
}

function ignore(): void {}
