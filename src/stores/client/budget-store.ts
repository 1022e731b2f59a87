/// <reference lib="esnext.disposable" preserve="true" />

import { BudgetError } from "../../core/errors.ts";
import { readOptions } from "../../core/read-options.ts";
import { systemClock } from "../../pool/system-clock.ts";
import { ASYNC_DISPOSE } from "./async-dispose.ts";
import { StoreClosed, StoreUnavailable } from "../contract/errors.ts";
import { archiveTree, readBefore } from "./archive.ts";
import type { ArchiveWriter } from "./archive.ts";
import type { Accountable } from "../contract/attribution.ts";
import { deletePools } from "./delete-pools.ts";
import { inTime } from "./in-time.ts";
import { openPool } from "./open-pool.ts";
import { pathsLike } from "./paths-like.ts";
import { refusalsIn } from "./read-refusals.ts";
import { StoredDocuments } from "./stored-documents.ts";
import type { Documents } from "../contract/documents.ts";
import { isBelow, readPath, rootPath } from "../contract/path.ts";
import { placedIn, readPageOptions } from "../contract/pool-page.ts";
import type { PageOptions, PoolPage } from "../contract/pool-page.ts";
import type { StoredSnapshot } from "../contract/pool-figures.ts";
import { readRefusalsOptions } from "../contract/refusals.ts";
import type { Refusals, RefusalsOptions } from "../contract/refusals.ts";
import type { Store } from "../contract/store.ts";
import { EventStream } from "../events/event-stream.ts";
import { readEventsOptions } from "../events/event-options.ts";
import type { EventsOptions } from "../events/event-options.ts";
import { readSliceOptions } from "../slices/slice-options.ts";
import type { SliceOptions } from "../slices/slice-options.ts";
import { SlicedBudgetPool } from "../slices/sliced-pool.ts";
import { snapshotsOf } from "./snapshots.ts";
import { StoredBudgetPool } from "./stored-budget-pool.ts";
import { readAccount } from "./stored-requests.ts";
import type { StoredPoolOptions } from "./stored-requests.ts";
import { STORE_OPTIONS } from "./store-options.ts";
import type { BudgetStoreOptions } from "./store-options.ts";
import { StoredTree } from "./stored-tree.ts";
import type { TreeOptions } from "./stored-tree.ts";
import { readTemplate, templatesView } from "../contract/templates.ts";
import type { Template, TemplateOptions } from "../contract/templates.ts";

const LEASE_MS_DEFAULT = 60_000;
/** How many pools one batch requests. */
const POOLS_AT_ONCE = 1000;

/**
 * A place where budgets are kept for many processes, and the way to open its pools.
 *
 * `sqliteStore`, `redisStore` and `postgresStore` return one; for a `Store` of your own, use this
 * constructor.
 */
export class BudgetStore {
  readonly #store: Store;
  readonly #options: TreeOptions;
  readonly #trees = new Map<string, StoredTree>();
  readonly #streams = new Set<EventStream>();
  #closing: Promise<void> | undefined;

  /** Closes the store. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  static {
    Object.defineProperty(this.prototype, ASYNC_DISPOSE, {
      value(this: BudgetStore): Promise<void> {
        return this.close();
      },
    });
  }

  /**
   * Opens the pools of a store.
   * @throws {TypeError | RangeError} if an option is invalid.
   */
  constructor(store: Store, options: BudgetStoreOptions = {}) {
    this.#store = store;
    const { clock = systemClock, ...read } = readOptions(options, STORE_OPTIONS);
    this.#options = { ...read, clock };
  }

