/// <reference lib="esnext.disposable" preserve="true" />

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { ReservationSettled } from "../../core/errors.ts";
import type { SettledOutcome } from "../../core/errors.ts";
import { beyond, fitsWithin, NOTHING } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import { NO_AMOUNT } from "../../pool/settlement.ts";
import type { Settlement } from "../../pool/settlement.ts";
import type { StoredActual } from "../client/stored-reservation.ts";
import { AskQuantities, NO_ASK } from "./ask.ts";
import { readCommit } from "./read-actual.ts";
import type { SliceEntry } from "../contract/command.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import type { SliceKeeper } from "./slice-keeper.ts";
import type { Slice } from "./slice.ts";

const DISPOSE = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for("Symbol.dispose");

/** What the last settled reservation held: one object for all, filled once all else is read. */
const HELD: Quantities = new AskQuantities(0, 0, 0, 0, 0);
/** What the last commit used beyond its hold. */
let overage: Quantities | undefined;

const AS_HELD: StoredActual = {};

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
  /** The slice that it is held in, and once it is settled, where its entry is. */
  #slice: Slice;
  #seq = 0;
  #place = 0;
  #outcome: SettledOutcome | undefined;
  // What was reserved, in place of an object of its own: half of what a pair costs is memory.
  readonly #tokens: number;
  readonly #inputTokens: number;
  readonly #outputTokens: number;
  readonly #nanoUsd: number;
  readonly #calls: number;

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
    this.#tokens = held.tokens;
    this.#inputTokens = held.inputTokens;
    this.#outputTokens = held.outputTokens;
    this.#nanoUsd = held.nanoUsd;
    this.#calls = held.calls;
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
    return amountView(this.#held());
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
  commit(actual: StoredActual = AS_HELD): Settlement {
    const used = this.#commit(actual);
    // Apart, so that a caller that does not look at the settlement does not pay for it.
    return {
      booked: amountView(used),
      overage: overage === undefined ? NO_AMOUNT : amountView(overage),
      exceeded: undefined,
    };
  }

  /** Settles, and returns what was used; it is valid until the next commit, as is `overage`. */
  #commit(actual: StoredActual): Quantities {
    // First: it may run code of the caller, and `used` is that of the last commit read.
    const { used, about, unknown } = readCommit(
      actual,
      this.#tokens,
      this.#inputTokens,
      this.#outputTokens,
      this.#nanoUsd,
      this.#calls,
    );
    if (this.#outcome !== undefined)
      throw new ReservationSettled(this.#slice.path, this.#outcome, this.#held());
    this.#outcome = "committed";
    this.#settle(used, "commit", unknown, about);
    overage = fitsWithin(NOTHING, used, HELD) ? undefined : beyond(used, HELD);
    return used;
  }

  /** Returns what is held. Does nothing if the reservation is settled. */
  release(): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = "released";
    this.#settle(NO_ASK, "release", false, undefined);
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
    const held = this.#held();
    if (slice === heldIn) slice.settle(held, used, kind, unknown, about);
    // A lost slice holds nothing.
    else slice.book(used, kind, unknown, about);
    if (slice.unreported >= slice.quietUntil) keeper.look();
  }

  /** What was reserved, valid until the next reservation is settled. */
  #held(): Quantities {
    HELD.tokens = this.#tokens;
    HELD.inputTokens = this.#inputTokens;
    HELD.outputTokens = this.#outputTokens;
    HELD.nanoUsd = this.#nanoUsd;
    HELD.calls = this.#calls;
    return HELD;
  }
}
