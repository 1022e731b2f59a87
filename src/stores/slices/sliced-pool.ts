// R15. A stored pool seen from a process that has a slice of it.

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
import { askOf } from "./ask.ts";
import { readAsk } from "./read-actual.ts";
import type { SliceKeeper } from "./slice-keeper.ts";
import { keeperOf } from "./slice-keepers.ts";
import type { ReadSliceOptions } from "./slice-options.ts";
import type { SlicedGrant } from "./sliced-reservation.ts";
import { SlicedReservation } from "./sliced-reservation.ts";

const NO_OPTIONS = {};

/**
 * A stored pool with a slice for this process: a part of its room, in which the process decides
 * locally. `store.pool(path, { slices: true })` opens one.
 *
 * `tryReserve`, `tryRecord` and `commit` answer at once; `reserve` and `record` ask the store if
 * the slice has no room. The caps apply to all processes together, and no request is finally
 * refused while another process has unused room.
 */
export class SlicedBudgetPool extends PoolLedger {
  readonly #keeper: SliceKeeper;
  readonly #tree: StoredTree;
  readonly #pool: StoredBudgetPool;
  readonly #options: ReadSliceOptions;

  /** @internal Pools come from a store, where this one exists already. */
  constructor(tree: StoredTree, pool: StoredBudgetPool, options: ReadSliceOptions) {
    super(tree, pool.path);
    this.#tree = tree;
    this.#pool = pool;
    this.#options = options;
    this.#keeper = keeperOf(tree, pool.path, options);
  }

  /**
   * Reserves an amount in the slice at once, or returns undefined if the slice has no room for it;
   * `reserve` asks the store.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  tryReserve(amount: Amount): SlicedReservation | undefined {
    const keeper = this.#keeper;
    const ask = readAsk(amount);
    return keeper.tryHold(ask) ? new SlicedReservation(keeper, ask) : undefined;
  }

  /**
   * Reserves an amount before a call, to be settled with `commit` or `release`: at once if the
   * slice has room, otherwise after the store's answer. With an `options.id`, the reservation is
   * made in the store. `sent` is not needed: the whole slice is booked if its process goes silent.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if it does not fit under a cap, here or above.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async reserve(amount: Amount): Promise<SlicedReservation>;
  async reserve(
    amount: Amount,
    options: Identity & Sending,
  ): Promise<SlicedReservation | StoredReservation>;
  async reserve(
    amount: Amount,
    options: Identity & Sending = NO_OPTIONS,
  ): Promise<SlicedReservation | StoredReservation> {
    const ask = askOf(readAsk(amount));
    if (options !== NO_OPTIONS && readHoldOptions(options).named)
      return await this.#pool.reserve(amount, options);
    await this.#keeper.hold(ask);
    return new SlicedReservation(this.#keeper, ask);
  }

  /**
   * Adds to used in the slice at once, or returns `false` if the slice has no room for it.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  tryRecord(amount: Amount, attribution: Attribution = {}): boolean {
    const ask = askOf(readAsk(amount));
    const about = readAttribution(attribution);
    if (!this.#keeper.tryHold(ask)) return false;
    this.#keeper.settle(this.#keeper.slice, ask, ask, "record", false, about);
    return true;
  }

  /**
   * Adds to used: at once if the slice has room, otherwise after the store's answer. With an
   * `options.id`, it always asks the store.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if it does not fit under a cap. Nothing is booked
   * then, unless `overage` is `"throw"` (`booked: true`).
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async record(amount: Amount, options: StoredRecordOptions = {}): Promise<void> {
    const ask = askOf(readAsk(amount));
    const { policy, named, about } = readStoredRecordOptions(options);
    if (named) return await this.#pool.record(amount, options);
    try {
      await this.#keeper.hold(ask);
    } catch (error) {
      if (!BudgetExceeded.is(error) || policy === "reject") throw error;
      // The amount was spent all the same.
      this.#keeper.book(ask, "record", about);
      if (policy === "throw") throw new BudgetExceeded(error, { booked: true });
      return;
    }
    this.#keeper.settle(this.#keeper.slice, ask, ask, "record", false, about);
  }

  /**
   * Reserves an amount as soon as it fits: at once if the slice or the store has room. Otherwise
   * the request waits in the store's queue, as with `StoredBudgetPool.reserveWhenFree`, and spare
   * room of slices is recalled for it.
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
   * Reserves `fixed + n · unit` with the largest `n` from `min` to `max` that fits: `max` at once
   * if the slice has room for it, otherwise after asking the store.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if not even `fixed + min · unit` fits; nothing is
   * reserved then.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   * @throws {RangeError | TypeError} if the request is invalid.
   */
  async reserveUpTo(
    request: GrantRequest,
    sending: Sending = {},
  ): Promise<SlicedGrant | StoredGrant> {
    const { fixed, unit, min, max } = readGrantRequest(request);
    const most = askOf(plus(fixed, unit, max));
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
   * A hold that the task did not settle is committed as reserved if the task succeeds, and released
   * if it throws. With slices, no commit throws for a cap, and `onOverage` is called only for a
   * call that waited in the store's queue.
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
   * @throws {ConfigInvalid} `CONFIG_INVALID` if the child exists with other options.
   * @throws {TypeError | RangeError} if the name or an option is invalid.
   */
  async child(name: string, options?: StoredPoolOptions): Promise<SlicedBudgetPool> {
    const child = await this.#pool.child(name, options);
    return new SlicedBudgetPool(this.#tree, child, this.#options);
  }

  /**
   * Returns why the store would refuse an amount now, or undefined. Room in slices counts as
   * reserved.
   */
  check(amount: Amount): Promise<Refusal | undefined> {
    return this.#pool.check(amount);
  }

  /**
   * Returns all figures as the store has them. `used` lags by up to `reportMs`; `reserved` includes
   * the room of slices, which `inSlices` shows separately.
   */
  snapshot(): Promise<StoredSnapshot> {
    return this.#pool.snapshot();
  }

  /** Changes settings, as `StoredBudgetPool.configure` does, and recalls the room of slices. */
  configure(change: StoredPoolChange): Promise<void> {
    return this.#pool.configure(change);
  }

  /** Zeroes used. Holds in slices are dropped, and booked once they are spent. */
  reset(options: Accountable = {}): Promise<void> {
    return this.#pool.reset(options);
  }

  /** Corrects a booking, by the id of a settled reservation; first reports what was settled. */
  async amend(id: string, actual: Amount, options: Accountable = {}): Promise<Settlement> {
    await this.#keeper.flush();
    return await this.#pool.amend(id, actual, options);
  }

  /** Makes the pool refuse every new request, and returns the room of slices. */
  freeze(options: Accountable = {}): Promise<void> {
    return this.#pool.freeze(options);
  }

  /** Ends a freeze. */
  thaw(options: Accountable = {}): Promise<void> {
    return this.#pool.thaw(options);
  }

  /** Reports what was settled, and resolves once the store has it. */
  async flush(): Promise<void> {
    await this.#keeper.flush();
  }
}

function isBusy(error: unknown): boolean {
  return BudgetExceeded.is(error) && error.reason === "busy";
}