  /**
   * Returns the pool of that path, such as `"acme/search"`, which the first call of any process
   * creates, together with the pools above it (which get no caps). Opening it again without
   * options, or with the same ones, returns the same pool, with its usage and holds. With `slices`,
   * this process takes a part of its room and decides there locally.
   *
   * @throws {ConfigInvalid} `CONFIG_INVALID` if it exists with other settings; the error shows
   * both, and `configure` changes them.
   * @throws {TypeError | RangeError} if the path or an option is invalid.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   */
  async pool(
    path: string,
    options: StoredPoolOptions & { readonly slices: true | SliceOptions },
  ): Promise<SlicedBudgetPool>;
  async pool(path: string, options?: StoredPoolOptions): Promise<StoredBudgetPool>;
  async pool(
    path: string,
    options?: StoredPoolOptions & { readonly slices?: true | SliceOptions },
  ): Promise<StoredBudgetPool | SlicedBudgetPool> {
    const tree = this.#treeOf(readPath(path));
    const { slices, ...own } = options ?? {};
    if (slices === undefined)
      return new StoredBudgetPool(await openPool(tree, path, LEASE_MS_DEFAULT, options));
    const read = readSliceOptions(slices);
    const given = Object.keys(own).length === 0 ? undefined : own;
    const place = await openPool(tree, path, LEASE_MS_DEFAULT, given);
    return new SlicedBudgetPool(tree, new StoredBudgetPool(place), read);
  }

  /**
   * Returns the existing pool of that path, or undefined if the store has none; it creates nothing.
   *
   * @throws {TypeError | RangeError} if the path is invalid.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   */
  async find(path: string): Promise<StoredBudgetPool | undefined> {
    const command = { kind: "snapshot", path: readPath(path) } as const;
    const outcome = await this.#treeOf(path).ask(command);
    return outcome.kind === "gone" ? undefined : this.pool(path);
  }

