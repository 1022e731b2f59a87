// The state that all handles of one tree of stored pools share in this process.

import { readClock } from "../../core/clock.ts";
import type { Clock } from "../../core/clock.ts";
import { BudgetError } from "../../core/errors.ts";
import type { ThresholdEvent } from "../../core/thresholds.ts";
import { thresholdsCrossed } from "../../core/thresholds.ts";
import { archiveTree } from "./archive.ts";
import { CommandQueue } from "./command-queue.ts";
import type { Command, LevelChange, Outcome } from "../contract/command.ts";
import { StoreClosed, StoreUnavailable } from "../contract/errors.ts";
import { inTime } from "./in-time.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import { isBelow } from "../contract/path.ts";
import type { StoredEntry } from "../contract/ledger.ts";
import { sumsOfEntries } from "../contract/ledger-sums.ts";
import type { ListedSum, SumsQuery } from "../contract/ledger-sums.ts";
import type { LedgerQuery, NewestQuery, Store } from "../contract/store.ts";
import { RefusalNotes } from "./refusal-notes.ts";
import type { ListedHold, HoldsQuery } from "../contract/holds.ts";
import { WaitPoller } from "./wait-poller.ts";
import type { TemplateText } from "../contract/templates.ts";
import { Withdrawals } from "./withdrawals.ts";

/** What a tree gets from its store. */
export interface TreeOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly pollMs: number;
}

interface Watch {
  readonly thresholds: readonly number[];
  readonly listener: (event: ThresholdEvent) => unknown;
}

/** Commands that may make room for a waiter. */
const FREEING: ReadonlySet<Command["kind"]> = new Set([
  "commit",
  "release",
  "leave",
  "withdraw",
  "amend",
  "reset",
  "configure",
]);

/** After so many commands of its own, a process deletes old entries. */
const ASKED_MAX = 10_000;
/** How many entries are read at a time to add them up. */
const ENTRIES_AT_ONCE = 10_000;

/** One tree of stored pools in this process. */
export class StoredTree {
  readonly store: Store;
  readonly keeper: LeaseKeeper;
  readonly poller: WaitPoller;
  readonly clock: Clock;
  readonly #queue: CommandQueue;
  readonly #watches = new Map<string, Watch>();
  readonly #closers = new Set<() => Promise<void>>();
  readonly #root: string;
  readonly #refusals: RefusalNotes | undefined;
  #asked = 0;

