import { readAmount, readAmountWithDefaults } from "../../core/amount.ts";
import type { Amount } from "../../core/amount.ts";
import { BudgetExceeded } from "../../core/errors.ts";
import { childPath, readName } from "../../core/name.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { Refusal } from "../../core/refusal.ts";
import { readGrantRequest, readRunOptions } from "../../pool/requests.ts";
import type { GrantRequest, RunOptions } from "../../pool/requests.ts";
import { settlementOf } from "../../pool/settlement.ts";
import type { Settlement } from "../../pool/settlement.ts";
import { readWaitOptions } from "../../pool/wait.ts";
import type { WaitOptions } from "../../pool/wait.ts";
import type { Command, Outcome, RecordCommand, WaitCommand } from "../contract/command.ts";
import { StoreUnavailable } from "../contract/errors.ts";
import { readWord } from "../../core/word.ts";
import { newId } from "./id.ts";
import { endHoldIn } from "./end-hold.ts";
import { openPool } from "./open-pool.ts";
import { errorOf, isOneOf, refusedWith } from "./outcome-error.ts";
import type { OutcomeOf } from "./outcome-error.ts";
import { readPath } from "../contract/path.ts";
import { storedSnapshotOf } from "../contract/pool-figures.ts";
import type { StoredSnapshot } from "../contract/pool-figures.ts";
import { aboutChange, readStoredChange } from "../contract/stored-change.ts";
import type { StoredPoolChange } from "../contract/stored-change.ts";
import {
  aboutAsk,
  readChangeAccount,
  readHoldOptions,
  readPurpose,
  readSending,
  readStoredRecordOptions,
} from "./stored-requests.ts";
import type {
  AccountableChange,
  ReserveOptions,
  HoldPurpose,
  Sending,
  StoredPoolOptions,
  StoredRecordOptions,
} from "./stored-requests.ts";
import type { OpenHold } from "../contract/holds.ts";
import { PoolLedger } from "./pool-ledger.ts";
import type { PoolHandle } from "./pool-handle.ts";
import { StoredGrant, StoredReservation } from "./stored-reservation.ts";
import type { StoredTree } from "./stored-tree.ts";

/**
 * A shared budget of tokens, dollars and calls for the tasks of many processes, kept in a store.
 *
 * It has the methods of `BudgetPool`, which return promises. Each is one step in the store, on the
 * pool and every pool above it, or changes nothing. Every method rejects with `StoreUnavailable`
 * (`STORE_UNAVAILABLE`) if the store does not answer within `timeoutMs`, and with `PoolGone`
 * (`POOL_GONE`) if the pool was deleted; nothing is spent then.
 */
export class StoredBudgetPool extends PoolLedger {
  readonly #tree: StoredTree;
  readonly #leaseMs: number;

  /** @internal Pools come from a store, where this one exists already. */
  constructor({ tree, path, leaseMs }: PoolHandle) {
    super(tree, path);
    this.#tree = tree;
    this.#leaseMs = leaseMs;
  }

