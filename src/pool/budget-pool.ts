import { readAmount } from "../core/amount.ts";
import type { Amount } from "../core/amount.ts";
import { readClock } from "../core/clock.ts";
import { BudgetExceeded, ConfigInvalid } from "../core/errors.ts";
import { readName } from "../core/name.ts";
import type { OveragePolicy } from "../core/pool-state.ts";
import { plus } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import type { Refusal } from "../core/refusal.ts";
import { largestGrant, NO_HOLD, reset, setCaps } from "../core/rules.ts";
import type { Hold, Settled } from "../core/rules.ts";
import { setWindow } from "../core/roll.ts";
import { snapshotOf } from "../core/snapshot.ts";
import type { BudgetSnapshot } from "../core/snapshot.ts";
import { readChange, readChildSettings, readRootSettings, settingsText } from "./options.ts";
import type { BudgetPoolOptions, ChildPoolOptions, PoolChange } from "./options.ts";
import { LocalPoolNode } from "./local-pool-node.ts";
import { PoolNode } from "./pool-node.ts";
import { readGrantRequest, readRecordOptions, readRunOptions } from "./requests.ts";
import type { GrantRequest, RecordOptions, RunOptions } from "./requests.ts";
import { Grant, Reservation } from "./reservation.ts";
import type { Settlement } from "./settlement.ts";
import { systemClock } from "./system-clock.ts";
import { readWaitOptions, waitForRoom } from "./wait.ts";
import type { WaitOptions } from "./wait.ts";

/**
 * A shared budget of tokens, dollars and calls for the tasks of one process.
 *
 * Every method except `reserveWhenFree` and `run` is synchronous and atomic: it applies to the pool
 * and every pool above it in one step, or changes nothing.
 *
 * @example
 * const pool = new BudgetPool({ caps: { tokens: 1_000_000, usd: 10 } });
 * const hold = pool.reserve({ tokens: 2000, usd: 0.012 });
 * hold.commit({ tokens: 1480, usd: 0.0089 });
 * pool.snapshot().remaining; // => { tokens: 998520, usd: 9.9911 }
 */
export class BudgetPool {
  readonly #node: PoolNode;

