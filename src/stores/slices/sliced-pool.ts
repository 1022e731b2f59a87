// R15. A stored pool as a process with a slice sees it.

import { readAmount } from "../../core/amount.ts";
import type { Amount } from "../../core/amount.ts";
import { BudgetExceeded } from "../../core/errors.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { GrantRequest } from "../../pool/requests.ts";
import type { Settlement } from "../../pool/settlement.ts";
import type { WaitOptions } from "../../pool/wait.ts";
import type { Accountable } from "../contract/attribution.ts";
import type { Attribution } from "../../core/attribution.ts";
import { readAttribution } from "../contract/attribution.ts";
import { PoolLedger } from "../client/pool-ledger.ts";
import type { StoredSnapshot } from "../contract/pool-figures.ts";
import type { StoredBudgetPool } from "../client/stored-budget-pool.ts";
import type { StoredPoolChange } from "../contract/stored-change.ts";
import type { StoredGrant, StoredReservation } from "../client/stored-reservation.ts";
import type { StoredTree } from "../client/stored-tree.ts";
import { SliceKeeper } from "./slice-keeper.ts";
import type { ReadSliceOptions } from "./slice-options.ts";
import { SlicedReservation } from "./sliced-reservation.ts";

/**
 * A stored pool of which this process has a slice: a part of its room, in which it decides by
 * itself. `store.pool(path, { slices: true })` opens one.
 *
 * `tryReserve`, `tryRecord` and `commit` answer at once; `reserve` and `record` wait for the store
 * when the slice has no room. The caps hold for everyone together, and no amount is refused for
 * good while another process has room that it does not use.
 */
export class SlicedBudgetPool extends PoolLedger {
  readonly #keeper: SliceKeeper;
  readonly #pool: StoredBudgetPool;

  /** @internal Pools come from a store: the pool is there already. */
  constructor(tree: StoredTree, pool: StoredBudgetPool, options: ReadSliceOptions) {
    super(tree, pool.path);
    this.#pool = pool;
    this.#keeper = new SliceKeeper(tree, pool.path, options);
    tree.closeFirst(() => this.#keeper.close());
  }

  /**
   * Holds an amount in the slice at once, or answers undefined when the slice has no room for it
   * now: `reserve` asks the store.
   *
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  tryReserve(amount: Amount): SlicedReservation | undefined {
    const ask = readAmount(amount);
    return this.#keeper.tryHold(ask) ? new SlicedReservation(this.#keeper, ask) : undefined;
  }

  /**
   * Holds an amount before a call is made, for `commit` or `release`: at once when the slice has
   * room, or else when the store has answered.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when it does not fit under a cap, here or above.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` when the store does not answer in time.
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  async reserve(amount: Amount): Promise<SlicedReservation> {
    const ask = readAmount(amount);
    await this.#keeper.hold(ask);
    return new SlicedReservation(this.#keeper, ask);
  }

  /**
   * Adds to used in the slice at once, or answers `false` when the slice has no room for it now.
   *
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  tryRecord(amount: Amount, attribution: Attribution = {}): boolean {
    const ask = readAmount(amount);
    const about = readAttribution(attribution);
    if (!this.#keeper.tryHold(ask)) return false;
    const line = { kind: "record", amount: ask, unknown: false, about } as const;
    this.#keeper.settle(this.#keeper.slice, ask, line);
    return true;
  }

  /**
   * Adds to used: at once when the slice has room, or else when the store has answered.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when it does not fit under a cap; nothing is booked.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` when the store does not answer in time.
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  async record(amount: Amount, attribution: Attribution = {}): Promise<void> {
    const ask = readAmount(amount);
    const about = readAttribution(attribution);
    await this.#keeper.hold(ask);
    const line = { kind: "record", amount: ask, unknown: false, about } as const;
    this.#keeper.settle(this.#keeper.slice, ask, line);
  }

  /**
   * Holds an amount as soon as it fits. What the slice or the store has room for is held at once;
   * otherwise it waits in the queue of the store, as `StoredBudgetPool.reserveWhenFree` does.
   */
  async reserveWhenFree(
    amount: Amount,
    options: WaitOptions = {},
  ): Promise<SlicedReservation | StoredReservation> {
    try {
      return await this.reserve(amount);
    } catch (error) {
      if (!BudgetExceeded.is(error) || error.reason !== "busy") throw error;
      return await this.#pool.reserveWhenFree(amount, options);
    }
  }

  /** Asks the store, as `StoredBudgetPool.reserveUpTo` does. */
  reserveUpTo(request: GrantRequest): Promise<StoredGrant> {
    return this.#pool.reserveUpTo(request);
  }

  /** Why the store would refuse an amount now; room in slices counts as reserved. */
  check(amount: Amount): Promise<Refusal | undefined> {
    return this.#pool.check(amount);
  }

  /**
   * All figures as the store has them: `used` lags by up to `reportMs`, and `reserved` has what
   * lies in slices, which `inSlices` tells apart.
   */
  snapshot(): Promise<StoredSnapshot> {
    return this.#pool.snapshot();
  }

  /** Changes settings, as `StoredBudgetPool.configure` does; room in slices is called back. */
  configure(change: StoredPoolChange): Promise<void> {
    return this.#pool.configure(change);
  }

  /** Zeroes used; what is held in slices is dropped, and booked when it is spent. */
  reset(options: Accountable = {}): Promise<void> {
    return this.#pool.reset(options);
  }

  /** Corrects what was booked, by the id of a settled reservation that has been reported. */
  amend(id: string, actual: Amount, options: Accountable = {}): Promise<Settlement> {
    return this.#pool.amend(id, actual, options);
  }

  /** Has the pool refuse everything new; room in slices is given back. */
  freeze(options: Accountable = {}): Promise<void> {
    return this.#pool.freeze(options);
  }

  /** Ends what `freeze` began. */
  thaw(options: Accountable = {}): Promise<void> {
    return this.#pool.thaw(options);
  }

  /** Reports what was settled, and resolves when the store has it. */
  async flush(): Promise<void> {
    await this.#keeper.flush();
  }
}
