import { readAmount } from "../core/amount.ts";
import type { Amount } from "../core/amount.ts";
import { readClock } from "../core/clock.ts";
import { BudgetExceeded, ConfigInvalid } from "../core/errors.ts";
import { childPath, readName } from "../core/name.ts";
import type { OveragePolicy } from "../core/pool-state.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import {
  book,
  fits,
  grantOf,
  hold,
  isCountable,
  largestGrant,
  NO_HOLD,
  refusalOf,
  reset,
  setCaps,
  setWindow,
  settle,
} from "../core/rules.ts";
import { snapshotOf } from "../core/snapshot.ts";
import type { BudgetSnapshot } from "../core/snapshot.ts";
import { readChange, readChildSettings, readRootSettings, settingsText } from "./options.ts";
import type { BudgetPoolOptions, ChildPoolOptions, PoolChange } from "./options.ts";
import { PoolNode } from "./pool-node.ts";
import { readGrantRequest, readRecordOptions, readRunOptions } from "./requests.ts";
import type { GrantRequest, RecordOptions, RunOptions } from "./requests.ts";
import { Grant, Reservation } from "./reservation.ts";
import type { Settlement } from "./settlement.ts";
import { systemClock } from "./system-clock.ts";
import { checkWaitOptions, holdWhenFree } from "./wait.ts";
import type { WaitOptions } from "./wait.ts";

/**
 * A shared budget of tokens, dollars and calls for the tasks of one process.
 *
 * Every method but `reserveWhenFree` and `run` is synchronous and atomic: it applies to the pool
 * and to every pool above it in one step, or changes nothing.
 *
 * @example
 * const pool = new BudgetPool({ caps: { tokens: 1_000_000, usd: 10 } });
 * const hold = pool.reserve({ tokens: 2000, usd: 0.012 });
 * hold.commit({ tokens: 1480, usd: 0.0089 });
 * pool.snapshot().remaining; // => { tokens: 998520, usd: 9.9911 }
 */
export class BudgetPool {
  readonly #node: PoolNode;

  /**
   * Makes a root pool with nothing used.
   *
   * @throws {TypeError | RangeError} when an option does not exist or its value is not allowed.
   */
  constructor(options?: BudgetPoolOptions);
  /** @internal A handle of a pool that exists. */
  constructor(node: PoolNode);
  constructor(from: BudgetPoolOptions | PoolNode = {}) {
    if (from instanceof PoolNode) {
      this.#node = from;
      return;
    }
    const settings = readRootSettings(from);
    const path = readName(from.name === undefined ? "budget" : from.name);
    this.#node = new PoolNode(path, settings, from.clock ?? systemClock);
    this.#node.onThreshold = from.onThreshold;
  }

  /**
   * Where the pool stands in its tree, such as `"acme/search/run-42"`; a root's path is its name.
   */
  get path(): string {
    return this.#node.state.path;
  }