  /**
   * Adds to used in one step; refused past a cap, unless `options.overage` says otherwise. With an
   * `options.id`, the record is booked once, however often and in whichever process it is retried.
   * Its ledger entry has `options.model`, `label`, `provider` and `usage`.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if it does not fit under a cap, here or above.
   * Nothing is booked then, unless `overage` is `"throw"` (`booked: true`).
   * @throws {IdTaken} `ID_TAKEN` if the id was used for something else.
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async record(amount: Amount, options: StoredRecordOptions = {}): Promise<void> {
    const ask = readAmount(amount);
    const outcome = await this.#record(ask, readStoredRecordOptions(options));
    if (outcome.kind === "refused") throw new BudgetExceeded(outcome.refusal);
    const { exceeded, booked, throws } = outcome.settled;
    if (exceeded !== undefined && throws) throw new BudgetExceeded(exceeded, { booked });
  }

  /**
   * Adds to used in one step, or returns `false` if the amount does not fit.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async tryRecord(amount: Amount): Promise<boolean> {
    const outcome = await this.#record(readAmount(amount), { policy: "reject", id: newId() });
    return outcome.kind === "settled";
  }

  /**
   * Returns why an amount would be refused now, or undefined if it fits. Changes nothing; the
   * answer may be outdated by the time of the next call, so use `reserve` to be sure of the room.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async check(amount: Amount): Promise<Refusal | undefined> {
    const ask = readAmount(amount);
    const outcome = await this.#ask({ kind: "check", path: this.path, ask }, "done", "refused");
    return outcome.kind === "refused" ? outcome.refusal : undefined;
  }

  /**
   * Reserves an amount before a call, to be settled with `commit` or `release`. With an
   * `options.id`, the reservation is made once, and repeating the call returns another handle of
   * it. With `options.sent`, the amount is booked as unknown if this process goes silent.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if it does not fit under a cap, here or above;
   * nothing is reserved then.
   * @throws {ReservationSettled | IdTaken} if the reservation of that id is settled, or the id was
   * used for something else.
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async reserve(amount: Amount, options: ReserveOptions = {}): Promise<StoredReservation> {
    const ask = readAmount(amount);
    const outcome = await this.#reserve(ask, readHoldOptions(options));
    if (outcome instanceof StoredReservation) return outcome;
    throw new BudgetExceeded(outcome);
  }

  /**
   * Reserves an amount, or returns undefined if it does not fit.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async tryReserve(
    amount: Amount,
    options: ReserveOptions = {},
  ): Promise<StoredReservation | undefined> {
    const ask = readAmount(amount);
    const outcome = await this.#reserve(ask, readHoldOptions(options));
    return outcome instanceof StoredReservation ? outcome : undefined;
  }

  /**
   * Reserves `fixed + n · unit` with the largest `n` from `min` to `max` that fits; the reservation
   * has it as `units`.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` if not even `fixed + min · unit` fits; nothing is
   * reserved then.
   * @throws {RangeError | TypeError} if the request is invalid.
   */
  async reserveUpTo(request: GrantRequest, options: Sending = {}): Promise<StoredGrant> {
    const sent = readSending(options);
    const { path } = this;
    const leaseMs = this.#leaseMs;
    const id = newId();
    const outcome = await this.#ask(
      {
        kind: "grant",
        id,
        path,
        leaseMs,
        sent,
        ...readGrantRequest(request),
        about: aboutAsk(request),
      },
      "held",
      "refused",
    );
    if (outcome.kind === "refused") throw refusedWith(outcome.refusal);
    const { quantities, units } = outcome;
    return new StoredGrant(this.#tree, path, { id, quantities, leaseMs }, units);
  }

  /**
   * Reserves an amount as soon as it fits, first come, first served among all processes: no waiter
   * is overtaken by a smaller one for the same room. Requests that do not wait are not queued.
   *
   * Rejects with `BudgetExceeded` at once if waiting cannot help (`"never"`, `"spent"`), later if
   * it no longer can, and with reason `"busy"` and `waitedMs` after `timeoutMs`. Rejects with the
   * signal's reason if the signal aborts. Nothing is reserved then. A process that dies or hangs
   * loses its place in the queue after two seconds with the default `pollMs`.
   */
  async reserveWhenFree(
    amount: Amount,
    options: WaitOptions = {},
    purpose: HoldPurpose = {},
  ): Promise<StoredReservation> {
    return this.#reserveWhenFree(readAmount(amount), options, readPurpose(purpose));
  }

