/// <reference lib="esnext.disposable" preserve="true" />

import { amountView, readAmount } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { ReservationSettled } from "../../core/errors.ts";
import type { SettledOutcome } from "../../core/errors.ts";
import { quantitiesOf, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Settlement } from "../../pool/settlement.ts";
import { settlementOf } from "../../pool/settlement.ts";
import { readAttribution } from "../contract/attribution.ts";
import type { StoredActual } from "../client/stored-reservation.ts";
import type { SliceKeeper } from "./slice-keeper.ts";
import type { Slice } from "./slice.ts";

const DISPOSE = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for("Symbol.dispose");
const NOTHING: Quantities = uniform(0);

/** A hold as `reserveUpTo` of a sliced pool returns it. */
export type SlicedGrant = SlicedReservation & { readonly units: number };

/**
 * An amount held in the slice of this process, until it is settled.
 *
 * Settle it once: `commit` books what was really used, `release` gives everything back, both at
 * once. In a `using` declaration, or through `[Symbol.dispose]()`, it is released at the end of the
 * block unless it was settled before.
 */
export class SlicedReservation {
  readonly #keeper: SliceKeeper;
  readonly #slice: Slice;
  readonly #held: Quantities;
  #outcome: SettledOutcome | undefined;
  #id: string | undefined;

  /** Releases what is not settled; does nothing after that. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    Object.defineProperty(this.prototype, DISPOSE, {
      value(this: SlicedReservation): void {
        this.release();
      },
    });
  }

  /** @internal Reservations come from a pool: the amount is held already. */
  constructor(keeper: SliceKeeper, held: Quantities) {
    this.#keeper = keeper;
    this.#slice = keeper.slice;
    this.#held = held;
  }

  /**
   * The id of its line in the ledger, for `pool.amend`; undefined before it is settled, and with
   * `ledger: "sums"` that of no line.
   */
  get id(): string | undefined {
    return this.#id;
  }

  /** What was reserved. */
  get amount(): AmountView {
    return amountView(this.#held);
  }

  /** Whether the reservation has been committed or released. */
  get settled(): boolean {
    return this.#outcome !== undefined;
  }

  /**
   * Books what was really used in the slice, at once; the store hears of it with the next report.
   * What goes beyond the reservation is booked whatever the caps say: it comes from the room of the
   * slice first, and the settlement tells it as overage. Thresholds and caps that are passed are
   * found when it is reported.
   *
   * @throws {ReservationSettled} `RESERVATION_SETTLED` when it has been committed or released
   * before.
   * @throws {RangeError | TypeError} on an amount that is not one; the reservation stays open.
   */
  commit(actual: StoredActual = {}): Settlement {
    const { outcome, model, label, provider, usage, ...amount } = actual;
    if (outcome !== undefined && outcome !== "unknown") {
      throw new RangeError(`Expected \`outcome\` to be "unknown" or left out`);
    }
    const used = readAmount(amount, this.#held);
    const about = readAttribution({ model, label, provider, usage });
    if (this.#outcome !== undefined)
      throw new ReservationSettled(this.#slice.path, this.#outcome, this.#held);
    this.#outcome = "committed";
    this.#id = this.#keeper.nextLineId;
    const line = { kind: "commit", amount: used, unknown: outcome === "unknown", about } as const;
    this.#keeper.settle(this.#slice, this.#held, line);
    const held = this.#held;
    const overage = quantitiesOf((field) => Math.max(0, used[field] - held[field]));
    return settlementOf({ booked: true, overage, exceeded: undefined, throws: false }, used);
  }

  /** Gives back what is held. Does nothing when it is settled already. */
  release(): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = "released";
    this.#id = this.#keeper.nextLineId;
    const line = { kind: "release", amount: NOTHING, unknown: false } as const;
    this.#keeper.settle(this.#slice, this.#held, line);
  }
}
