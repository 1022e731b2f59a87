import { Worker } from "node:worker_threads";

import { afterEach, describe, expect, it } from "vitest";

import type { BudgetSnapshot } from "../../src/index.ts";
import { SharedBudgetPool } from "../../src/threads/index.ts";
import { newSeed } from "./support/random.ts";
import { wholeOf } from "./support/torture-log.ts";
import { replay } from "./support/torture-replay.ts";
import { openGate, poolsOf, SharedClock, TortureThread } from "./support/torture-thread.ts";
import { SHARED, tortureTrees } from "./support/torture-tree.ts";
import type { TortureOrders, TortureTree } from "./support/torture-tree.ts";

const LOOKS_MAX = 4000;

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

/** A tree in shared memory, and the threads that are about to torture it. */
class Torture {
  readonly tree: TortureTree;
  readonly orders: TortureOrders;
  readonly root: SharedBudgetPool;
  readonly pools: readonly SharedBudgetPool[];
  readonly observer: TortureThread;
  readonly #shared: Int32Array;

  constructor(name: TortureOrders["tree"], threads: number, calls: number, seed: number) {
    this.tree = tortureTrees[name];
    const shared = new SharedArrayBuffer(SHARED.words * 4);
    this.#shared = new Int32Array(shared);
    this.orders = { tree: name, seed, calls, threads, shared };
    const clock = new SharedClock(this.#shared);
    const capacity = { threads: threads + 1, pools: this.tree.pools.length, reservations: 128 };
    const settings = this.tree.pools.map(settingsOf);
    this.root = SharedBudgetPool.create({
      ...settings[0],
      name: "root",
      clock,
      capacity,
      // What is done in a slice has no number to sort it by.
      slicesAfter: 0,
    });
    const made: SharedBudgetPool[] = [this.root];
    for (const [index, { name: child, below }] of this.tree.pools.entries()) {
      if (index > 0) made.push((made[below] ?? this.root).child(child, settings[index]));
    }
    this.pools = poolsOf(this.root, this.tree);
    this.observer = new TortureThread(this.root, clock, {
      ...this.orders,
      calls: (LOOKS_MAX + 1) * this.tree.pools.length,
    });
  }

  /** Starts a thread. */
  start(thread: number): Worker {
    const { handle } = this.root;
    const orders = { ...this.orders, seed: this.orders.seed + thread };
    const worker = new Worker(new URL("torture-worker.ts", import.meta.url), {
      workerData: { handle, orders },
    });
    workers.push(worker);
    return worker;
  }

  /** Lets the threads end, with what they still hold. */
  end(): void {
    openGate(this.#shared, SHARED.end);
  }

  /** Looks at all pools, children first, and checks what must hold of any snapshot. */
  look(): void {
    for (let pool = this.tree.pools.length - 1; pool >= 0; pool--) this.observer.look(pool);
    if (this.tree.lenient) return;
    const before = this.pools.map((pool) => pool.snapshot());
    for (const snapshot of before) expectWithinCaps(snapshot);
    const after = this.pools
      .toReversed()
      .map((pool) => pool.snapshot())
      .toReversed();
    this.#expectConserved(before, after);
  }

  /**
   * Only leaves are asked, and used never falls: what a parent has used is at most what its
   * children have used a moment later, and at least what they had used a moment before.
   */
  #expectConserved(before: readonly BudgetSnapshot[], after: readonly BudgetSnapshot[]): void {
    for (const [parent, { name }] of this.tree.pools.entries()) {
      const below = this.tree.pools.flatMap((pool, index) =>
        pool.below === parent ? [index] : [],
      );
      if (below.length === 0) continue;
      const sumOf = (snapshots: readonly BudgetSnapshot[], axis: number): number =>
        below.reduce((sum, index) => sum + (wholeOf(snapshots[index]!.used)[axis] ?? 0), 0);
      const early = wholeOf(before[parent]!.used);
      const late = wholeOf(after[parent]!.used);
      for (let axis = 0; axis < 5; axis++) {
        // `before` was taken parents first, `after` children first.
        expect(early[axis], `${name} against its children`).toBeLessThanOrEqual(sumOf(after, axis));
        expect(late[axis], `${name} against its children`).toBeGreaterThanOrEqual(
          sumOf(before, axis),
        );
      }
    }
  }
}

function settingsOf({ caps, overage, everyMs }: TortureTree["pools"][number]): object {
  const { nanoUsd, ...counts } = caps;
  return {
    caps: { ...counts, ...(nanoUsd !== undefined && { usd: nanoUsd / 1e9 }) },
    ...(overage !== undefined && { overage }),
    ...(everyMs !== undefined && { window: { everyMs } }),
  };
}

function expectWithinCaps({ path, caps, used, reserved, remaining }: BudgetSnapshot): void {
  for (const axis of ["tokens", "inputTokens", "outputTokens", "usd", "calls"] as const) {
    expect(used[axis], `used ${axis} of ${path}`).toBeGreaterThanOrEqual(0);
    expect(reserved[axis], `reserved ${axis} of ${path}`).toBeGreaterThanOrEqual(0);
    if (caps[axis] === undefined) continue;
    expect(remaining[axis], `remaining ${axis} of ${path}`).toBeGreaterThanOrEqual(0);
    expect(remaining[axis]).toBeCloseTo(caps[axis] - used[axis] - reserved[axis], 9);
  }
}

/** What a thread has written down. */
async function logOf(worker: Worker): Promise<Int32Array> {
  return await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function exitOf(worker: Worker): Promise<void> {
  await new Promise((resolve) => worker.once("exit", resolve));
}

/** Tortures a tree, and answers how many calls came to what. */
async function run(torture: Torture): Promise<Map<string, number>> {
  const { threads } = torture.orders;
  const started = Array.from({ length: threads }, (_, thread) => torture.start(thread));
  const exits = started.map(exitOf);
  const allLogs = Promise.all(started.map(logOf));
  const state = { working: true };
  void allLogs.finally(() => (state.working = false));
  for (let look = 0; state.working && look < LOOKS_MAX; look++) {
    torture.look();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const logs = await allLogs;
  // The last snapshots are compared like all others: these are the totals at the end.
  torture.look();
  const counts = replay(torture.tree, [...logs, torture.observer.log.finish()]);
  const before = torture.pools.map((pool) => pool.snapshot());
  torture.end();
  await Promise.all(exits);
  for (const [index, pool] of torture.pools.entries()) {
    const { used, reserved, openReservations } = pool.snapshot();
    expect(used).toEqual(before[index]?.used);
    expect([wholeOf(reserved), openReservations]).toEqual([[0, 0, 0, 0, 0], 0]);
  }
  torture.root.close();
  return counts;
}

const outcomes =
  "R1–R9, R14 give the outcomes and books of the reference model, in one order for all";
const bounds = "R2, R4, R8 pass no cap without overage, and parents use what their children use";

describe.each([
  [4, 50_000],
  [16, 12_500],
])("%i threads at once, %i calls each", (threads, calls) => {
  it.each([
    [outcomes, "lenient" as const],
    [bounds, "strict" as const],
  ])("%s", { timeout: 600_000 }, async (_, tree) => {
    const seed = newSeed();
    try {
      const counts = await run(new Torture(tree, threads, calls, seed));
      const made = [...counts.values()].reduce((sum, count) => sum + count, 0);
      expect(made).toBeGreaterThanOrEqual(threads * calls);
    } catch (cause) {
      throw new Error(`SEED=${seed}: ${cause instanceof Error ? cause.message : ""}`, { cause });
    }
  });
});