  /**
   * Reserves `estimate`, calls `task` with the reservation, and returns the task's result.
   *
   * A hold that the task did not settle is committed as reserved if the task succeeds (the call was
   * made), and released if it throws. Inside `run` a commit never throws for budget reasons:
   * overage is booked under every policy, and reported to `onOverage`. If the store does not answer
   * the final commit, the result is returned, and the commit is retried in the background.
   *
   * Rejects with `BudgetExceeded` if the estimate is refused, and with what the task throws.
   */
  async run<T>(
    estimate: Amount,
    task: (hold: StoredReservation) => T | PromiseLike<T>,
    options: RunOptions = {},
  ): Promise<T> {
    const ask = readAmount(estimate);
    const { wait, onOverage } = readRunOptions(options);
    const reservation =
      wait === false
        ? await this.#reserve(ask, readHoldOptions({}), onOverage)
        : await this.#reserveWhenFree(ask, wait, readPurpose({}), onOverage);
    if (!(reservation instanceof StoredReservation)) throw new BudgetExceeded(reservation);
    try {
      const answer = await task(reservation);
      if (!reservation.settled) await reservation.commit().catch(ignoreUnavailable);
      return answer;
    } finally {
      await reservation.release().catch(ignoreUnavailable);
    }
  }

  /**
   * Returns the child pool of that name, which the first call of any process creates. A request on
   * a child is a request on every pool above it too.
   *
   * @throws {ConfigInvalid} `CONFIG_INVALID` if the child exists with other options.
   * @throws {TypeError | RangeError} if the name or an option is invalid.
   */
  async child(name: string, options?: StoredPoolOptions): Promise<StoredBudgetPool> {
    const path = readPath(childPath(this.path, readName(name)));
    return new StoredBudgetPool(await openPool(this.#tree, path, this.#leaseMs, options));
  }

  /**
   * Changes caps, overage policy or window, live and for all processes. Nothing is evicted: holds
   * and usage above a lowered cap stay, and requests are refused until there is room. Amounts in
   * `change.by` are reverted at `change.until`. `changes` lists it, with `change.actor` and
   * `change.reason`.
   *
   * @throws {TypeError | RangeError} if a setting is unknown or invalid; nothing changes then.
   */
  async configure(change: StoredPoolChange): Promise<void> {
    const watched = this.#tree.watchedOn(this.path);
    const { id, ...read } = readStoredChange(change);
    const path = { path: this.path };
    await this.#ask({ kind: "configure", id: id ?? newId(), ...path, watched, ...read }, "done");
  }

  /**
   * Makes this pool and those below it refuse every new request, with the reason `"frozen"`, until
   * it is thawed. Open reservations stay held, and can be settled.
   *
   * @throws {TypeError | RangeError} if the actor or reason is invalid.
   *
   * @example
   * const pool = await new BudgetStore(new MemoryStore()).pool("acme");
   * await pool.freeze({ actor: "ops", reason: "runaway agent" });
   * console.log((await pool.check({ usd: 1 }))?.reason); // frozen
   */
  async freeze(options: AccountableChange = {}): Promise<void> {
    await this.#setFrozen(true, options);
  }

  /**
   * Ends a freeze.
   * @throws {TypeError | RangeError} if the actor or reason is invalid.
   */
  async thaw(options: AccountableChange = {}): Promise<void> {
    await this.#setFrozen(false, options);
  }

  /** Returns all figures of this pool at one instant; later changes do not affect the object. */
  async snapshot(): Promise<StoredSnapshot> {
    const { figures } = await this.#ask({ kind: "snapshot", path: this.path }, "figures");
    return storedSnapshotOf(figures);
  }

  /**
   * Zeroes used and drops the open reservations of this pool only; pools above and below keep their
   * books. A later commit of a dropped reservation is booked as overage, and a later release does
   * nothing here.
   */
  async reset(options: AccountableChange = {}): Promise<void> {
    const { id, about } = readChangeAccount(options);
    await this.#ask({ kind: "reset", id, path: this.path, about }, "done");
  }

  /**
   * Ends the lease of a stuck reservation in this pool or one below it, by its id, whichever
   * process made it. Frees its amount and returns it. If its process commits later after all, the
   * usage is booked then. `changes` lists it.
   *
   * @throws {NotFound} `NOT_FOUND` if nothing is held under that id in this pool.
   * @throws {TypeError | RangeError} if the id, actor or reason is invalid, or the id is that of a
   * slice.
   *
   * @example
   * const pool = await new BudgetStore(new MemoryStore()).pool("acme", { caps: { usd: 1 } });
   * const hold = await pool.reserve({ usd: 1 });
   * await pool.endHold(hold.id, { actor: "ops", reason: "its host is gone" });
   * console.log((await pool.snapshot()).remaining.usd); // 1
   */
  async endHold(id: string, options: AccountableChange = {}): Promise<OpenHold> {
    const ended = readWord("id", id);
    const change = readChangeAccount(options);
    const about = aboutChange({ ended }, options);
    return await endHoldIn(this.#tree, this.path, ended, { id: change.id, about });
  }

  /**
   * Corrects what a commit or record booked, by the id of its reservation or record: for example
   * when a provider's bill arrives later, or after `outcome: "unknown"`. An omitted axis stays as
   * booked. The correction counts in the period of the original booking, at every level. It is
   * booked past a cap all the same, and the settlement says so.
   *
   * @throws {NotFound} `NOT_FOUND` if nothing is booked under that id in this pool, or its entry
   * was deleted (a Redis store keeps it for its `retentionMs`).
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async amend(id: string, actual: Amount, options: AccountableChange = {}): Promise<Settlement> {
    const of = readWord("id", id);
    const { about, id: ownId } = readChangeAccount(options);
    const { path } = this;
    readAmount(actual);
    const found = await this.#ask({ kind: "find", path, of }, "found");
    const quantities = readAmountWithDefaults(actual, found.amount);
    const { settled } = await this.#ask(
      {
        kind: "amend",
        id: ownId,
        path,
        of,
        actual: quantities,
        watched: this.#tree.watchedOn(path),
        about,
      },
      "settled",
    );
    return settlementOf(settled, quantities);
  }

  async #setFrozen(frozen: boolean, options: AccountableChange): Promise<void> {
    const { id } = readChangeAccount(options);
    const about = aboutChange({ frozen }, options);
    await this.#ask({ kind: "configure", id, path: this.path, frozen, about }, "done");
  }

  #record(
    ask: Quantities,
    how: Pick<RecordCommand, "policy" | "id" | "named" | "about"> & { readonly at?: number },
  ): Promise<OutcomeOf<"settled" | "refused">> {
    const { path } = this;
    const watched = this.#tree.watchedOn(path);
    const { at, policy, ...rest } = how;
    if (at !== undefined) {
      const throws = policy === "throw";
      return this.#ask({ kind: "late", path, ask, at, throws, watched, ...rest }, "settled");
    }
    return this.#ask({ kind: "record", path, ask, watched, ...how }, "settled", "refused");
  }

  async #reserve(
    ask: Quantities,
    how: ReturnType<typeof readHoldOptions>,
    onExceeded?: (settlement: Settlement) => void,
  ): Promise<StoredReservation | Refusal> {
    const { path } = this;
    const leaseMs = this.#leaseMs;
    const { id } = how;
    const outcome = await this.#ask(
      { kind: "reserve", path, ask, leaseMs, ...how },
      "held",
      "refused",
    );
    if (outcome.kind === "refused") return outcome.refusal;
    const { quantities } = outcome;
    return new StoredReservation(this.#tree, path, { id, quantities, leaseMs }, onExceeded);
  }

  async #reserveWhenFree(
    ask: Quantities,
    options: WaitOptions,
    how: Pick<WaitCommand, "sent" | "about">,
    onExceeded?: (settlement: Settlement) => void,
  ): Promise<StoredReservation> {
    readWaitOptions(options);
    const { path } = this;
    const leaseMs = this.#leaseMs;
    const id = newId();
    const quantities = await this.#tree.poller.wait({ id, path, ask, leaseMs, ...how }, options);
    return new StoredReservation(this.#tree, path, { id, quantities, leaseMs }, onExceeded);
  }

  /** Sends a command, and throws if the outcome is not one of these. */
  async #ask<K extends Outcome["kind"]>(command: Command, ...kinds: K[]): Promise<OutcomeOf<K>> {
    const outcome = await this.#tree.ask(command);
    if (isOneOf(outcome, kinds)) return outcome;
    throw errorOf(outcome, command);
  }
}

function ignoreUnavailable(error: unknown): void {
  if (!StoreUnavailable.is(error)) throw error;
}
