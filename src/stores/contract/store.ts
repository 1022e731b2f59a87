// What a store is: the one contract between pools and the places where their books are kept.

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
  /** The pool; lines of the pools below it count. */
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

/** Which entries of a ledger are deleted: those after one and through another, in their order. */
export interface ForgetQuery {
  readonly root: string;
  readonly after: number;
  readonly through: number;
  /** All of them were written before this time; milliseconds since 1970. */
  readonly beforeMs: number;
}

/**
 * Keeps the books of trees of pools. A tree is a root pool and all pools below it; trees have
 * nothing to do with each other.
 *
 * **Exclusion.** `execute` applies all commands of a batch to one tree, in their order, as if
 * no one else did anything meanwhile. No one ever sees a batch half done. When
 * `execute` rejects, each command of it has been applied or not, and it is unknown which: it will
 * be asked again with the same ids.
 *
 * **Outcomes.** One for each command, in their order, as `applyCommands` gives them over the same
 * books: a store that can run it within its exclusive step needs no rule of its own. A command that
 * is refused, gone, taken or out of range has changed nothing.
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
 * **Identity (R10).** A command with an id that has been applied before changes nothing and has the
 * outcome that it had then. A commit of a reservation that was committed with the same amount too;
 * with another, or after a release, it is settled before. Ids are remembered for 24 hours at least.
 *
 * **Leases (R11).** A reservation whose lease has ended is freed before anything is judged, in
 * every batch; one whose call was `sent` is booked as unknown in an entry `<id>.lost`. It stays
 * known, so that a late commit is booked, without a hold, in place of that entry. A commit of a
 * reservation that the store has never seen is booked in the same way: the money was spent.
 *
 * **Time.** The store's own clock, one for all who use it, decides about leases and windows.
 *
 * **Windows (R7)** roll before a command on the pool is judged.
 *
 * **Slices (R15).** A draw is applied once for each `seq` of its slice: the last one is answered as
 * before, an earlier one is settled before. A slice whose lease has ended is booked as used and
 * unknown, all of it; the next draw of it takes that back.
 *
 * **Waiting (R13).** One queue for a tree, in the order in which waiters asked first. A waiter that
 * does not ask again within its `placeMs` loses its place.
 */
export interface Store {
  /** How many batches of one tree may be under way at once. */
  readonly batchesAtOnce: number;
  /** The most commands that a batch may have. */
  readonly commandsAtOnce: number;

  /**
   * Applies commands to the tree of `root`, the name of its root pool, in one exclusive step. A
   * `BudgetError` or `RangeError` that it throws or rejects with is final; anything else is tried
   * again.
   */
  execute(
    root: string,
    commands: readonly Command[],
  ): Promise<readonly Outcome[]> | readonly Outcome[];

  /** Returns the paths of all pools. */
  paths(): Promise<readonly string[]>;

  /**
   * Returns some of the paths, in an order that stays: a path that is not asked for keeps its
   * place, and those that come later in it are returned later. Undefined where the store has no
   * such order.
   */
  pathsAfter?(query: PathsQuery): Promise<readonly PlacedPath[]> | undefined;

  /**
   * The figures of many pools in one step, each as a snapshot has them; undefined of a pool for
   * which a snapshot must be asked. Left out where snapshots are as fast.
   */
  figures?(paths: readonly string[]): Promise<readonly (Outcome | undefined)[]>;

  /** Lines of the ledger; undefined where the store keeps none. */
  ledger(query: LedgerQuery): Promise<readonly StoredEntry[]> | undefined;

  /** Lines of the ledger, newest first; left out where the store cannot read backwards. */
  newest?(query: NewestQuery): Promise<readonly StoredEntry[]>;

  /** Reservations that hold something; left out where the store cannot list them. */
  holds?(query: HoldsQuery): Promise<readonly ListedHold[]>;

  /**
   * Sums of the ledger, each name once. Undefined where the store keeps no sums: then lines are
   * added up.
   */
  sums?(query: SumsQuery): Promise<readonly ListedSum[]>;

  /**
   * How long lines of what was settled are kept, in milliseconds: now and then a process has older
   * ones deleted by `forget`. Undefined keeps them.
   */
  readonly retentionMs?: number | undefined;

  /**
   * Deletes lines of what was settled, once they are in the sums, and what is known of reservations
   * whose lease has ended before `beforeMs`. Lines of changes stay, the last 1,000 of a tree at
   * least. A store that cannot do that leaves it out.
   */
  forget?(query: ForgetQuery): Promise<void>;

  /**
   * All templates, as `setTemplate` was given them: what pools that are opened without settings are
   * made with. A store without templates leaves both out.
   */
  templates?(): Promise<readonly TemplateText[]>;

  /** Keeps a template under its pattern; undefined deletes it. */
  setTemplate?(pattern: string, text: string | undefined): Promise<void>;

  /** R18. The journals of refusals. A store without them leaves this out, and forgets refusals. */
  readonly journal?: RefusalJournal | undefined;

  /**
   * Trees that may have new entries in their ledger or journal since a place, `""` for all. More
   * than those is no harm. A store without a ledger leaves this out: it has no events.
   */
  heads?(place: string): Promise<TreeHeads>;

  /**
   * Documents beside the books, for gateways and consumers of events; a store without them leaves
   * this out.
   */
  readonly documents?: Documents | undefined;

  /**
   * Calls `listener` when any process may have freed room in a tree; returns how to stop
   * that. Undefined if the store cannot notify: then waiters ask again every `pollMs`.
   */
  watch?(root: string, listener: () => void): Promise<() => Promise<void>>;

  /** Closes what the store has opened itself, and nothing else. */
  close(): Promise<void>;
}
