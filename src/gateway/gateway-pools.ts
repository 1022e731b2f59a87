// The pools that callers draw from, opened with their first call, and their figures for the headers
// of answers. A pool without any cap, on it or above it, is not a budget: nothing is spent from it.

import { CannotMeter } from "../meter/refusals.ts";
import type { MeteredPool } from "../meter/metered-pool.ts";
import type { BudgetStore, StoredBudgetPool, StoredPoolOptions } from "../stores/index.ts";
import { PoolGone, StoreUnavailable } from "../stores/index.ts";
import { budgetFiguresOf } from "./budget-figures.ts";
import type { BudgetFigures } from "./budget-figures.ts";

const POOLS_MAX = 10_000;
/** The maximum age of figures in headers, for sequential calls. */
const FIGURES_MS = 1000;

interface OpenPool {
  readonly pool: MeteredPool;
  readonly levels: readonly StoredBudgetPool[];
  figures: BudgetFigures | undefined;
  askedAt: number;
}

/** The pools of a store. */
export class GatewayPools {
  readonly #store: BudgetStore;
  readonly #allowsUncapped: boolean;
  readonly #isSliced: boolean;
  readonly #open = new Map<string, Promise<OpenPool>>();

  /** @param isSliced Whether this process decides locally in a slice (R15). */
  constructor(store: BudgetStore, allowsUncapped: boolean, isSliced = false) {
    this.#store = store;
    this.#isSliced = isSliced;
    this.#allowsUncapped = allowsUncapped;
  }

  /**
   * Returns the pool of a path, created from its template if it is new; `settings` are those of a
   * pool that a rule creates.
   *
   * @throws {CannotMeter} `CANNOT_METER` for a pool without any cap.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   */
  async open(path: string, settings?: StoredPoolOptions): Promise<MeteredPool> {
    return (this.#settled.get(path) ?? (await this.#opened(path, settings))).pool;
  }

  /**
   * Returns the figures of a pool from up to a second ago, and refreshes them in the background.
   */
  figures(path: string): BudgetFigures | undefined {
    const entry = this.#settled.get(path);
    if (entry === undefined) return undefined;
    if (performance.now() - entry.askedAt > FIGURES_MS) this.#refresh(entry).catch(() => undefined);
    return entry.figures;
  }

  /** Returns the current figures of a pool. */
  async figuresNow(path: string): Promise<BudgetFigures> {
    return await this.#refresh(await this.#opened(path));
  }

  /** Opens a pool again with its next call: it was deleted, or changed in an important way. */
  forget(path: string): void {
    this.#open.delete(path);
    this.#settled.delete(path);
  }

  readonly #settled = new Map<string, OpenPool>();

  async #opened(path: string, settings?: StoredPoolOptions): Promise<OpenPool> {
    const there = this.#open.get(path);
    if (there !== undefined) return await there;
    const opening = this.#openAnew(path, settings);
    if (this.#open.size >= POOLS_MAX) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.forget(oldest);
    }
    this.#open.set(path, opening);
    try {
      const opened = await opening;
      this.#settled.set(path, opened);
      return opened;
    } catch (error) {
      this.#open.delete(path);
      throw error;
    }
  }

  async #openAnew(path: string, settings?: StoredPoolOptions): Promise<OpenPool> {
    const own = settings && (await this.#store.find(path)) === undefined ? settings : undefined;
    const first = await this.#store.pool(path, own);
    const names = path.split("/");
    const above = names.slice(1).map((_name, at) => names.slice(0, names.length - 1 - at));
    const others = above.map((each) => this.#store.pool(each.join("/")));
    const levels = [first, ...(await Promise.all(others))];
    const pool = this.#isSliced ? await this.#store.pool(path, { slices: true }) : first;
    const entry: OpenPool = { pool, levels, figures: undefined, askedAt: -Infinity };
    const { isCapped } = await this.#refresh(entry);
    if (!isCapped && !this.#allowsUncapped)
      throw new CannotMeter(
        "budget_missing",
        `the pool "${path}" has no cap, and no pool above it has one; set one with token-budget set or token-budget template`,
      );
    return entry;
  }

  async #refresh(entry: OpenPool): Promise<BudgetFigures> {
    entry.askedAt = performance.now();
    try {
      // Requested together, they go to the store in one batch.
      const snapshots = await Promise.all(entry.levels.map((pool) => pool.snapshot()));
      return (entry.figures = budgetFiguresOf(snapshots));
    } catch (error) {
      if (PoolGone.is(error)) this.forget(entry.levels[0]?.path ?? "");
      else if (!StoreUnavailable.is(error)) entry.figures = undefined;
      throw error;
    }
  }
}
