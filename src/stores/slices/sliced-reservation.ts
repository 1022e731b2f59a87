/// <reference lib="esnext.disposable" preserve="true" />

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { ReservationSettled } from "../../core/errors.ts";
import type { SettledOutcome } from "../../core/errors.ts";
import { fitsWithin, NOTHING, quantitiesOf } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Settled } from "../../core/rules.ts";
import type { Settlement } from "../../pool/settlement.ts";
import { settlementOf } from "../../pool/settlement.ts";
import type { StoredActual } from "../client/stored-reservation.ts";
import { readAbout, readUsed } from "./read-actual.ts";
import type { SliceEntry } from "../contract/command.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import type { SliceKeeper } from "./slice-keeper.ts";
import type { Slice } from "./slice.ts";

const DISPOSE = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for("Symbol.dispose");
const WITHIN_HOLD: Settled = {
  booked: true,
  overage: undefined,
  exceeded: undefined,
  throws: false,
};

/** A hold as `reserveUpTo` of a sliced pool returns it. */
export type SlicedGrant = SlicedReservation & { readonly units: number };

/**
 * An amount reserved in this process's slice until it is settled.
 *
 * Settle it once: `commit` books what was really used, `release` returns everything. Neither waits
 * for the store. In a `using` declaration, or through `[Symbol.dispose]()`, it is released at the
 * end of the block unless it was settled before.
 */
export class SlicedReservation {
  readonly #keeper: SliceKeeper;
  readonly #held: Quantities;
  #outcome: SettledOutcome | undefined;
  /** The slice that it is held in, and once it is settled, where its entry is. */
  #slice: Slice;
  #seq = 0;
  #place = 0;

  /** Releases the reservation unless it is settled. */
  declare readonly [Symbol.dispose]: () => void;

  static {
    Object.defineProperty(this.prototype, DISPOSE, {
      value(this: SlicedReservation): void {
        this.release();
      },
    });
  }

  /** @internal Reservations come from a pool, which holds the amount already. */
  constructor(keeper: SliceKeeper, held: Quantities) {
    this.#keeper = keeper;
    this.#slice = keeper.slice;
    this.#held = held;
  }

  /**
   * The id of its entry in the ledger, for `pool.amend`; undefined before it is settled, and with
   * `ledger: "sums"` that of no entry.
   */
  get id(): string | undefined {
    return this.#seq === 0 ? undefined : this.#slice.lineId(this.#seq, this.#place);
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
   * Books what was really used in the slice, at once; the store gets it with the next report.
   * Overage is booked whatever the caps say: it uses the room of the slice first, and the
   * settlement reports it. Thresholds and caps are checked with the report.
   *
   * @throws {ReservationSettled} `RESERVATION_SETTLED` if it is already committed or released.
   * @throws {RangeError | TypeError} if the amount is invalid; the reservation stays open.
   */
  commit(actual: StoredActual = {}): Settlement {
    const { outcome } = actual;
    if (outcome !== undefined && outcome !== "unknown") {
      throw new RangeError(`Expected \`outcome\` to be "unknown" or left out`);
    }
    const held = this.#held;
    // Read first: it may run code of the caller, and `used` is that of the last commit read.
    const about = readAbout(actual);
    const used = readUsed(actual, held);
    if (this.#outcome !== undefined)
      throw new ReservationSettled(this.#slice.path, this.#outcome, held);
    this.#outcome = "committed";
    this.#settle(used, "commit", outcome === "unknown", about);
    return settlementOf(settledAs(held, used), used);
  }

  /** Returns what is held. Does nothing if the reservation is settled. */
  release(): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = "released";
    this.#settle(NOTHING, "release", false, undefined);
  }

  #settle(
    used: Quantities,
    kind: SliceEntry["kind"],
    unknown: boolean,
    about: EntryMetadata | undefined,
  ): void {
    const keeper = this.#keeper;
    const heldIn = this.#slice;
    const { slice } = keeper;
    this.#slice = slice;
    this.#seq = slice.nextSeq;
    this.#place = slice.unreported + 1;
    keeper.settle(heldIn, this.#held, used, kind, unknown, about);
  }
}

function settledAs(held: Quantities, used: Quantities): Settled {
  if (fitsWithin(NOTHING, used, held)) return WITHIN_HOLD;
  const overage = quantitiesOf((field) => Math.max(0, used[field] - held[field]));
  return { ...WITHIN_HOLD, overage };
}
