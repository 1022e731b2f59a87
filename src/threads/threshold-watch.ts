// Thresholds across threads. Each thread tracks which ones used has reached. The thread whose step
// crosses one wakes those with listeners, and each notifies its own.

import { crossThresholds } from "../core/thresholds.ts";
import { ROW } from "./layout.ts";
import type { PoolTree, SharedPoolNode } from "./shared-pool-node.ts";

/** The listeners of one thread. */
export class ThresholdWatch {
  readonly #tree: PoolTree;
  readonly #nodes = new Set<SharedPoolNode>();

  constructor(tree: PoolTree) {
    this.#tree = tree;
  }

  /** Whether this thread has a listener. */
  get listening(): boolean {
    return this.#nodes.size > 0;
  }

  /** Adds a listener of this thread. Thresholds reached before are not reported. */
  add(node: SharedPoolNode): void {
    if (this.#nodes.has(node)) return;
    // First of all, so that this thread is woken by every later crossing.
    this.#tree.rows.set(this.#tree.row, ROW.listening, 1);
    do node.begin();
    while (!node.end(false));
    crossThresholds(node.state);
    this.#nodes.add(node);
    this.#tree.wakeUp.update();
  }

  /** Called when this thread has no listener left. */
  clear(): void {
    this.#nodes.clear();
  }

  /**
   * After a step on a pool: reports the thresholds crossed here and above, and wakes other threads.
   */
  tell(node: SharedPoolNode): void {
    if (!this.#tree.directory.watched) return;
    // A changed cap may put thresholds out of reach, so that they are reported again.
    let crossed = node.reconfigured;
    node.reconfigured = false;
    for (const level of node.path) {
      const events = crossThresholds(level.state);
      if (events.length === 0) continue;
      crossed = true;
      level.tell(events);
    }
    if (crossed) this.#wakeOthers();
  }

  /** Reports what other threads have crossed. */
  look(): void {
    for (const node of this.#nodes) {
      try {
        do node.begin();
        while (!node.end(false));
      } catch (error) {
        if (!node.gone) throw error;
        this.#nodes.delete(node);
        continue;
      }
      node.tell(crossThresholds(node.state));
    }
  }

  #wakeOthers(): void {
    const { rows, row } = this.#tree;
    for (let other = 0; other < rows.count; other++) {
      if (other !== row && rows.get(other, ROW.listening) === 1) rows.wake(other);
    }
  }
}
