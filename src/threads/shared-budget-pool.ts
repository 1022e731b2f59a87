import { ConfigInvalid } from "../core/errors.ts";
import { readName } from "../core/name.ts";
import { BudgetPool } from "../pool/budget-pool.ts";
import { readRootSettings } from "../pool/options.ts";
import type { ChildPoolOptions } from "../pool/options.ts";
import { systemClock } from "../pool/system-clock.ts";
import { HandleInvalid } from "./errors.ts";
import { keep, keptTree, letGo, thisThread, watchWorker } from "./keeper.ts";
import type { WatchableWorker } from "./keeper.ts";
import { checkSettingsFit } from "./pool-cells.ts";
import { createBuffer, openBuffer } from "./shared-buffer.ts";
import type { SharedBudgetHandle, SharedBuffer } from "./shared-buffer.ts";
import { readAttachOptions, readSharedOptions } from "./shared-options.ts";
import type { AttachOptions, SharedBudgetPoolOptions } from "./shared-options.ts";
import { SharedPoolNode } from "./shared-pool-node.ts";
import type { PoolTree } from "./shared-pool-node.ts";
import { SharedTree } from "./shared-tree.ts";
import { ThreadRows } from "./thread-rows.ts";
import type { Clock } from "../core/clock.ts";

/**
 * A budget in shared memory, for the tasks of all threads of a process: every thread sees the same
 * books, and can use them synchronously at any time.
 *
 * It is a `BudgetPool` in every respect. A reservation belongs to the thread that made it, and is
 * released when that thread ends.
 *
 * @example
 * const pool = SharedBudgetPool.create({ caps: { usd: 10 } });
 * const handle = structuredClone(pool.handle); // as `workerData` and postMessage() do
 * const inAnotherThread = SharedBudgetPool.attach(handle);
 * inAnotherThread.record({ usd: 0.25 });
 * pool.snapshot().remaining; // => { usd: 9.75 }
 */
export class SharedBudgetPool extends BudgetPool {
  readonly #node: SharedPoolNode;

  private constructor(node: SharedPoolNode) {
    if (!(node instanceof SharedPoolNode)) {
      throw new TypeError(
        "Create a shared pool with SharedBudgetPool.create(options), or get one with SharedBudgetPool.attach(handle)",
      );
    }
    super(node);
    this.#node = node;
  }

  /**
   * Creates a budget in a buffer of its own, with nothing used. From now on, workers that this
   * thread starts (`node:worker_threads`) are watched.
   *
   * @throws {TypeError | RangeError} if an option is invalid, or if the memory for that capacity is
   * not available.
   */
  static create(options: SharedBudgetPoolOptions = {}): SharedBudgetPool {
    const { poolOptions, capacity, leaseMs, slicesAfter } = readSharedOptions(options);
    const settings = readRootSettings(poolOptions);
    checkSettingsFit(settings);
    const { name = "budget", clock = systemClock, onThreshold } = poolOptions;
    readName(name);
    const tree = joinTree(createBuffer(capacity, leaseMs, slicesAfter), clock);
    tree.makeRoot(name, settings);
    const pool = new SharedBudgetPool(tree.root);
    if (onThreshold !== undefined) tree.root.listen(onThreshold);
    return pool;
  }

  /**
   * Returns the pool of a handle, in this thread. Attaching again returns a handle to the same pool
   * and uses no extra slot.
   *
   * @throws {TypeError} if `handle` is not a handle.
   * @throws {HandleInvalid} `HANDLE_INVALID` if its buffer holds no budget, or one of another
   * version of this package.
   * @throws {ConfigInvalid} `CONFIG_INVALID` if this thread attached with another clock before.
   * @throws {ThreadsFull} `THREADS_FULL` if no more threads fit.
   */
  static attach(handle: SharedBudgetHandle, options: AttachOptions = {}): SharedBudgetPool {
    readAttachOptions(options);
    const shared = openBuffer(handle);
    const known = keptTree(shared.id);
    const tree = known ?? joinTree(shared, options.clock ?? systemClock);
    const node = tree.find(handle.place, handle.born);
    if (node === undefined) {
      if (known === undefined) closeTree(tree);
      throw new HandleInvalid(
        "The pool of the handle was removed with forgetChild(), and its slot now belongs to another pool",
      );
    }
    if (options.clock !== undefined && options.clock !== tree.clock) {
      throw new ConfigInvalid(
        node.state.path,
        "This thread is already attached to the budget with another `clock`; pass the clock where the thread attaches first",
      );
    }
    if (options.onThreshold !== undefined) node.listen(options.onThreshold);
    return new SharedBudgetPool(node);
  }

  /**
   * The handle for another thread: a plain object for `workerData` or `postMessage`. It gives
   * access to this pool; the pools above it are used only through requests on this one.
   */
  get handle(): SharedBudgetHandle {
    const { place, born, tree } = this.#node;
    return { kind: "token-budget/threads", buffer: tree.shared.buffer, place, born };
  }

  /**
   * The number of operations, in all threads, that had changed the budget when this thread last
   * looked. After a call that changed something, it is the number of that operation; after a
   * refused or read-only call, that of the operation whose result it saw. Sorting the calls of all
   * threads by it gives the order in which they happened, unless a thread uses a slice, where calls
   * have no number of their own (`slicesAfter: 0` avoids that).
   */
  get operations(): number {
    return this.#node.tree.operations;
  }

  override child(name: string, options?: ChildPoolOptions): SharedBudgetPool {
    const node = this.childNode(name, options);
    if (node instanceof SharedPoolNode) return new SharedBudgetPool(node);
    throw new Error("unreachable: the child of a shared pool is one too");
  }

  /**
   * Frees what a worker's thread still holds as soon as the worker exits, for whatever reason.
   * Workers that this thread starts after `create` or `attach` are watched automatically; use this
   * for those started before. Returns the pool.
   */
  watch(worker: WatchableWorker): this {
    watchWorker(worker);
    return this;
  }

  /**
   * Detaches this thread from the budget, with all its pools: their open holds are released, the
   * thread's slot is freed, and its pools can no longer be used. First settle what is to be booked:
   * a later commit throws `PoolGone`. A thread that ends detaches by itself.
   */
  close(): void {
    closeTree(this.#node.tree);
  }
}

function closeTree(tree: PoolTree): void {
  if (tree.closedBecause !== undefined) return;
  tree.leave("was closed in this thread; to use it again, attach its handle");
  letGo(tree);
}

function joinTree(shared: SharedBuffer, clock: Clock): SharedTree {
  const rows = new ThreadRows(shared);
  const owner = rows.take(thisThread);
  const tree = new SharedTree(shared, rows, owner, clock);
  keep(tree, () => new SharedTree(shared, rows, owner, clock).leave("was dropped"));
  return tree;
}
