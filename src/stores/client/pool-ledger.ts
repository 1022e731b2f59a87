// The readable ledger of a stored pool: its entries, its changes, and sums.

import type { Documents } from "../contract/documents.ts";
import { ledgerEntryOf } from "../contract/ledger.ts";
import type { LedgerEntry } from "../contract/ledger.ts";
import { openHoldOf, readHoldsOptions } from "../contract/holds.ts";
import type { HoldsOptions, OpenHold } from "../contract/holds.ts";
import { sumsView } from "../contract/ledger-sums.ts";
import type { LedgerSum, SumsOptions } from "../contract/ledger-sums.ts";
import { readLedgerOptions, readNewestOptions, readSumsOptions } from "./stored-requests.ts";
import type { LedgerOptions, NewestOptions } from "./stored-requests.ts";
import type { StoredTree } from "./stored-tree.ts";

/** The ledger of one stored pool and the pools below it. */
export class PoolLedger {
  readonly #tree: StoredTree;
  /** The path of the pool, such as `"acme/search/run-42"`; a root's path is its name. */
  readonly path: string;

  /** @internal */
  constructor(tree: StoredTree, path: string) {
    this.#tree = tree;
    this.path = path;
  }

  /** @internal State that the meters of all processes share next to the books. */
  get documents(): Documents | undefined {
    return this.#tree.store.documents;
  }

  /**
   * Returns the ledger entries of this pool and the pools below it, oldest first. Returns an empty
   * list if the store keeps no ledger.
   *
   * @throws {TypeError | RangeError} if an option is unknown or invalid.
   */
  async ledger(options: LedgerOptions = {}): Promise<readonly LedgerEntry[]> {
    const query = { path: this.path, ...readLedgerOptions(options) };
    const found = await this.#tree.ledger(query);
    return found.map((each) => ledgerEntryOf(each));
  }

  /**
   * Returns the ledger entries of this pool and the pools below it, newest first: the last page
   * directly, however long the ledger is. To read on, pass the `seq` of the last entry as `before`.
   *
   * @throws {TypeError | RangeError} if an option is unknown or invalid.
   *
   * @example
   * const pool = await new BudgetStore(new MemoryStore()).pool("acme");
   * await pool.record({ usd: 1 }, { label: "docs" });
   * const [last] = await pool.newest({ limit: 1 });
   * console.log(last?.label); // docs
   */
  async newest(options: NewestOptions = {}): Promise<readonly LedgerEntry[]> {
    const found = await this.#tree.newest({ path: this.path, ...readNewestOptions(options) });
    return found.map((each) => ledgerEntryOf(each));
  }

  /**
   * Returns the open reservations of this pool and the pools below it, in the order of ids. Returns
   * an empty list if the store cannot list them.
   *
   * @throws {TypeError | RangeError} if an option is unknown or invalid.
   *
   * @example
   * const pool = await new BudgetStore(new MemoryStore()).pool("acme");
   * await pool.reserve({ usd: 1 }, { id: "call-1" });
   * for (const { id, amount } of await pool.holds()) console.log(id, amount.usd); // call-1 1
   */
  async holds(options: HoldsOptions = {}): Promise<readonly OpenHold[]> {
    const found = await this.#tree.holds({
      path: this.path,
      id: "",
      ...readHoldsOptions(options),
    });
    return (found ?? []).map((each) => openHoldOf(each));
  }

  /**
   * Returns what was used in this pool and the pools below it by day, model, label or pool, the
   * highest cost first. The result equals the sum of all ledger entries, but comes from totals that
   * the store keeps. Amendments count on the day on which they were made. If the entries of the day
   * of `options.since` were deleted, the whole day counts.
   *
   * @throws {TypeError | RangeError} if an option is unknown or invalid.
   *
   * @example
   * const pool = await new BudgetStore(new MemoryStore()).pool("acme");
   * for (const { name, amount } of await pool.sums({ by: "model" })) console.log(name, amount.usd);
   */
  async sums(options: SumsOptions): Promise<readonly LedgerSum[]> {
    const { by, sinceMs } = readSumsOptions(options);
    return sumsView(await this.#tree.sums({ path: this.path, by, sinceMs }), by);
  }

  /**
   * Returns the changes of this pool and the pools below it, oldest first, each with its actor,
   * time and reason: changed settings, freezes and thaws, resets and deletions. Stores keep at
   * least the last 1,000 of a tree, even if settled entries are deleted sooner.
   *
   * @throws {TypeError | RangeError} if an option is unknown or invalid.
   */
  async changes(options: LedgerOptions = {}): Promise<readonly LedgerEntry[]> {
    const query = { path: this.path, ...readLedgerOptions(options), only: "changes" } as const;
    const found = await this.#tree.ledger(query);
    return found.map((each) => ledgerEntryOf(each));
  }
}