  static {
    // The form that console.log shows in Node.js, Bun and Deno.
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: BudgetPool): object {
        return this.snapshot();
      },
    });
  }

  /**
   * Creates a root pool with nothing used.
   *
   * @throws {TypeError | RangeError} if an option is unknown or invalid.
   */
  constructor(options?: BudgetPoolOptions);
  /** @internal A handle of an existing pool. */
  constructor(node: PoolNode);
  constructor(from: BudgetPoolOptions | PoolNode = {}) {
    if (from instanceof PoolNode) {
      this.#node = from;
      return;
    }
    const settings = readRootSettings(from);
    const path = readName(from.name === undefined ? "budget" : from.name);
    this.#node = new LocalPoolNode(path, settings, from.clock ?? systemClock);
    if (from.onThreshold !== undefined) this.#node.listen(from.onThreshold);
  }

  /** The path of the pool, such as `"acme/search/run-42"`; a root's path is its name. */
  get path(): string {
    return this.#node.state.path;
  }

  /**
   * Adds to used in one step; refused past a cap, unless `options.overage` says otherwise.
   *
   * Money that is already spent should be booked whatever the cap says: `record(amount, { overage:
   * "allow" })` books it, and the pool refuses every request until there is room.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if it does not fit under a cap, here or above.
   * Nothing is booked then, unless `overage` is `"throw"` (`booked: true`).
   * @throws {RangeError | TypeError} if the amount is invalid.
   *
   * @example
   * const pool = new BudgetPool({ caps: { usd: 1 } });
   * pool.record({ inputTokens: 900, outputTokens: 300, usd: 0.0036 });
   * pool.record({ usd: 2 }, { overage: "allow" }); // already spent
   * pool.snapshot().remaining.usd; // => -1.0036
   */
  record(amount: Amount, options?: RecordOptions): void {
    const ask = readAmount(amount);
    const policy = options === undefined ? "reject" : readRecordOptions(options);
    if (!this.#node.bookIfFits(ask)) this.#bookOverage(ask, policy);
  }

  /**
   * Adds to used in one step, or returns `false` if the amount does not fit. Never creates an error
   * for a refusal.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  tryRecord(amount: Amount): boolean {
    const ask = readAmount(amount);
    return this.#node.bookIfFits(ask);
  }

  /**
   * Returns why an amount would be refused now, or undefined if it fits. Changes nothing; the
   * answer may be outdated by the time of the next call, so use `reserve` to be sure of the room.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  check(amount: Amount): Refusal | undefined {
    const ask = readAmount(amount);
    const node = this.#node;
    let refusal: Refusal | undefined;
    do {
      node.begin();
      refusal = node.refusalOf(ask);
    } while (!node.end(false));
    return refusal;
  }

  /**
   * Reserves an amount before a call, to be settled with `commit` or `release`.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if it does not fit under a cap, here or above;
   * nothing is reserved then.
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  reserve(amount: Amount): Reservation {
    const ask = readAmount(amount);
    const held = this.#node.holdIfFits(ask, true);
    if (held === undefined) throw this.#node.refuse(ask);
    return new Reservation(this.#node, held);
  }

  /**
   * Reserves an amount, or returns undefined if it does not fit. Never creates an error for a
   * refusal.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  tryReserve(amount: Amount): Reservation | undefined {
    const ask = readAmount(amount);
    const node = this.#node;
    const held = node.holdIfFits(ask, true);
    return held && new Reservation(node, held);
  }

  /**
   * Reserves `fixed + n · unit` with the largest `n` from `min` to `max` that fits, and returns it
   * as `units`. Use it to give a call a `max_tokens` that cannot take the pool over its cap. Prices
   * that are not whole nano-dollars are rounded per unit; choose a larger unit for those.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if not even `fixed + min · unit` fits; nothing is
   * reserved then.
   * @throws {RangeError | TypeError} if the request is invalid.
   *
   * @example
   * const pool = new BudgetPool({ caps: { usd: 0.01 } });
   * const hold = pool.reserveUpTo({
   *   fixed: { inputTokens: 200, usd: 0.0006 },
   *   unit: { outputTokens: 1, usd: 0.000015 },
   *   max: 4096,
   * });
   * hold.units; // => 626
   */
  reserveUpTo(request: GrantRequest): Grant {
    const { fixed, unit, min, max } = readGrantRequest(request);
    const node = this.#node;
    let units: number;
    let held: Hold | undefined;
    do {
      node.begin();
      units = largestGrant(node.state, fixed, unit, max);
      held = units < min ? undefined : node.hold(plus(fixed, unit, units));
    } while (!node.end(held !== undefined));
    if (held === undefined) throw node.refuse(plus(fixed, unit, min));
    return new Grant(node, held, units);
  }

  /**
   * Reserves an amount as soon as it fits, first come, first served: no waiter is overtaken by a
   * smaller one that waits for the same room. Requests that do not wait are judged independently.
   *
   * Rejects with `BudgetExceeded` at once if waiting cannot help (`"never"`, `"spent"`), later if
   * it can no longer help, and with reason `"busy"` and `waitedMs` after `timeoutMs`. Rejects with
   * the signal's reason if the signal aborts. Nothing is reserved in any of these cases.
   */
  async reserveWhenFree(amount: Amount, options: WaitOptions = {}): Promise<Reservation> {
    const ask = readAmount(amount);
    return this.#reserveWhenFree(ask, options);
  }

  /**
   * Reserves `estimate`, calls `task` with the reservation, and returns the task's result.
   *
   * A hold that the task did not settle is committed as reserved if the task succeeds (the call was
   * made), and released if it throws. Inside `run` a commit never throws for budget reasons,
   * because the answer has been paid for: overage is booked under every policy and reported to
   * `onOverage`, and the next request is refused.
   *
   * Rejects with `BudgetExceeded` if the estimate is refused, without calling the task, and with
   * what the task throws.
   */
  async run<T>(
    estimate: Amount,
    task: (hold: Reservation) => T | PromiseLike<T>,
    options?: RunOptions,
  ): Promise<T> {
    const reserved = this.#reserveForRun(estimate, options);
    // Awaiting a value that is ready would only delay the task.
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
   * Returns the child pool of that name, which the first call creates. A request on a child is a
   * request on every pool above it too.
   *
   * @throws {ConfigInvalid} `CONFIG_INVALID` if the child exists with other options.
   * @throws {TypeError | RangeError} if the name or an option is invalid.
   */
  child(name: string, options?: ChildPoolOptions): BudgetPool {
    return new BudgetPool(this.childNode(name, options));
  }

  /** @internal The node behind the handle that `child` returns. */
  protected childNode(name: string, options?: ChildPoolOptions): PoolNode {
    const settings = readChildSettings(options === undefined ? {} : options);
    const node = this.#node.child(readName(name), settings);
    if (options !== undefined && !node.hasSettings(settings)) {
      const { path } = node.state;
      throw new ConfigInvalid(
        path,
        `Pool "${path}" was made with ${settingsText(node.settings)}, now requested with ${settingsText(settings)}; use configure() to change it`,
      );
    }
    if (options?.onThreshold !== undefined) node.listen(options.onThreshold);
    return node;
  }

  /**
   * Removes a child and returns whether there was one; `child(name)` then creates a new one with
   * nothing used. Handles and reservations of the old one continue to work, and its usage stays in
   * the books of this pool.
   */
  forgetChild(name: string): boolean {
    return this.#node.forgetChild(name);
  }

  /**
   * Changes caps, overage policy or window, live. Nothing is evicted: holds and usage above a
   * lowered cap stay, and requests are refused until there is room.
   *
   * @throws {TypeError | RangeError} if a setting is unknown or invalid; nothing changes then.
   *
   * @example
   * const pool = new BudgetPool({ caps: { usd: 10 } });
   * pool.configure({ caps: { usd: 20 } });
   * pool.configure({ by: { usd: 5 } });
   * pool.snapshot().caps.usd; // => 25
   */
  configure(change: PoolChange): void {
    const node = this.#node;
    const { caps = {}, by = {}, overage, window } = readChange(change);
    const nowMs = window === undefined ? 0 : readClock(node.clock);
    do {
      node.begin();
      const { state } = node;
      const changed = node.changedCaps(caps, by);
      if (window !== undefined) setWindow(state, window ?? undefined, nowMs);
      setCaps(state, changed);
      if (overage !== undefined) state.overage = overage;
      node.settingsChanged();
    } while (!node.end(true));
    node.changed();
  }

  /** Returns the figures of this pool, for `JSON.stringify`. */
  toJSON(): BudgetSnapshot {
    return this.snapshot();
  }

  /** Returns all figures of this pool at one instant; later changes do not affect the object. */
  snapshot(): BudgetSnapshot {
    const node = this.#node;
    let snapshot: BudgetSnapshot;
    do {
      node.begin();
      snapshot = snapshotOf(node.state);
    } while (!node.end(false));
    return snapshot;
  }

  /**
   * Zeroes used and drops the open reservations of this pool only; pools above and below keep their
   * books. A later commit of a dropped reservation is booked as overage, and a later release does
   * nothing here.
   */
  reset(): void {
    const node = this.#node;
    do {
      node.begin();
      reset(node.state);
      node.settingsChanged();
    } while (!node.end(true));
    node.changed();
  }

  #bookOverage(ask: Quantities, policy: OveragePolicy): void {
    const node = this.#node;
    if (policy === "reject") throw node.refuse(ask);
    let settled: Settled;
    do {
      node.begin();
      settled = node.settle(NO_HOLD, ask, policy);
    } while (!node.end(true));
    node.changed();
    const { exceeded, booked, throws } = settled;
    if (exceeded !== undefined && throws) throw new BudgetExceeded(exceeded, { booked });
  }

  #reserveWhenFree(
    ask: Quantities,
    options: WaitOptions,
    onExceeded?: (settlement: Settlement) => void,
  ): Promise<Reservation> {
    readWaitOptions(options);
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason);
    const node = this.#node;
    const reserved = (held: Hold): Reservation => new Reservation(node, held, onExceeded);
    const held = node.holdIfFits(ask, false);
    if (held !== undefined) return Promise.resolve(reserved(held));
    return waitForRoom(node, ask, options, reserved);
  }

  #reserveForRun(estimate: Amount, options?: RunOptions): Reservation | Promise<Reservation> {
    const ask = readAmount(estimate);
    const { wait, onOverage } = readRunOptions(options);
    if (wait !== false) return this.#reserveWhenFree(ask, wait, onOverage);
    const held = this.#node.holdIfFits(ask, true);
    if (held === undefined) throw this.#node.refuse(ask);
    return new Reservation(this.#node, held, onOverage);
  }
}