  /**
   * Deletes the pool of that path and those below it, if they exist. Their usage stays in the pools
   * above, and in the ledger. A pool opened later under that path starts empty.
   *
   * @throws {PoolInUse} `POOL_IN_USE` if it or a pool below it has open reservations.
   * @throws {TypeError | RangeError} if the path, actor or reason is invalid.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time; some of
   * the pools below may be deleted then.
   *
   * @example
   * const store = new BudgetStore(new MemoryStore());
   * await (await store.pool("acme/run-42")).record({ usd: 1 });
   * await store.delete("acme/run-42", { actor: "ops" });
   * console.log((await (await store.pool("acme")).snapshot()).used.usd); // 1
   */
  async delete(path: string, options: Accountable = {}): Promise<void> {
    const tree = this.#treeOf(readPath(path));
    const { about } = readAccount(options);
    await deletePools(tree, await this.#store.paths(), path, about);
  }

  /**
   * Moves ledger entries of a root pool and the pools below it that are older than a time. `write`
   * receives them, oldest first, up to 1,000 at a time, and the store deletes them once it
   * resolves. If the process dies in between, they are passed to `write` again. Changes
   * (`pool.changes`) and sums stay in the store. Returns how many entries were moved.
   *
   * @throws {TypeError | RangeError} if the path or time is invalid, if the time is less than 24
   * hours ago, or if the store cannot delete entries.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   */
  async archive(root: string, before: number | Date, write: ArchiveWriter): Promise<number> {
    if (this.#closing !== undefined) throw new StoreClosed();
    const beforeMs = readBefore(before, this.#options.clock);
    return await archiveTree(this.#store, rootPath(readPath(root)), beforeMs, write);
  }

  /**
   * Sets the template of pools whose path matches `pattern`, such as `"users/*"`, where `*` stands
   * for any one name. A matching pool that is opened without settings is created with those of the
   * template, so it has its caps from its first call on, whichever process opens it. If several
   * patterns match, a name takes precedence over a `*`, from the root on. `null` deletes the
   * template; existing pools do not change.
   *
   * @throws {TypeError | RangeError} if the pattern or an option is invalid, or if the store does
   * not support templates.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   *
   * @example
   * const store = new BudgetStore(new MemoryStore());
   * await store.template("users/*", { caps: { usd: 5 }, window: "day" });
   * const ada = await store.pool("users/ada");
   * console.log((await ada.snapshot()).caps.usd); // 5
   */
  async template(pattern: string, options: TemplateOptions | null): Promise<void> {
    if (this.#closing !== undefined) throw new StoreClosed();
    const text =
      options === null ? undefined : readTemplate(pattern, options, this.#options.clock).text;
    const path = readPath(pattern);
    if (this.#store.setTemplate === undefined)
      throw new TypeError("This store keeps no templates; it has no `setTemplate`");
    try {
      await this.#store.setTemplate(path, text);
    } catch (error) {
      throw error instanceof BudgetError ? error : new StoreUnavailable(path, 0, error);
    }
  }

  /**
   * Returns all templates, in the order of their patterns.
   *
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   */
  async templates(): Promise<readonly Template[]> {
    if (this.#closing !== undefined) throw new StoreClosed();
    try {
      return templatesView((await this.#store.templates?.()) ?? []);
    } catch (error) {
      throw error instanceof BudgetError ? error : new StoreUnavailable("", 0, error);
    }
  }

  /**
   * Returns a snapshot of every pool in the store, in the order of their paths. Each tree is read
   * at one instant, different trees at different ones.
   */
  async pools(): Promise<readonly StoredSnapshot[]> {
    if (this.#closing !== undefined) throw new StoreClosed();
    const paths = [...(await this.#store.paths())].toSorted();
    const snapshots: StoredSnapshot[] = [];
    for (let first = 0; first < paths.length; first += POOLS_AT_ONCE) {
      const some = paths.slice(first, first + POOLS_AT_ONCE);
      // All at once, the last would wait longer than they may.
      // oxlint-disable-next-line no-await-in-loop -- see above
      for (const snapshot of await this.#snapshotsOf(some)) snapshots.push(snapshot);
    }
    return snapshots;
  }

  /**
   * Returns the pools of the store page by page, reading only the requested page.
   *
   * @throws {TypeError | RangeError} if an option is unknown or invalid.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   *
   * @example
   * const store = new BudgetStore(new MemoryStore());
   * for (let after: string | undefined; ; ) {
   *   const { pools, next } = await store.page({ by: "usd", after });
   *   for (const { path, used } of pools) console.log(path, used.usd);
   *   if (next === undefined) break;
   *   after = next;
   * }
   */
  async page(options: PageOptions = {}): Promise<PoolPage> {
    if (this.#closing !== undefined) throw new StoreClosed();
    const query = readPageOptions(options);
    const { by, below, limit } = query;
    const placed =
      (await this.#store.pathsAfter?.(query)) ??
      placedIn(
        (await this.pools()).filter(({ path }) => below === undefined || isBelow(path, below)),
        query,
      );
    const snapshots = await this.#snapshotsOf(placed.map(({ path }) => path));
    return {
      pools:
        by === "path"
          ? snapshots
          : snapshots.toSorted((one, other) => other.used.usd - one.used.usd),
      next: placed.length < limit ? undefined : placed.at(-1)?.place,
    };
  }

  /**
   * Returns the recent refusals in the pool of that path and the pools below it, or in all pools:
   * the last refusals whole, and how many there were in each minute. A store keeps the last 1,000
   * refusals of a tree, and counts of the last 24 hours. Other processes write theirs within a
   * second; what a process was refused just before it was killed may be missing.
   *
   * @throws {TypeError | RangeError} if the path or an option is invalid.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   *
   * @example
   * const store = new BudgetStore(new MemoryStore());
   * const pool = await store.pool("acme", { caps: { usd: 1 } });
   * await pool.tryRecord({ usd: 2 });
   * const { last, counts } = await store.refusals("acme");
   * console.log(last[0]?.reason, counts[0]?.count); // never 1
   */
  async refusals(path?: string, options: RefusalsOptions = {}): Promise<Refusals> {
    if (this.#closing !== undefined) throw new StoreClosed();
    const read = readRefusalsOptions(options);
    const below = path === undefined ? undefined : readPath(path);
    const ownTrees = Array.from(this.#trees.values(), (tree) => tree.flushRefusals());
    try {
      await Promise.all(ownTrees);
      return await refusalsIn(this.#store, below, read);
    } catch (error) {
      throw error instanceof BudgetError ? error : new StoreUnavailable(path ?? "", 0, error);
    }
  }

  /**
   * Returns what happens to the pools of the store from now on, in all processes: thresholds
   * crossed, settings changed, pools frozen, thawed, reset and deleted, and the first refusal in a
   * window for each reason. Each event is delivered at least once to one of the processes that use
   * the same `consumer`, even if the process that caused it, or one that was handling it, has died:
   * the store keeps the position of each consumer. Events are read from the ledger, so that no
   * booking waits for them; keep entries for longer than a consumer may be away.
   *
   * @throws {TypeError | RangeError} if an option is invalid, or if the store does not support
   * events.
   *
   * @example
   * const store = new BudgetStore(new MemoryStore());
   * const pool = await store.pool("acme", { caps: { usd: 10 } });
   * const events = store.events({ consumer: "alerts", thresholds: [0.8], pollMs: 10 });
   * setTimeout(() => void pool.record({ usd: 9 }), 50);
   * for await (const event of events) {
   *   console.log(event.kind, event.pool); // threshold acme
   *   await events.ack();
   *   break;
   * }
   */
  events(options: EventsOptions): EventStream {
    if (this.#closing !== undefined) throw new StoreClosed();
    const read = readEventsOptions(options);
    const stream = new EventStream(this.#store, this.#options.clock, read, () =>
      this.#streams.delete(stream),
    );
    this.#streams.add(stream);
    return stream;
  }

  #snapshotsOf(paths: readonly string[]): Promise<readonly StoredSnapshot[]> {
    return snapshotsOf(this.#store, this.#options.timeoutMs, paths);
  }

  /**
   * Finishes the pending requests, ends every wait, stops renewing leases, and closes what this
   * store opened itself; a client or database that you passed stays open. Open reservations are
   * held until their leases expire.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** @internal Returns snapshots of the existing pools of those paths, in order. */
  async snapshots(paths: readonly string[]): Promise<readonly StoredSnapshot[]> {
    if (this.#closing !== undefined) throw new StoreClosed();
    return paths.length === 0 ? [] : await this.#snapshotsOf(paths);
  }

  /** @internal Returns the paths below a pool that start with a text, in order. */
  async pathsLike(below: string, beginning: string): Promise<readonly string[]> {
    if (this.#closing !== undefined) throw new StoreClosed();
    try {
      const found = pathsLike(this.#store, below, beginning);
      return await inTime(found, this.#options.timeoutMs);
    } catch (error) {
      throw error instanceof BudgetError ? error : new StoreUnavailable(below, 0, error);
    }
  }

  /**
   * @internal Documents next to the books.
   * @throws {TypeError} if the store does not support them.
   */
  get documents(): Documents {
    if (this.#closing !== undefined) throw new StoreClosed();
    const { documents } = this.#store;
    if (documents === undefined)
      throw new TypeError(
        "A gateway needs a store that keeps documents; this store has no `documents`",
      );
    return new StoredDocuments(documents, this.#options.timeoutMs);
  }

  /** @internal Returns a store over the same place, reached through what `wrap` returns. */
  through(wrap: (store: Store) => Store): BudgetStore {
    return new BudgetStore(wrap(this.#store), this.#options);
  }

  /** @internal Resolves once no request is pending. */
  async idle(): Promise<void> {
    await Promise.all([...this.#trees.values()].map((tree) => tree.idle()));
  }

  async #close(): Promise<void> {
    await Promise.all(Array.from(this.#streams, (stream) => stream.close()));
    await Promise.all([...this.#trees.values()].map((tree) => tree.close()));
    await this.#store.close();
  }

  #treeOf(path: string): StoredTree {
    if (this.#closing !== undefined) throw new StoreClosed();
    const root = rootPath(path);
    let tree = this.#trees.get(root);
    if (tree === undefined) {
      tree = new StoredTree(this.#store, root, this.#options);
      this.#trees.set(root, tree);
    }
    return tree;
  }
}
