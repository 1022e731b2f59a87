// Waking a thread: by a notification if the runtime can wait for one without blocking
// (Atomics.waitAsync, ECMA-2024), and by polling in any case, because a thread that ends between
// its step and its notification notifies no one.

import { ROW } from "./layout.ts";
import type { PoolTree } from "./shared-pool-node.ts";

declare function setInterval(callback: () => void, everyMs: number): unknown;
declare function clearInterval(timer: unknown): void;

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { async: true; value: Promise<unknown> } | { async: false };

const waitAsync: WaitAsync | undefined = Reflect.get(Atomics, "waitAsync");
/** How often a waiting thread polls. */
const LOOK_EVERY_MS: number = waitAsync === undefined ? 10 : 100;

/** Lets a thread look when it is woken, as long as it has something to look for. */
export class WakeUp {
  readonly #tree: PoolTree;
  #listening = false;
  #timer: unknown;

  constructor(tree: PoolTree) {
    this.#tree = tree;
  }

  /** Called when there is more or less to look for than before. */
  update(): void {
    const { queue, thresholds } = this.#tree;
    const someoneWaits = queue.someoneHere;
    // The timer keeps the thread alive while it has waiters: only another thread may end the wait.
    if (someoneWaits) this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
    else if (this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    if (someoneWaits || thresholds.listening) this.#listen();
  }

  #listen(): void {
    if (this.#listening || waitAsync === undefined) return;
    const { rows, row, shared } = this.#tree;
    const wait = waitAsync(shared.words, rows.wordOf(row, ROW.wake), rows.get(row, ROW.wake));
    this.#listening = true;
    const woken = wait.async ? wait.value : Promise.resolve();
    void this.#lookOnce(woken);
  }

  async #lookOnce(woken: Promise<unknown>): Promise<void> {
    await woken;
    this.#listening = false;
    if (this.#tree.closedBecause !== undefined) return;
    // Armed before looking, so that a later notification wakes this thread again.
    this.update();
    this.#look();
  }

  #look(): void {
    this.#tree.thresholds.look();
    this.#tree.queue.judgeNow();
  }
}
