/// <reference lib="esnext.disposable" preserve="true" />

import { amountView, readAmount, readAmountWithDefaults } from "../../core/amount.ts";
import type { Amount, AmountView } from "../../core/amount.ts";
import { BudgetExceeded, ReservationSettled } from "../../core/errors.ts";
import type { SettledOutcome } from "../../core/errors.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Settled } from "../../core/rules.ts";
import { settlementOf } from "../../pool/settlement.ts";
import type { Settlement } from "../../pool/settlement.ts";
import { ASYNC_DISPOSE } from "./async-dispose.ts";
import { ATTRIBUTION_KEYS, readAttribution } from "../contract/attribution.ts";
import type { Accountable } from "../contract/attribution.ts";
import type { Attribution } from "../../core/attribution.ts";
import type { CommitCommand } from "../contract/command.ts";
import { StoreUnavailable } from "../contract/errors.ts";
import type { EntryDetails } from "../contract/entry-details.ts";
import { errorOf } from "./outcome-error.ts";
import { readAccount } from "./stored-requests.ts";
import type { StoredTree } from "./stored-tree.ts";

/**
 * The amount that was really used, and its purpose. With `outcome: "unknown"`, the amount is an
 * estimate of an unknown one.
 */
export interface StoredActual extends Amount, Attribution {
  /**
   * `"unknown"` books the given amount, or else the reserved one, and marks it as unknown: for
   * example after a timeout, when the provider may bill the call. `pool.amend` corrects it later,
   * and `snapshot().unknown` shows how much of used is unknown.
   */
  readonly outcome?: "unknown" | undefined;
}

/**
 * An amount reserved on a stored pool, and on every pool above it, until it is settled.
 *
 * Its lease is renewed in the background as long as this object is referenced and the process
 * lives. Settle it once: `commit` books what was really used, `release` returns everything. In an
 * `await using` declaration, or through `[Symbol.asyncDispose]()`, it is released at the end of the
 * block unless it was settled before.
 */
export class StoredReservation {
  /** Its id in the store, for `pool.amend` and in the ledger. */
  readonly id: string;
  readonly #tree: StoredTree;
  readonly #path: string;
  readonly #held: Quantities;
  readonly #leaseMs: number;
  /** When this handle was made, by the tree's clock. */
  readonly #heldAt: number;
  /** Called instead of throwing when a commit goes over a cap; set by `run`. */
  readonly #onExceeded: ((settlement: Settlement) => void) | undefined;
  #outcome: SettledOutcome | undefined;
  #isCommitting = false;
  /** A commit that the store has not answered: it may have been applied. */
  #unanswered: CommitCommand | undefined;

  /** Releases the reservation unless it is settled. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    Object.defineProperty(this.prototype, ASYNC_DISPOSE, {
      value(this: StoredReservation): Promise<void> {
        return this.#dispose();
      },
    });
  }

  /** @internal Reservations come from a pool, which holds the amount already. */
  constructor(
    tree: StoredTree,
    path: string,
    hold: { id: string; quantities: Quantities; leaseMs: number },
    onExceeded?: (settlement: Settlement) => void,
  ) {
    this.id = hold.id;
    this.#tree = tree;
    this.#path = path;
    this.#held = hold.quantities;
    this.#leaseMs = hold.leaseMs;
    this.#heldAt = tree.clock.now();
    this.#onExceeded = onExceeded;
    tree.keeper.keep(this, hold.leaseMs);
  }

