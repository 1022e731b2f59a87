import { readAmount } from "../../core/amount.ts";
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
import { errorOf, isOneOf } from "./outcome-error.ts";
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
 * The same methods as `BudgetPool`, answering promises. Each is one step in the store, on the pool
 * and every pool above it, or changes nothing. Every method rejects with `StoreUnavailable`
 * (`STORE_UNAVAILABLE`) when the store does not answer within the store's `timeoutMs`, and with
 * `PoolGone` (`POOL_GONE`) when the pool is no longer in the store, and nothing is spent.
 */
export class StoredBudgetPool extends PoolLedger {
  readonly #tree: StoredTree;
  readonly #leaseMs: number;

  /** @internal Pools come from a store: the pool is there already. */
  constructor({ tree, path, leaseMs }: PoolHandle) {
    super(tree, path);
    this.#tree = tree;
    this.#leaseMs = leaseMs;
  }

  /**
   * Adds to used in one step; refused past a cap, unless `options.overage` says otherwise. With an
   * `options.id`, the same record is booked once, however often and wherever it is tried; its line
   * of the ledger tells `options.model`, `label`, `provider` and `usage`.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when it does not fit under a cap, here or above.
   * Nothing is booked then, unless `overage` is `"throw"` (`booked: true`).
   * @throws {IdTaken} `ID_TAKEN` when the id was used for something else.
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
   * Adds to used in one step, or returns `false` when it does not fit.
   *
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async tryRecord(amount: Amount): Promise<boolean> {
    const outcome = await this.#record(readAmount(amount), { policy: "reject", id: newId() });
    return outcome.kind === "settled";
  }

  /**
   * Returns why an amount would be refused now, or undefined when it fits. Changes nothing; the
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
   * Holds an amount before a call is made, for `commit` or `release`. With an `options.id`, the
   * same reservation is made once, and asking again answers a handle of the same one. With
   * `options.sent`, what is held is booked as unknown if this process goes silent.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when it does not fit under a cap, here or above;
   * nothing is held then.
   * @throws {ReservationSettled | IdTaken} when the id was used before, and settled or for
   * something else.
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async reserve(amount: Amount, options: ReserveOptions = {}): Promise<StoredReservation> {
    const ask = readAmount(amount);
    const outcome = await this.#reserve(ask, readHoldOptions(options));
    if (outcome instanceof StoredReservation) return outcome;
    throw new BudgetExceeded(outcome);
  }

  /**
   * Holds an amount, or returns undefined when it does not fit.
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
   * Holds `fixed + n · unit` with the largest `n` from `min` to `max` that fits; the reservation
   * has it as `units`.
   *
   * @throws {BudgetExceeded} `BUDGET_EXCEEDED` when not even `fixed + min · unit` fits; nothing is
   * held then.
   * @throws {RangeError | TypeError} on a request that is not one.
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
    if (outcome.kind === "refused") throw new BudgetExceeded(outcome.refusal);
    const { quantities, units } = outcome;
    return new StoredGrant(this.#tree, path, { id, quantities, leaseMs }, units);
  }

  /**
   * Holds an amount as soon as it fits, first come, first served among all processes: no one who
   * waits is overtaken by a smaller request that waits for the same room. Requests that do not wait
   * are judged on their own.
   *
   * Rejects with `BudgetExceeded` at once when waiting does not help (`"never"`, `"spent"`), later
   * when it has ceased to help, and with reason `"busy"` and `waitedMs` after `timeoutMs`; with the
   * signal's reason when the signal aborts. Nothing is held then. A process that dies or is stopped
   * loses its place after two seconds of the default `pollMs`.
   */
  async reserveWhenFree(
    amount: Amount,
    options: WaitOptions = {},
    purpose: HoldPurpose = {},
  ): Promise<StoredReservation> {
    return this.#reserveWhenFree(readAmount(amount), options, readPurpose(purpose));
  }

