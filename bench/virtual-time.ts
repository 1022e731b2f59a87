// Time that passes only when everybody sleeps, so that a simulated hour takes no time and every run goes alike.

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock for a simulation. */
export class VirtualTime {
  #nowMs = 0;
  /** Who sleeps, a binary heap by time of waking. */
  readonly #sleepers: Sleeper[] = [];

  /** The simulated instant, in milliseconds. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Waits for so many simulated milliseconds. */
  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#push({ atMs: this.#nowMs + ms, wake }));
  }

  /** Lets time pass until `work` is done. */
  async run(work: Promise<unknown>): Promise<void> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- lets everything that can happen now happen
      await new Promise((resolve) => setImmediate(resolve));
      if (done) break;
      const sleeper = this.#pop();
      if (sleeper === undefined) throw new Error("everybody waits, and nothing is left to happen");
      this.#nowMs = sleeper.atMs;
      sleeper.wake();
    }
    await finished;
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let at = heap.push(sleeper) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above]!;
      if (parent.atMs <= sleeper.atMs) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = sleeper;
  }

  #pop(): Sleeper | undefined {
    const heap = this.#sleepers;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]!.atMs < heap[below]!.atMs) below++;
      const child = heap[below]!;
      if (child.atMs >= last.atMs) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}