  /** The reserved amount. */
  get amount(): AmountView {
    return amountView(this.#held);
  }

  /** Whether the reservation has been committed or released, as far as this process knows. */
  get settled(): boolean {
    return this.#outcome !== undefined;
  }

  /**
   * Marks the call as sent: if this process is silent until the lease expires, the held amount is
   * booked as unknown instead of being freed. `reserve(amount, { sent: true })` does the same
   * without another round trip.
   *
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   *
   * @example
   * const pool = await new BudgetStore(new MemoryStore()).pool("acme", { caps: { usd: 1 } });
   * const hold = await pool.reserve({ usd: 0.25 });
   * await hold.markSent();
   * await hold.commit({ usd: 0.125 });
   */
  async markSent(): Promise<void> {
    if (this.#outcome !== undefined) return;
    const renewal = { ids: [this.id], leaseMs: this.#leaseMs, sent: true };
    await this.#tree.ask({ kind: "renew", path: this.#path, ...renewal });
  }

  /**
   * Books what was really used and frees the rest, in one step on the pool and every pool above it.
   *
   * An omitted axis counts as reserved; if `inputTokens` or `outputTokens` is given and `tokens` is
   * not, `tokens` is their sum. Usage beyond the reservation is overage, as in a pool in memory;
   * after the lease has expired, or after a `reset`, all of it is. The commit is booked exactly
   * once, however often it is retried.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if overage takes a pool over a cap, under `"throw"`
   * (booked) and `"reject"` (not booked). The reservation is settled either way.
   * @throws {ReservationSettled} `RESERVATION_SETTLED` if it is already committed or released.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time. The
   * commit is retried in the background as long as the process lives; to wait for it, call `commit`
   * again with the same amount.
   * @throws {RangeError | TypeError} if the amount is invalid; the reservation stays open.
   */
  async commit(actual?: StoredActual): Promise<Settlement> {
    if (this.#outcome !== undefined) throw this.#settledBefore(this.#outcome);
    if (this.#isCommitting) throw this.#settledBefore("committed");
    const command = this.#commitCommand(actual);
    this.#isCommitting = true;
    try {
      const settled = await this.#deliver(command);
      return this.#tell(settled, command.actual);
    } catch (error) {
      if (StoreUnavailable.is(error) && this.#unanswered === undefined) {
        this.#unanswered = command;
        this.#tree.keeper.redeliver(() => this.#redeliver(command));
      }
      throw error;
    } finally {
      this.#isCommitting = false;
    }
  }

  /**
   * Releases the hold, on the pool and every pool above it. Does nothing if it is already settled.
   * With `actor` and `reason`, the ledger says who released it and why.
   *
   * @throws {TypeError | RangeError} if an option is unknown or invalid.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time; the hold
   * is no longer renewed then, and expires with its lease.
   */
  async release(options: Accountable = {}): Promise<void> {
    const { about } = readAccount(options);
    if (this.#outcome !== undefined || this.#isCommitting || this.#unanswered !== undefined) return;
    this.#settle("released");
    await this.#tree.ask({ kind: "release", id: this.id, path: this.#path, about });
  }

  #commitCommand(actual: StoredActual = {}): CommitCommand {
    if (typeof actual !== "object" || actual === null) readAmount(actual);
    const { outcome, model, label, provider, usage, ...amount } = actual;
    const about = readAttribution({ model, label, provider, usage });
    // An amount may be an instance of a class with getters, so it is read directly.
    const isAmount = !["outcome", ...ATTRIBUTION_KEYS].some((name) => Object.hasOwn(actual, name));
    if (outcome !== undefined && outcome !== "unknown") {
      throw new RangeError(`Expected \`outcome\` to be "unknown", or left out`);
    }
    return {
      kind: "commit",
      id: this.id,
      path: this.#path,
      actual: readAmountWithDefaults(isAmount ? actual : amount, this.#held),
      unknown: outcome === "unknown",
      about: { ...about, details: { ...about?.details, ...this.#history() } },
      policy: this.#onExceeded && "allow",
      watched: this.#tree.watchedOn(this.#path),
    };
  }

  /** The state of the hold until now. */
  #history(): EntryDetails {
    const durationMs = Math.max(0, Math.round(this.#tree.clock.now() - this.#heldAt));
    return { held: this.#held, durationMs };
  }

  async #deliver(command: CommitCommand): Promise<Settled> {
    const outcome = await this.#tree.ask(command);
    if (outcome.kind === "settled") {
      this.#settle("committed");
      return outcome.settled;
    }
    if (outcome.kind === "settled before") {
      this.#settle(outcome.outcome);
      throw this.#settledBefore(outcome.outcome);
    }
    throw errorOf(outcome, command);
  }

  /** Resolves once the store has answered, whatever the answer. */
  async #redeliver(command: CommitCommand): Promise<void> {
    if (this.#outcome !== undefined) return;
    try {
      await this.#deliver(command);
    } catch (error) {
      if (StoreUnavailable.is(error)) throw error;
    }
  }

  #tell(settled: Settled, actual: Quantities): Settlement {
    const settlement = settlementOf(settled, actual);
    if (settled.exceeded === undefined) return settlement;
    if (this.#onExceeded !== undefined) this.#onExceeded(settlement);
    else if (settled.throws) throw new BudgetExceeded(settled.exceeded, { booked: settled.booked });
    return settlement;
  }

  #settle(outcome: SettledOutcome): void {
    this.#outcome = outcome;
    this.#tree.keeper.forget(this.id);
  }

  /**
   * Without an answer, a release ends with the lease, and a commit is delivered in the background.
   */
  async #dispose(): Promise<void> {
    try {
      await this.release();
    } catch (error) {
      if (!StoreUnavailable.is(error)) throw error;
    }
  }

  #settledBefore(outcome: SettledOutcome): ReservationSettled {
    return new ReservationSettled(this.#path, outcome, this.#held);
  }
}

/** The result of `reserveUpTo`: a reservation with the number of granted units. */
export class StoredGrant extends StoredReservation {
  /** The `n` of `fixed + n · unit`. */
  readonly units: number;

  /** @internal Grants come from a pool, which holds the amount already. */
  constructor(
    tree: StoredTree,
    path: string,
    hold: { id: string; quantities: Quantities; leaseMs: number },
    units: number,
  ) {
    super(tree, path, hold);
    this.units = units;
  }
}