  constructor(store: Store, root: string, { clock, timeoutMs, pollMs }: TreeOptions) {
    this.store = store;
    this.#root = root;
    this.clock = clock;
    const withdrawals = new Withdrawals(
      (command) => this.ask(command),
      (deliver) => this.keeper.redeliver(deliver),
    );
    const { journal } = store;
    this.#refusals =
      journal?.add &&
      new RefusalNotes(
        (batch) => inTime(Promise.resolve(journal.add?.(root, batch)), timeoutMs),
        clock,
      );
    this.#queue = new CommandQueue(
      store,
      root,
      timeoutMs,
      (command) => withdrawals.add(command),
      this.#refusals && ((commands, outcomes) => this.#refusals?.note(commands, outcomes)),
    );
    this.keeper = new LeaseKeeper(root, this.#queue);
    this.poller = new WaitPoller(store, root, this.#queue, clock, pollMs);
  }

  /** Sends a command; reports thresholds and wakes waiters according to the outcome. */
  async ask(command: Command): Promise<Outcome> {
    this.#countForRetention();
    const outcome = await this.#queue.ask(command);
    if ("levels" in outcome && outcome.levels !== undefined) this.#tell(outcome.levels);
    if (FREEING.has(command.kind)) this.poller.wake();
    return outcome;
  }

  /** Reports the thresholds of a pool to `listener` when this process crosses them. */
  watch(path: string, thresholds: readonly number[], listener: Watch["listener"]): void {
    this.#watches.set(path, { thresholds, listener });
  }

  /** The pools on a path whose thresholds have a listener here. */
  watchedOn(path: string): readonly string[] | undefined {
    if (this.#watches.size === 0) return undefined;
    const watched = [...this.#watches.keys()].filter((top) => isBelow(path, top));
    return watched.length === 0 ? undefined : watched;
  }

  /** R16. After many commands, deletes entries that are older than the store keeps them. */
  #countForRetention(): void {
    const { retentionMs } = this.store;
    if (retentionMs === undefined || ++this.#asked < ASKED_MAX) return;
    this.#asked = 0;
    const beforeMs = Math.floor(readClock(this.clock)) - retentionMs;
    // A failed deletion is retried the next time.
    archiveTree(this.store, this.#root, beforeMs, () => undefined).catch(() => undefined);
  }

  /** Returns ledger entries; none if the store keeps no ledger. */
  async ledger(query: LedgerQuery): Promise<readonly StoredEntry[]> {
    const startedAt = performance.now();
    try {
      return (await this.store.ledger(query)) ?? [];
    } catch (error) {
      if (error instanceof BudgetError) throw error;
      throw new StoreUnavailable(query.path, performance.now() - startedAt, error);
    }
  }

  /**
   * Returns ledger entries, newest first: from the store if it supports that, or else from all
   * entries.
   */
  async newest(query: NewestQuery): Promise<readonly StoredEntry[]> {
    const { path, before, limit } = query;
    const { store } = this;
    if (store.newest !== undefined) return await this.#read(path, () => store.newest?.(query));
    const entries = await this.#entriesOf(query);
    return entries
      .filter(({ seq }) => seq < before)
      .toReversed()
      .slice(0, limit);
  }

  /** Returns open reservations; undefined if the store cannot list them. */
  async holds(query: HoldsQuery): Promise<readonly ListedHold[] | undefined> {
    const { store } = this;
    if (store.holds === undefined) return undefined;
    return await this.#read(query.path, () => store.holds?.(query));
  }

  /**
   * Reads a list from the store.
   * @throws {StoreUnavailable} if it does not answer.
   */
  async #read<T>(
    path: string,
    read: () => Promise<readonly T[]> | undefined,
  ): Promise<readonly T[]> {
    const startedAt = performance.now();
    try {
      return (await read()) ?? [];
    } catch (error) {
      if (error instanceof BudgetError) throw error;
      throw new StoreUnavailable(path, performance.now() - startedAt, error);
    }
  }

  /** Returns sums of the ledger: those of the store, or else the sums of all entries. */
  async sums(query: SumsQuery): Promise<readonly ListedSum[]> {
    if (this.store.sums === undefined) return sumsOfEntries(await this.#entriesOf(query), query.by);
    const startedAt = performance.now();
    try {
      return await this.store.sums(query);
    } catch (error) {
      if (error instanceof BudgetError) throw error;
      throw new StoreUnavailable(query.path, performance.now() - startedAt, error);
    }
  }

  /** Returns the templates of the store; undefined if it does not support them. */
  async templates(path: string): Promise<readonly TemplateText[] | undefined> {
    const startedAt = performance.now();
    try {
      return await this.store.templates?.();
    } catch (error) {
      if (error instanceof BudgetError) throw error;
      throw new StoreUnavailable(path, performance.now() - startedAt, error);
    }
  }

  async #entriesOf({
    path,
    sinceMs,
    only,
    after: first = 0,
  }: Pick<LedgerQuery, "path" | "sinceMs"> & Partial<LedgerQuery>): Promise<
    readonly StoredEntry[]
  > {
    const entries: StoredEntry[] = [];
    for (;;) {
      const after = entries.at(-1)?.seq ?? first;
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
      const page = await this.ledger({ path, sinceMs, after, limit: ENTRIES_AT_ONCE, only });
      entries.push(...page);
      if (page.length < ENTRIES_AT_ONCE) return entries;
    }
  }

  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /**
   * Resolves once the refusals of this process are in the journal; rejects with the reason if they
   * cannot be written.
   */
  async flushRefusals(): Promise<void> {
    await this.#refusals?.flush();
  }

  /** Calls `close` before the tree is closed, unless the returned function is called first. */
  closeFirst(close: () => Promise<void>): () => void {
    this.#closers.add(close);
    return () => this.#closers.delete(close);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#closers].map((close) => close()));
    this.keeper.close();
    await this.poller.close(new StoreClosed());
    await this.#queue.close();
    // What cannot be written by now is lost: the journal is not part of the books.
    await this.#refusals?.flush().catch(() => undefined);
  }

  #tell(levels: readonly LevelChange[]): void {
    for (const { path, capsBefore, caps, usedBefore, used } of levels) {
      const watch = this.#watches.get(path);
      if (watch === undefined) continue;
      const before = { caps: capsBefore, used: usedBefore };
      for (const event of thresholdsCrossed(path, watch.thresholds, before, { caps, used }))
        notifyOne(watch.listener, event);
    }
  }
}

/** Errors of a listener are dropped, as the option's documentation says. */
function notifyOne(listener: Watch["listener"], event: ThresholdEvent): void {
  try {
    Promise.resolve(listener(event)).catch(() => undefined);
  } catch {
    // Dropped.
  }
}
