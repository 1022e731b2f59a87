// The pools that callers draw from, opened with their first call, and their figures for the headers
// of answers. A pool without any cap, on it or above it, is not a budget: nothing is spent from it.

import { CannotMeter } from "../meter/refusals.ts";
import type { MeteredPool } from "../meter/metered-pool.ts";
import type {
  BudgetStore,
  StoredBudgetPool,
  StoredPoolOptions,
  StoredSnapshot,
} from "../stores/index.ts";
import { PoolGone, StoreUnavailable } from "../stores/index.ts";
import { isWithin } from "../api/access.ts";
import { budgetFiguresOf } from "./budget-figures.ts";
import type { BudgetFigures } from "./budget-figures.ts";
import { Taken } from "./taken.ts";
import type { TakenAmount } from "./taken.ts";

const POOLS_MAX = 10_000;
/** How soon the headers of answers reflect the spend of other processes. */
const FIGURES_MS = 1000;

/** A pool, or one above it. */
interface Level {
  readonly pool: StoredBudgetPool;
  readonly taken: Taken;
}

/** A level as the store had it, and what this process had taken by then. */
interface ReadLevel {
  readonly snapshot: StoredSnapshot;
  readonly taken: Taken;
  readonly before: TakenAmount;
}

interface OpenPool {
  readonly pool: MeteredPool;
  readonly levels: readonly Level[];
  read: readonly ReadLevel[] | undefined;
  askedAt: number;
}

/** What one request of a caller takes from its pool, for the headers. */
export interface RequestAccount {
  /** Called when money is reserved for it. */
  held(amount: TakenAmount): void;
  /** Called when that is settled, with the booked amount; undefined for nothing. */
  settled(booked: TakenAmount | undefined): void;
}

/** The pools of a store. */
export class GatewayPools {
  readonly #store: BudgetStore;
  readonly #allowsUncapped: boolean;
  readonly #isSliced: boolean;
  readonly #open = new Map<string, Promise<OpenPool>>();
  readonly #taken = new Map<string, Taken>();

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
   * Returns the figures of a pool for a caller who may see a subtree: up to date for this process,
   * and up to a second old for others; refreshes them in the background.
   */
  figures(path: string, subtree: string): BudgetFigures | undefined {
    const entry = this.#settled.get(path);
    if (entry === undefined) return undefined;
    if (performance.now() - entry.askedAt > FIGURES_MS) this.#refresh(entry).catch(() => undefined);
    return entry.read && figuresFor(entry.read, subtree, true);
  }

  /** Returns the current figures of a pool, for a caller who may see a subtree. */
  async figuresNow(path: string, subtree: string): Promise<BudgetFigures> {
    return figuresFor(await this.#refresh(await this.#opened(path)), subtree, false);
  }

  /**
   * Counts what a request takes from a pool, until newer figures are read. With slices nothing is
   * counted, because a slice is held as a whole.
   */
  account(path: string): RequestAccount {
    const levels = this.#isSliced ? [] : (this.#settled.get(path)?.levels ?? []);
    let open: TakenAmount | undefined;
    return {
      held(amount) {
        open = amount;
        for (const { taken } of levels) taken.add(amount);
      },
      settled(booked) {
        for (const { taken } of levels) {
          if (open !== undefined) taken.remove(open);
          if (booked !== undefined) taken.add(booked);
        }
        open = undefined;
      },
    };
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
    const levels = [first, ...(await Promise.all(others))].map((each) => ({
      pool: each,
      taken: this.#takenOf(each.path),
    }));
    const pool = this.#isSliced ? await this.#store.pool(path, { slices: true }) : first;
    const entry: OpenPool = { pool, levels, read: undefined, askedAt: -Infinity };
    const read = await this.#refresh(entry);
    const isCapped = read.some(({ snapshot }) => Object.keys(snapshot.caps).length > 0);
    if (!isCapped && !this.#allowsUncapped)
      throw new CannotMeter(
        "budget_missing",
        `the pool "${path}" has no cap, and no pool above it has one; set one with token-budget set or token-budget template`,
      );
    return entry;
  }

  async #refresh(entry: OpenPool): Promise<readonly ReadLevel[]> {
    entry.askedAt = performance.now();
    try {
      // Requested together, they go to the store in one batch.
      const reading = entry.levels.map(async ({ pool, taken }) => {
        const before = taken.now();
        return { snapshot: await pool.snapshot(), taken, before };
      });
      return (entry.read = await Promise.all(reading));
    } catch (error) {
      if (PoolGone.is(error)) this.forget(entry.levels[0]?.pool.path ?? "");
      else if (!StoreUnavailable.is(error)) entry.read = undefined;
      throw error;
    }
  }

  /** What this process takes from a pool is counted once for all pools below it. */
  #takenOf(path: string): Taken {
    const there = this.#taken.get(path);
    if (there !== undefined) return there;
    const [oldest] = this.#taken.keys();
    if (this.#taken.size >= POOLS_MAX && oldest !== undefined) this.#taken.delete(oldest);
    const taken = new Taken();
    this.#taken.set(path, taken);
    return taken;
  }
}

function figuresFor(
  read: readonly ReadLevel[],
  subtree: string,
  withTaken: boolean,
): BudgetFigures {
  return budgetFiguresOf(
    read.map(({ snapshot, taken, before }) => ({
      snapshot,
      isShown: isWithin(snapshot.path, subtree),
      ...(withTaken && { taken: taken.since(before) }),
    })),
  );
}
