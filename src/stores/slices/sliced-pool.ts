// R15. A stored pool as a process with a slice sees it.

import { readAmount } from "../../core/amount.ts";
import type { Amount } from "../../core/amount.ts";
import { BudgetExceeded } from "../../core/errors.ts";
import type { Refusal } from "../../core/refusal.ts";
import { plus } from "../../core/quantities.ts";
import { readGrantRequest, readRunOptions } from "../../pool/requests.ts";
import type { GrantRequest, RunOptions } from "../../pool/requests.ts";
import type { Settlement } from "../../pool/settlement.ts";
import { readWaitOptions } from "../../pool/wait.ts";
import type { WaitOptions } from "../../pool/wait.ts";
import type { Accountable } from "../contract/attribution.ts";
import type { Attribution } from "../../core/attribution.ts";
import { readAttribution } from "../contract/attribution.ts";
import { PoolLedger } from "../client/pool-ledger.ts";
import type { StoredSnapshot } from "../contract/pool-figures.ts";
import type { StoredBudgetPool } from "../client/stored-budget-pool.ts";
import type { StoredPoolChange } from "../contract/stored-change.ts";
import type { StoredGrant, StoredReservation } from "../client/stored-reservation.ts";
import {
  readHoldOptions,
  readPurpose,
  readStoredRecordOptions,
} from "../client/stored-requests.ts";
import type {
  Identity,
  HoldPurpose,
  Sending,
  StoredPoolOptions,
  StoredRecordOptions,
} from "../client/stored-requests.ts";
import type { StoredTree } from "../client/stored-tree.ts";
import type { SliceEntry } from "../contract/command.ts";
import type { SliceKeeper } from "./slice-keeper.ts";
import { keeperOf } from "./slice-keepers.ts";
import type { ReadSliceOptions } from "./slice-options.ts";
import type { SlicedGrant } from "./sliced-reservation.ts";
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
  readonly #tree: StoredTree;
  readonly #pool: StoredBudgetPool;
  readonly #options: ReadSliceOptions;

  /** @internal Pools come from a store: the pool is there already. */
  constructor(tree: StoredTree, pool: StoredBudgetPool, options: ReadSliceOptions) {
    super(tree, pool.path);
    this.#tree = tree;
    this.#pool = pool;
    this.#options = options;
    this.#keeper = keeperOf(tree, pool.path, options);
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
   * room, or else when the store has answered. With an `options.id`, it is a reservation of the
   * store. A slice needs no `sent`: all of it is booked when its process goes silent.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when it does not fit under a cap, here or above.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` when the store does not answer in time.
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  async reserve(amount: Amount): Promise<SlicedReservation>;
  async reserve(
    amount: Amount,
    options: Identity & Sending,
  ): Promise<SlicedReservation | StoredReservation>;
  async reserve(
    amount: Amount,
    options: Identity & Sending = {},
  ): Promise<SlicedReservation | StoredReservation> {
    const ask = readAmount(amount);
    if (readHoldOptions(options).named) return await this.#pool.reserve(amount, options);
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
    const entry: SliceEntry = { kind: "record", amount: ask, unknown: false, about };
    this.#keeper.settle(this.#keeper.slice, ask, entry);
    return true;
  }

  /**
   * Adds to used: at once when the slice has room, or else when the store has answered. With an
   * `options.id`, it is a trip to the store.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when it does not fit under a cap; nothing is booked
   * then, unless `overage` is `"throw"` (`booked: true`).
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` when the store does not answer in time.
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  async record(amount: Amount, options: StoredRecordOptions = {}): Promise<void> {
    const ask = readAmount(amount);
    const { policy, named, about } = readStoredRecordOptions(options);
    if (named) return await this.#pool.record(amount, options);
    const entry: SliceEntry = { kind: "record", amount: ask, unknown: false, about };
    try {
      await this.#keeper.hold(ask);
    } catch (error) {
      if (!BudgetExceeded.is(error) || policy === "reject") throw error;
      // It was spent all the same.
      this.#keeper.book(entry);
      if (policy === "throw") throw new BudgetExceeded(error, { booked: true });
      return;
    }
    this.#keeper.settle(this.#keeper.slice, ask, entry);
  }

  /**
   * Holds an amount as soon as it fits. What the slice or the store has room for is held at once;
   * otherwise it waits in the queue of the store, as `StoredBudgetPool.reserveWhenFree` does, and
   * room that slices do not use is called back for it.
   */
  async reserveWhenFree(
    amount: Amount,
    options: WaitOptions = {},
    purpose: HoldPurpose = {},
  ): Promise<SlicedReservation | StoredReservation> {
    readPurpose(purpose);
    readWaitOptions(options);
    if (options.signal?.aborted === true) throw options.signal.reason;
    try {
      return await this.reserve(amount);
    } catch (error) {
      if (!isBusy(error)) throw error;
      return await this.#pool.reserveWhenFree(amount, options, purpose);
    }
  }

  /**
   * Holds `fixed + n · unit` with the largest `n` from `min` to `max` that fits: `max` at once when
   * the slice has room for that; otherwise the store is asked.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when not even `fixed + min · unit` fits; nothing is
   * held then.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` when the store does not answer in time.
   * @throws {RangeError | TypeError} on a request that is not one.
   */
  async reserveUpTo(
    request: GrantRequest,
    sending: Sending = {},
  ): Promise<SlicedGrant | StoredGrant> {
    const { fixed, unit, min, max } = readGrantRequest(request);
    const most = plus(fixed, unit, max);
    try {
      await this.#keeper.hold(most);
    } catch (error) {
      if (!BudgetExceeded.is(error) || min === max) throw error;
      return await this.#pool.reserveUpTo(request, sending);
    }
    return Object.assign(new SlicedReservation(this.#keeper, most), { units: max });
  }

  /**
   * Holds `estimate`, calls `task` with the reservation, and returns the task's result, as `run` of
   * `StoredBudgetPool` does.
   *
   * What the task has not settled is committed as reserved when it succeeds, and released when it
   * throws. Under slices no commit throws for a cap, and `onOverage` is called only for a call that
   * had to wait in the queue of the store.
   */
  async run<T>(
    estimate: Amount,
    task: (hold: SlicedReservation | StoredReservation) => T | PromiseLike<T>,
    options: RunOptions = {},
  ): Promise<T> {
    const { wait } = readRunOptions(options);
    let hold: SlicedReservation;
    try {
      hold = await this.reserve(estimate);
    } catch (error) {
      if (wait === false || !isBusy(error)) throw error;
      return await this.#pool.run(estimate, task, options);
    }
    try {
      const answer = await task(hold);
      if (!hold.settled) hold.commit();
      return answer;
    } finally {
      hold.release();
    }
  }

  /**
   * Returns the child pool of that name, which the first call of any process creates, with slices
   * as this pool has them. A request on a child is a request on every pool above it too.
   *
   * @throws {ConfigInvalid} `CONFIG_INVALID` when the child exists and was made with other options.
   * @throws {TypeError | RangeError} on a bad name or option.
   */
  async child(name: string, options?: StoredPoolOptions): Promise<SlicedBudgetPool> {
    const child = await this.#pool.child(name, options);
    return new SlicedBudgetPool(this.#tree, child, this.#options);
  }

  /** Returns why the store would refuse an amount now; room in slices counts as reserved. */
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

  /** Corrects what was booked, by the id of a settled reservation; what was settled is reported. */
  async amend(id: string, actual: Amount, options: Accountable = {}): Promise<Settlement> {
    await this.#keeper.flush();
    return await this.#pool.amend(id, actual, options);
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

function isBusy(error: unknown): boolean {
  return BudgetExceeded.is(error) && error.reason === "busy";
}
