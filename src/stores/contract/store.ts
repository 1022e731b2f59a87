// The contract between pools and the places where their books are kept.

import type { Command, Outcome } from "./command.ts";
import type { ListedHold, HoldsQuery } from "./holds.ts";
import type { Documents } from "./documents.ts";
import type { StoredEntry } from "./ledger.ts";
import type { TreeHeads } from "./events.ts";
import type { PathsQuery, PlacedPath } from "./pool-page.ts";
import type { RefusalJournal } from "./refusals.ts";
import type { TemplateText } from "./templates.ts";
import type { ListedSum, SumsQuery } from "./ledger-sums.ts";

/** The entries of a ledger to return, oldest first. */
export interface LedgerQuery {
  /** The pool; entries of the pools below it are included. */
  readonly path: string;
  /** Only entries after the one with this `seq`; 0 for all. */
  readonly after: number;
  /** Only entries booked at this time or later, by the store's clock; milliseconds since 1970. */
  readonly sinceMs: number;
  readonly limit: number;
  /** Only entries of changes, which `isChange` recognizes. */
  readonly only?: "changes" | undefined;
}

/** The entries of a ledger to return, newest first. */
export interface NewestQuery extends LedgerQuery {
  /** Only entries before the one with this `seq`. */
  readonly before: number;
}

/** The entries of a ledger to delete: those after one number and through another. */
export interface ForgetQuery {
  readonly root: string;
  readonly after: number;
  readonly through: number;
  /** All of them were written before this time; milliseconds since 1970. */
  readonly beforeMs: number;
}

/**
 * Keeps the books of trees of pools. A tree is a root pool and all pools below it; trees are
 * independent of each other.
 *
 * **Exclusion.** `execute` applies all commands of a batch to one tree, in order and with exclusive
 * access. No caller ever sees a half-applied batch. If `execute` rejects, it is unknown which
 * commands were applied: the batch is retried with the same ids.
 *
 * **Outcomes.** One for each command, in order, as `applyCommands` returns them for the same books:
 * a store that can run it within its exclusive step needs no rules of its own. A command that is
 * refused, gone, taken or out of range changes nothing.
 *
 * | command | outcomes |
 * | --- | --- |
 * | any but open | gone: the pool is not in the store |
 * | open | opened · gone, with `ifThere` |
 * | record | settled · refused · id taken · out of range |
 * | late | settled · id taken · out of range |
 * | reserve, grant | held · refused · settled before · id taken · out of range |
 * | wait | held · waiting · refused · settled before · id taken · out of range |
 * | commit | settled · settled before · id taken · out of range |
 * | release, leave, renew, reset | done |
 * | withdraw | done · found: a record that is booked |
 * | draw | drawn · settled before · id taken · out of range |
 * | configure | done · out of range |
 * | amend | settled · not found · id taken · out of range |
 * | delete | done · in use |
 * | find | found · not found |
 * | check | done: it fits · refused · out of range |
 * | snapshot | figures |
 *
 * **Identity (R10).** A command whose id was applied before changes nothing and has the same
 * outcome as then. So does a commit of a reservation that was committed with the same amount; with
 * another amount, or after a release, the outcome is "settled before". Ids are remembered for at
 * least 24 hours.
 *
 * **Leases (R11).** In every batch, expired reservations are freed before anything is judged; one
 * whose call was `sent` is booked as unknown in an entry `<id>.lost`. The reservation is
 * remembered, so that a late commit is booked, without a hold, in place of that entry. A commit of
 * a reservation that the store has never seen is booked in the same way: the money was spent.
 *
 * **Time.** The store's clock, the same for all processes, decides about leases and windows.
 *
 * **Windows (R7)** roll before a command on the pool is judged.
 *
 * **Slices (R15).** A draw is applied once for each `seq` of its slice: repeating the last one
 * returns the same answer, an earlier one is "settled before". An expired slice is booked in full
 * as used and unknown; its next draw reverses that.
 *
 * **Waiting (R13).** One queue for each tree, in the order of the first requests. A waiter that
 * does not ask again within its `placeMs` loses its place.
 */
export interface Store {
  /** How many batches of one tree may be in progress at once. */
  readonly batchesAtOnce: number;
  /** The most commands that a batch may have. */
  readonly commandsAtOnce: number;

  /**
   * Applies commands to the tree of `root`, the name of its root pool, in one exclusive step. A
   * `BudgetError` or `RangeError` is final; after any other error the batch is retried.
   */
  execute(
    root: string,
    commands: readonly Command[],
  ): Promise<readonly Outcome[]> | readonly Outcome[];

  /** Returns the paths of all pools. */
  paths(): Promise<readonly string[]>;

  /**
   * Returns a page of the paths, in a stable order: a path keeps its position, and new ones at
   * later positions are returned later. Undefined if the store has no such order.
   */
  pathsAfter?(query: PathsQuery): Promise<readonly PlacedPath[]> | undefined;

  /**
   * Returns the figures of many pools in one step, as in a snapshot; undefined for a pool that
   * needs a snapshot command. Omitted if snapshots are as fast.
   */
  figures?(paths: readonly string[]): Promise<readonly (Outcome | undefined)[]>;

  /** Returns ledger entries; undefined if the store keeps no ledger. */
  ledger(query: LedgerQuery): Promise<readonly StoredEntry[]> | undefined;

  /** Returns ledger entries, newest first; omitted if the store cannot read backwards. */
  newest?(query: NewestQuery): Promise<readonly StoredEntry[]>;

  /** Returns open reservations; omitted if the store cannot list them. */
  holds?(query: HoldsQuery): Promise<readonly ListedHold[]>;

  /**
   * Returns sums of the ledger, each name once. Undefined if the store keeps no sums: then entries
   * are added up.
   */
  sums?(query: SumsQuery): Promise<readonly ListedSum[]>;

  /**
   * How long settled entries are kept, in milliseconds: from time to time a process deletes older
   * ones with `forget`. Undefined keeps them.
   */
  readonly retentionMs?: number | undefined;

  /**
   * Deletes settled entries, once they are in the sums, and reservations that expired before
   * `beforeMs`. Entries of changes stay, at least the last 1,000 of a tree. Omitted if the store
   * cannot delete.
   */
  forget?(query: ForgetQuery): Promise<void>;

  /**
   * Returns all templates, as passed to `setTemplate`: the settings of pools that are opened
   * without any. A store without templates omits both.
   */
  templates?(): Promise<readonly TemplateText[]>;

  /** Stores a template under its pattern; undefined deletes it. */
  setTemplate?(pattern: string, text: string | undefined): Promise<void>;

  /**
   * R18. The journals of refusals. A store without them omits this, and refusals are not recorded.
   */
  readonly journal?: RefusalJournal | undefined;

  /**
   * Returns the trees that may have new entries in their ledger or journal since a position, `""`
   * for all. Extra trees do no harm. A store without a ledger omits this, and has no events.
   */
  heads?(place: string): Promise<TreeHeads>;

  /**
   * Documents next to the books, for gateways and consumers of events; omitted if the store does
   * not support them.
   */
  readonly documents?: Documents | undefined;

  /**
   * Calls `listener` when any process may have freed room in a tree; returns a function that stops
   * it. Undefined if the store cannot notify: then waiters ask again every `pollMs`.
   */
  watch?(root: string, listener: () => void): Promise<() => Promise<void>>;

  /** Closes what the store has opened itself, and nothing else. */
  close(): Promise<void>;
}
