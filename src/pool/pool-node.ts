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
  /** The settings with which the pool was created. */
  abstract readonly settings: PoolSettings;
  /** Whether the tree has no waiters; within a step. */
  abstract readonly nobodyWaits: boolean;
  #listener: ThresholdListener | undefined;

  /**
   * Begins a step: brings the state of the path up to date, windows included. With `settling`, the
   * step only settles that hold.
   */
  abstract begin(settling?: Hold): void;

  /**
   * Ends a step that has `changed` the state or only read it. Returns false if the step was
   * discarded: repeat it.
   */
  abstract end(changed: boolean): boolean;

  /** Called after a change that took effect: admits waiters and reports thresholds. */
  abstract changed(): void;

  /** Books a request if it fits, in a step of its own. */
  abstract bookIfFits(ask: Quantities): boolean;

  /**
   * Reserves a request that fits, in a step of its own; it overtakes waiters for the same room only
   * if `mayPass`.
   */
  abstract holdIfFits(ask: Quantities, mayPass: boolean): Hold | undefined;

  /**
   * Settles a hold at no more than it holds, in a step of its own, if nothing follows from it.
   * Otherwise changes nothing and returns false.
   */
  settleWithin(_held: Hold, _actual: Quantities): boolean {
    return false;
  }

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

  /** Joins the queue at its end. */
  abstract join(ask: Quantities, waiter: Waiter): QueueTicket;

  /** Returns the child of that name, created with `settings` if there is none. */
  abstract child(name: string, settings: PoolSettings): PoolNode;

  /** Removes the child of that name, and returns whether there was one. */
  abstract forgetChild(name: string): boolean;

  /**
   * Returns whether the settings equal those with which the pool was created, or the current ones.
   */
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
   * Within a step: returns the caps after a change, and after a change by amounts.
   *
   * @throws {RangeError} for a cap that cannot be changed by its amount.
   */
  changedCaps(change: CapQuantitiesChange, by: CapQuantities): CapQuantities {
    const { caps, path } = this.state;
    return changeCapsBy(changeCaps(caps, change), by, path);
  }

  /** Returns the error for a request that did not fit in the previous step. */
  refuse(ask: Quantities): BudgetExceeded {
    const refusal = refusalOf(this.state, ask);
    if (refusal === undefined) throw new Error("unreachable: an ask that fits was refused");
    return new BudgetExceeded(refusal);
  }

  /** Returns whether its thread has closed it, and with it all that it held. */
  isClosed(): boolean {
    return false;
  }

  /** Reports thresholds to `listener` from now on. */
  listen(listener: ThresholdListener): void {
    this.#listener = listener;
  }

  /** Calls the listener with these events. Its errors are dropped. */
  tell(events: readonly ThresholdEvent[]): void {
    for (const event of events) {
      try {
        // A listener may be asynchronous: neither a thrown nor a rejected error may break the call
        // that triggered it.
        Promise.resolve(this.#listener?.(event)).catch(ignore);
      } catch {
        // Dropped, as the option's documentation says.
      }
    }
  }
}

function ignore(): void {}