  /**
   * Adds to used in one step; refused past a cap, unless `options.overage` says otherwise.
   *
   * What has been spent already should be in the books whatever the cap says:
   * `record(amount, { overage: "allow" })` books it, and the pool refuses every ask until there is
   * room.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when it does not fit under a cap, here or above.
   * Nothing is booked then, unless `overage` is `"throw"` (`booked: true`).
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  record(amount: Amount, options?: RecordOptions): void {
    const ask = readAmount(amount);
    const policy = options === undefined ? "reject" : readRecordOptions(options);
    if (this.#book(ask)) return;
    if (policy === "reject") throw this.#node.refuse(ask);
    this.#bookOverage(ask, policy);
  }

  /**
   * Adds to used in one step, or answers `false` when it does not fit. Never builds an error for a
   * refusal.
   *
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  tryRecord(amount: Amount): boolean {
    const ask = readAmount(amount);
    return this.#book(ask) || this.#isRefused(ask);
  }

  /**
   * Why an amount would be refused now, or undefined when it fits. Changes nothing; the answer may
   * be outdated by the time of the next call, so use `reserve` to be sure of the room.
   *
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  check(amount: Amount): Refusal | undefined {
    const ask = readAmount(amount);
    this.#node.touch();
    return refusalOf(this.#node.state, ask);
  }

  /**
   * Holds an amount before a call is made, for `commit` or `release`.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when it does not fit under a cap, here or above;
   * nothing is held then.
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  reserve(amount: Amount): Reservation {
    const ask = readAmount(amount);
    if (!this.#hold(ask)) throw this.#node.refuse(ask);
    return new Reservation(this.#node, ask);
  }

  /**
   * Holds an amount, or answers undefined when it does not fit. Never builds an error for a
   * refusal.
   *
   * @throws {RangeError | TypeError} on an amount that is not one.
   */
  tryReserve(amount: Amount): Reservation | undefined {
    const ask = readAmount(amount);
    if (this.#hold(ask)) return new Reservation(this.#node, ask);
    this.#isRefused(ask);
    return undefined;
  }

  /**
   * Holds `fixed + n · unit` with the largest `n` from `min` to `max` that fits; the reservation
   * tells it as `units`. It is how a call gets a `max_tokens` that cannot take the pool over its
   * cap. Prices that are not whole nano-dollars are rounded per unit: choose a larger unit for
   * those.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when not even `fixed + min · unit` fits; nothing is
   * held then.
   * @throws {RangeError | TypeError} on a request that is not one.
   */
  reserveUpTo(request: GrantRequest): Grant {
    const { fixed, unit, min, max } = readGrantRequest(request);
    const node = this.#node;
    node.touch();
    const units = largestGrant(node.state, fixed, unit, max);
    if (units < min) throw node.refuse(grantOf(fixed, unit, min));
    const ask = grantOf(fixed, unit, units);
    hold(node.state, ask);
    return new Grant(node, ask, units);
  }

  /**
   * Holds an amount as soon as it fits, first come, first served: nobody who waits is overtaken by
   * a smaller ask that waits for the same room. Asks that do not wait are judged on their own.
   *
   * Rejects with `BudgetExceeded` at once when waiting does not help (`"never"`, `"spent"`), later
   * when it has ceased to help, and with reason `"busy"` and `waitedMs` after `timeoutMs`; with the
   * signal's reason when the signal aborts. Nothing is held then.
   */
  async reserveWhenFree(amount: Amount, options: WaitOptions = {}): Promise<Reservation> {
    const ask = readAmount(amount);
    return this.#reserveWhenFree(ask, options);
  }

  /**
   * Holds `estimate`, calls `task` with the reservation, and answers what the task answers.
   *
   * What the task has not settled is committed as reserved when it succeeds (the call was made),
   * and released when it throws. Inside `run` a commit never throws for budget reasons, because the
   * answer has been paid for: the overage is booked, under every policy, and told to `onOverage`,
   * and the next ask is refused.
   *
   * Rejects with `BudgetExceeded` when the estimate is refused (the task is not called then), and
   * with what the task throws.
   */
  async run<T>(
    estimate: Amount,
    task: (hold: Reservation) => T | PromiseLike<T>,
    options: RunOptions = {},
  ): Promise<T> {
    const reserved = this.#reserveForRun(estimate, options);
    // Awaiting what is here already would only put the task off.
    const reservation = reserved instanceof Reservation ? reserved : await reserved;
    try {
      const answer = await task(reservation);
      if (!reservation.settled) reservation.commit();
      return answer;
    } finally {
      reservation.release();
    }
  }

  /**
   * The child pool of that name, made on the first call. An ask on a child is an ask on every pool
   * above it too.
   *
   * @throws {ConfigInvalid} `CONFIG_INVALID` when the child exists and was made with other options.
   * @throws {TypeError | RangeError} on a bad name or option.
   */
  child(name: string, options?: ChildPoolOptions): BudgetPool {
    const path = childPath(this.path, readName(name));
    const settings = readChildSettings(options === undefined ? {} : options);
    const { children } = this.#node;
    let node = children.get(name);
    if (node === undefined) {
      node = new PoolNode(path, settings, this.#node);
      children.set(name, node);
    } else if (options !== undefined && !node.hasSettings(settings)) {
      throw new ConfigInvalid(
        path,
        `Pool "${path}" was made with ${settingsText(node.settings)}, now asked for with ${settingsText(settings)}; use configure() to change it`,
      );
    }
    if (options?.onThreshold !== undefined) node.onThreshold = options.onThreshold;
    return new BudgetPool(node);
  }

  /**
   * Lets go of a child: `child(name)` makes a new one with nothing used. Handles and reservations
   * of the old one go on as before, and what it used stays in the books of this pool. Answers
   * whether there was one.
   */
  forgetChild(name: string): boolean {
    return this.#node.children.delete(name);
  }

  /**
   * Changes caps, overage policy or window, live. Nothing is evicted: what is held or used above a
   * lowered cap stays, and asks are refused until there is room.
   *
   * @throws {TypeError | RangeError} when a setting does not exist or its value is not allowed;
   * nothing changes then.
   */
  configure(change: PoolChange): void {
    const node = this.#node;
    const { caps, overage, window } = readChange(change, node.state.caps);
    node.touch();
    if (window !== undefined) {
      setWindow(node.state, window ?? undefined, readClock(node.shared.clock));
      node.shared.windowed = true;
    }
    if (caps !== undefined) setCaps(node.state, caps);
    if (overage !== undefined) node.state.overage = overage;
    node.changed();
  }

  /** All figures of this pool at one instant, as a value of its own. */
  snapshot(): BudgetSnapshot {
    const node = this.#node;
    node.touch();
    return snapshotOf(node.state);
  }

  /**
   * Zeroes used and drops the open reservations of this pool alone; pools above and below keep
   * their books. A later commit of a dropped reservation is booked as overage, a later release does
   * nothing here.
   */
  reset(): void {
    const node = this.#node;
    node.touch();
    reset(node.state);
    node.changed();
  }

  #book(ask: Quantities): boolean {
    const node = this.#node;
    node.touch();
    if (!fits(node.state, ask)) return false;
    book(node.state, ask);
    node.changed();
    return true;
  }

  #bookOverage(ask: Quantities, policy: OveragePolicy): void {
    const node = this.#node;
    const { exceeded, booked, throws } = settle(node.state, NO_HOLD, ask, policy);
    node.changed();
    if (exceeded !== undefined && throws) throw new BudgetExceeded(exceeded, { booked });
  }

  #hold(ask: Quantities): boolean {
    const node = this.#node;
    node.touch();
    if (!fits(node.state, ask)) return false;
    hold(node.state, ask);
    return true;
  }

  /** Fails on a total that is not refused by a cap but would pass the largest integer. */
  #isRefused(ask: Quantities): false {
    const { state } = this.#node;
    if (!isCountable(state, ask)) refusalOf(state, ask);
    return false;
  }

  #reserveWhenFree(
    ask: Quantities,
    options: WaitOptions,
    onExceeded?: (settlement: Settlement) => void,
  ): Promise<Reservation> {
    checkWaitOptions(options);
    const node = this.#node;
    node.touch();
    return holdWhenFree(node, ask, options, () => new Reservation(node, ask, onExceeded));
  }

  #reserveForRun(estimate: Amount, options: RunOptions): Reservation | Promise<Reservation> {
    const ask = readAmount(estimate);
    const { wait, onOverage } = readRunOptions(options);
    if (wait !== false) return this.#reserveWhenFree(ask, wait, onOverage);
    if (!this.#hold(ask)) throw this.#node.refuse(ask);
    return new Reservation(this.#node, ask, onOverage);
  }
}