  /**
   * Holds `estimate`, calls `task` with the reservation, and returns the task's result.
   *
   * What the task has not settled is committed as reserved when it succeeds (the call was made),
   * and released when it throws. Inside `run` a commit never throws for budget reasons: the overage
   * is booked, under every policy, and reported to `onOverage`. When the store does not answer the
   * commit at the end, the answer is returned all the same and the commit is tried again in the
   * background.
   *
   * Rejects with `BudgetExceeded` when the estimate is refused (the task is not called then), and
   * with what the task throws.
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
   * @throws {ConfigInvalid} `CONFIG_INVALID` when the child exists and was made with other options.
   * @throws {TypeError | RangeError} on a bad name or option.
   */
  async child(name: string, options?: StoredPoolOptions): Promise<StoredBudgetPool> {
    const path = readPath(childPath(this.path, readName(name)));
    return new StoredBudgetPool(await openPool(this.#tree, path, this.#leaseMs, options));
  }

  /**
   * Changes caps, overage policy or window, live and for everyone. Nothing is evicted: what is held
   * or used above a lowered cap stays, and requests are refused until there is room. Amounts in
   * `change.by` are taken back at `change.until`. `changes` reports it, with `change.actor` and
   * `change.reason`.
   *
   * @throws {TypeError | RangeError} when a setting does not exist or its value is not allowed;
   * nothing changes then.
   */
  async configure(change: StoredPoolChange): Promise<void> {
    const watched = this.#tree.watchedOn(this.path);
    const { id, ...read } = readStoredChange(change);
    const path = { path: this.path };
    await this.#ask({ kind: "configure", id: id ?? newId(), ...path, watched, ...read }, "done");
  }

  /**
   * Has this pool refuse everything new, with the reason `"frozen"`, until it is thawed, in the
   * pools below it too. What is held stays held, and is settled as ever.
   *
   * @throws {TypeError | RangeError} on a bad actor or reason.
   *
   * @example
   * const pool = await new BudgetStore(new MemoryStore()).pool("acme");
   * await pool.freeze({ actor: "ops", reason: "runaway agent" });
   * console.log((await pool.check({ usd: 1 }))?.reason); // frozen
   */
  async freeze(options: AccountableChange = {}): Promise<void> {
    await this.#setFrozen(true, options);
  }

  /** Ends what `freeze` began. @throws {TypeError | RangeError} on a bad actor or reason. */
  async thaw(options: AccountableChange = {}): Promise<void> {
    await this.#setFrozen(false, options);
  }

  /** All figures of this pool at one instant, as a value of its own. */
  async snapshot(): Promise<StoredSnapshot> {
    const { figures } = await this.#ask({ kind: "snapshot", path: this.path }, "figures");
    return storedSnapshotOf(figures);
  }

  /**
   * Zeroes used and drops the open reservations of this pool alone; pools above and below keep
   * their books. A later commit of a dropped reservation is booked as overage, a later release does
   * nothing here.
   */
  async reset(options: AccountableChange = {}): Promise<void> {
    const { id, about } = readChangeAccount(options);
    await this.#ask({ kind: "reset", id, path: this.path, about }, "done");
  }

  /**
   * Ends the lease of a reservation that hangs, by its id, whichever process holds it, in this pool
   * or one below it: its amount is free again, and returned. If its process commits later all the
   * same, what was used is booked then. `changes` reports it.
   *
   * @throws {NotFound} `NOT_FOUND` when nothing is held under that id in this pool.
   * @throws {TypeError | RangeError} on a bad id, actor or reason, and for the slice of a process.
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
   * Corrects what a commit or record has booked, by the id of its reservation or record: a
   * provider's bill that came in later, or what `outcome: "unknown"` stood in for. An axis left out
   * stays as it was booked. It counts in the period in which the corrected amount was booked, at
   * every level; past a cap it is booked all the same, and the settlement says so.
   *
   * @throws {NotFound} `NOT_FOUND` when nothing is booked under that id in this pool, or not any
   * more (a Redis store remembers for its `retentionMs`).
   * @throws {RangeError | TypeError} if the amount is invalid.
   */
  async amend(id: string, actual: Amount, options: AccountableChange = {}): Promise<Settlement> {
    const of = readWord("id", id);
    const { about, id: ownId } = readChangeAccount(options);
    const { path } = this;
    readAmount(actual);
    const found = await this.#ask({ kind: "find", path, of }, "found");
    const quantities = readAmount(actual, found.amount);
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

  /** Asks the store, and throws what is not one of these outcomes. */
  async #ask<K extends Outcome["kind"]>(command: Command, ...kinds: K[]): Promise<OutcomeOf<K>> {
    const outcome = await this.#tree.ask(command);
    if (isOneOf(outcome, kinds)) return outcome;
    throw errorOf(outcome, command);
  }
}

function ignoreUnavailable(error: unknown): void {
  if (!StoreUnavailable.is(error)) throw error;
}
