// The background work of a thread for its budgets: it shows that the thread is alive, frees the
// holds of threads that have ended, and reports when workers that it started end.

import { describe } from "../core/describe.ts";
import { ROW } from "./layout.ts";
import type { PoolTree } from "./shared-pool-node.ts";
import type { SharedTree } from "./shared-tree.ts";
import { sweep } from "./sweep.ts";
import { threadRowOf } from "./thread-rows.ts";
import type { Owner } from "./thread-rows.ts";

/** The part of Node.js's `Worker` that this package uses. */
export interface WatchableWorker {
  readonly threadId: number;
  prependOnceListener(event: "exit", listener: () => void): unknown;
}

interface NodeProcess {
  getBuiltinModule?(name: "node:worker_threads"): { isMainThread: boolean; threadId: number };
  on?(event: "worker", listener: (worker: WatchableWorker) => void): unknown;
  on?(event: "exit", listener: () => void): unknown;
}

declare function setInterval(callback: () => void, everyMs: number): { unref?(): void };
declare function clearInterval(timer: unknown): void;
declare const performance: { now(): number };

const nodeProcess: NodeProcess | undefined = Reflect.get(globalThis, "process");
const workerThreads = nodeProcess?.getBuiltinModule?.("node:worker_threads");

/**
 * How late a heartbeat may be before other threads check; a quarter of the lease if that is
 * shorter.
 */
const BEAT_MS_MAX = 500;

/** Since when another thread has shown no heartbeat, by this thread's clock. */
interface Seen {
  readonly beat: number;
  readonly atMs: number;
}

interface Kept {
  readonly tree: WeakRef<SharedTree>;
  readonly seen: Map<Owner, Seen>;
  readonly timer: { unref?(): void };
}

/** The trees of this thread, by the ids of their buffers. */
const keptTrees = new Map<string, Kept>();
/** Workers whose end this thread will see, by thread number. */
const watchedThreads = new Set<number>();
/** Takes over a tree that was garbage-collected without being closed. */
const dropped = new FinalizationRegistry<() => void>((close) => close());
let hooked = false;

/**
 * The number of this thread in the rows: that of Node.js plus one, or a made-up one below zero
 * elsewhere.
 */
export const thisThread: number =
  workerThreads === undefined ? -Math.ceil(Math.random() * 2 ** 31) : workerThreads.threadId + 1;

/** Returns the tree of a buffer to which this thread is already attached. */
export function keptTree(id: string): SharedTree | undefined {
  return keptTrees.get(id)?.tree.deref();
}

/**
 * Keeps a tree of this thread; `closeDropped` frees what is left of it once nothing references it.
 */
export function keep(tree: SharedTree, closeDropped: () => void): void {
  hookProcess();
  const { rows, row, owner, shared } = tree;
  // The main thread ends with the process, and so do all others.
  if (workerThreads?.isMainThread === true) rows.set(row, ROW.watcher, owner);
  const { id } = shared;
  const timer = setInterval(() => tick(id), Math.min(BEAT_MS_MAX, shared.leaseMs / 4));
  timer.unref?.();
  keptTrees.set(id, { tree: new WeakRef(tree), seen: new Map(), timer });
  dropped.register(
    tree,
    () => {
      clearInterval(timer);
      if (keptTrees.get(id)?.timer === timer) keptTrees.delete(id);
      closeDropped();
    },
    tree,
  );
}

/** Drops a closed tree. */
export function letGo(tree: PoolTree): void {
  const { id } = tree.shared;
  clearInterval(keptTrees.get(id)?.timer);
  keptTrees.delete(id);
  dropped.unregister(tree);
}

/** Frees what a worker's thread holds as soon as the worker has exited, in every tree kept here. */
export function watchWorker(worker: WatchableWorker): void {
  if (typeof worker?.threadId !== "number" || typeof worker.prependOnceListener !== "function") {
    throw new TypeError(
      `Expected \`worker\` to be a Worker of node:worker_threads, got ${describe(worker)}`,
    );
  }
  const { threadId } = worker;
  if (watchedThreads.has(threadId) || threadId < 0) return;
  watchedThreads.add(threadId);
  // First of all listeners, so that the others see the books without the worker's holds.
  worker.prependOnceListener("exit", () => {
    watchedThreads.delete(threadId);
    for (const { tree } of keptTrees.values()) {
      const kept = tree.deref();
      if (kept !== undefined) sweepThread(kept, threadId);
    }
  });
}

function sweepThread(tree: SharedTree, threadId: number): void {
  const { rows } = tree;
  for (let row = 0; row < rows.count; row++) {
    if (rows.get(row, ROW.thread) !== threadId + 1) continue;
    const owner = rows.ownerOf(row);
    if (owner === 0) rows.free(row);
    else if (owner !== tree.owner) sweep(tree, owner, true);
  }
}

function hookProcess(): void {
  if (hooked) return;
  hooked = true;
  nodeProcess?.on?.("worker", (worker) => watchWorker(worker));
  // A thread that ends cannot settle its holds any longer.
  if (workerThreads?.isMainThread === false) {
    nodeProcess?.on?.("exit", () => {
      for (const { tree } of keptTrees.values())
        tree.deref()?.leave("is of a thread that has ended");
    });
  }
}

function tick(id: string): void {
  const kept = keptTrees.get(id);
  const tree = kept?.tree.deref();
  if (kept === undefined || tree === undefined) return;
  const { rows } = tree;
  rows.add(tree.row, ROW.beat);
  for (let row = 0; row < rows.count; row++) {
    const owner = rows.ownerOf(row);
    if (owner === 0 || owner === tree.owner) continue;
    if (watchedThreads.has(rows.get(row, ROW.thread) - 1)) {
      rows.set(row, ROW.watcher, tree.owner);
      if (rows.ownerOf(row) !== owner) rows.set(row, ROW.watcher, 0);
    }
    if (!rows.has(rows.get(row, ROW.watcher))) freeIfExpired(tree, kept.seen, owner);
  }
}

function freeIfExpired(tree: SharedTree, seen: Map<Owner, Seen>, owner: Owner): void {
  const beat = tree.rows.get(threadRowOf(owner), ROW.beat);
  const before = seen.get(owner);
  const nowMs = performance.now();
  if (before?.beat !== beat) {
    seen.set(owner, { beat, atMs: nowMs });
  } else if (nowMs - before.atMs > tree.shared.leaseMs) {
    // The thread may be alive after all, so it keeps its row and indexes. Until it continues, it
    // holds nothing else.
    seen.set(owner, { beat, atMs: Number.POSITIVE_INFINITY });
    sweep(tree, owner, false);
  }
}
