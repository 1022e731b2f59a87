/// <reference lib="esnext.disposable" preserve="true" />

import { amountView, readAmountWithDefaults } from "../core/amount.ts";
import type { Amount, AmountView } from "../core/amount.ts";
import { BudgetExceeded, ReservationSettled } from "../core/errors.ts";
import type { SettledOutcome } from "../core/errors.ts";
import type { Hold, Settled } from "../core/rules.ts";
import type { Quantities } from "../core/quantities.ts";
import type { PoolNode } from "./pool-node.ts";
import { settlementOf, withinHold } from "./settlement.ts";
import type { Settlement } from "./settlement.ts";

// If the runtime lacks Symbol.dispose, compilers that lower `using` look for this registered symbol
// instead.
const DISPOSE = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for("Symbol.dispose");

/**
 * An amount reserved on a pool, and on every pool above it, until it is settled.
 *
 * Settle it once: `commit` books what was really used, `release` returns everything. In a `using`
 * declaration, or through `[Symbol.dispose]()`, it is released at the end of the block unless it
 * was settled before.
 */
export class Reservation {
  readonly #node: PoolNode;
  readonly #hold: Hold;
  #outcome: SettledOutcome | undefined;
  /** Called instead of throwing when a commit goes over a cap; set by `run`. */
  #onExceeded: ((settlement: Settlement) => void) | undefined;

  /** Releases the reservation unless it is settled. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    Object.defineProperty(this.prototype, DISPOSE, {
      value(this: Reservation): void {
        this.release();
      },
    });
  }

  /** @internal Reservations come from a pool, which holds the amount already. */
  constructor(node: PoolNode, held: Hold, onExceeded?: (settlement: Settlement) => void) {
    this.#node = node;
    this.#hold = held;
    this.#onExceeded = onExceeded;
  }

  /** The reserved amount. */
  get amount(): AmountView {
    return amountView(this.#hold.quantities);
  }

  /** Whether the reservation is committed or released. */
  get settled(): boolean {
    return this.#outcome !== undefined || this.#node.isClosed();
  }

  /**
   * Books what was really used and frees the rest, in one step on the pool and every pool above it.
   *
   * An omitted axis counts as reserved; if `inputTokens` or `outputTokens` is given and `tokens` is
   * not, `tokens` is their sum. Usage beyond the reservation is overage: it is booked whatever the
   * caps say, and if it takes a pool over a cap, the pool's `overage` option decides how that is
   * reported. After a `reset` of the pool, the reservation holds nothing, and all usage is booked
   * as overage.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if overage takes a pool over a cap, under `"throw"`
   * (booked) and `"reject"` (not booked). The reservation is settled either way.
   * @throws {ReservationSettled} `RESERVATION_SETTLED` if it is already committed or released.
   * @throws {RangeError | TypeError} if the amount is invalid; the reservation stays open.
   */
  commit(actual?: Amount): Settlement {
    if (this.#outcome !== undefined) throw this.#settledBefore(this.#outcome);
    const held = this.#hold;
    const { quantities } = held;
    const used = actual === undefined ? quantities : readAmountWithDefaults(actual, quantities);
    // Reading the amount has run the caller's code.
    if (this.#outcome !== undefined || !this.#node.settleWithin(held, used))
      return this.#commitInSteps(used);
    this.#outcome = "committed";
    return withinHold(used);
  }

  #commitInSteps(used: Quantities): Settlement {
    const node = this.#node;
    const held = this.#hold;
    let settled: Settled;
    do {
      node.begin(held);
      // Reading the amount and the clock has run the caller's code.
      if (this.settled) throw this.#settledBefore(this.#outcome);
      settled = node.settle(held, used, this.#onExceeded && "allow");
    } while (!node.end(true));
    this.#outcome = "committed";
    node.changed();
    const settlement = settlementOf(settled, used);
    if (settled.exceeded === undefined) return settlement;
    if (this.#onExceeded !== undefined) this.#onExceeded(settlement);
    else if (settled.throws) throw new BudgetExceeded(settled.exceeded, { booked: settled.booked });
    return settlement;
  }

  /**
   * Releases the hold, on the pool and every pool above it. Does nothing if it is already settled.
   */
  release(): void {
    const node = this.#node;
    if (this.#outcome !== undefined || node.isClosed()) return;
    do {
      node.begin(this.#hold);
      if (this.settled) return; // by the clock, which is the caller's
      node.release(this.#hold);
    } while (!node.end(true));
    this.#outcome = "released";
    node.changed();
  }

  #settledBefore(outcome: SettledOutcome = "committed"): ReservationSettled {
    return new ReservationSettled(this.#node.state.path, outcome, this.#hold.quantities);
  }
}

/** The result of `reserveUpTo`: a reservation with the number of granted units. */
export class Grant extends Reservation {
  /** The `n` of `fixed + n · unit`. */
  readonly units: number;

  /** @internal Grants come from a pool, which holds the amount already. */
  constructor(node: PoolNode, held: Hold, units: number) {
    super(node, held);
    this.units = units;
  }
}
