// What can be read of the ledger of a stored pool: its entries, its changes, and sums.

import type { Documents } from "../contract/documents.ts";
import { ledgerEntryOf } from "../contract/ledger.ts";
import type { LedgerEntry } from "../contract/ledger.ts";
import { sumsView } from "../contract/ledger-sums.ts";
import type { LedgerSum, SumsOptions } from "../contract/ledger-sums.ts";
import { readLedgerOptions, readSumsOptions } from "./stored-requests.ts";
import type { LedgerOptions } from "./stored-requests.ts";
import type { StoredTree } from "./stored-tree.ts";

/** The ledger of one stored pool and the pools below it. */
export class PoolLedger {
  readonly #tree: StoredTree;
  /**
   * Where the pool stands in its tree, such as `"acme/search/run-42"`; a root's path is its name.
   */
  readonly path: string;

  /** @internal */
  constructor(tree: StoredTree, path: string) {
    this.#tree = tree;
    this.path = path;
  }

  /** @internal What the meters of all processes share beside the books. */
  get documents(): Documents | undefined {
    return this.#tree.store.documents;
  }

  /**
   * What was settled in this pool and the pools below it, oldest first. Returns an empty list where
   * the store keeps no ledger.
   *
   * @throws {TypeError | RangeError} on an option that does not exist or is not allowed.
   */
  async ledger(options: LedgerOptions = {}): Promise<readonly LedgerEntry[]> {
    const query = { path: this.path, ...readLedgerOptions(options) };
    const lines = await this.#tree.ledger(query);
    return lines.map((line) => ledgerEntryOf(line));
  }

  /**
   * What was used in this pool and the pools below it by day, model, label or pool, the dearest
   * first: as if all lines of the ledger were added up, but from sums that the store keeps.
   * Amendments count on the day on which they were made. Where the lines of the day of
   * `options.since` are no longer kept, all of that day counts.
   *
   * @throws {TypeError | RangeError} on an option that does not exist or is not allowed.
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
   * Who changed what in this pool and the pools below it, when and why, oldest first: changes of
   * settings, freezing and thawing, resets and deletions. Stores keep the last 1,000 of a tree at
   * least, longer than what was settled where that is kept for less.
   *
   * @throws {TypeError | RangeError} on an option that does not exist or is not allowed.
   */
  async changes(options: LedgerOptions = {}): Promise<readonly LedgerEntry[]> {
    const query = { path: this.path, ...readLedgerOptions(options), only: "changes" } as const;
    const lines = await this.#tree.ledger(query);
    return lines.map((line) => ledgerEntryOf(line));
  }
}
