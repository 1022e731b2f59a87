// Time that passes when nothing is left to happen at an instant: the timers and clocks of a process,
// replaced, so that the code under simulation runs as it is and every run with a seed goes alike.

interface Happening {
  readonly atMs: number;
  readonly order: number;
  happen: (() => void) | undefined;
}

/** More turns than any chain of promises of the code under simulation has. */
const TURNS = 24;

/** The time of a simulation. */
export class VirtualTime {
  #nowMs = 0;
  #order = 0;
  readonly #heap: Happening[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Has something happen in so many milliseconds; returns how to prevent it. */
  after(ms: number, happen: () => void): () => void {
    const atMs = this.#nowMs + Math.max(0, ms);
    const happening: Happening = { atMs, order: this.#order++, happen };
    this.#push(happening);
    return () => {
      happening.happen = undefined;
    };
  }

  /** Puts this time in place of the timers and the clock of the process. */
  install(): void {
    const timers = new Map<object, () => void>();
    const setVirtual = (happen: () => void, ms = 0): object => {
      const timer = { unref: () => timer };
      timers.set(
        timer,
        this.after(ms, () => {
          timers.delete(timer);
          happen();
        }),
      );
      return timer;
    };
    const clearVirtual = (timer: object): void => {
      timers.get(timer)?.();
      timers.delete(timer);
    };
    Object.assign(globalThis, {
      setTimeout: setVirtual,
      clearTimeout: clearVirtual,
      setImmediate: (happen: () => void) => setVirtual(happen),
    });
    performance.now = () => this.#nowMs;
  }

  /** Lets time pass until `isOver`, or nothing is left to happen. */
  async run(isOver: () => boolean): Promise<void> {
    await settled();
    while (!isOver()) {
      const next = this.#pop();
      if (next === undefined) return;
      if (next.happen === undefined) continue;
      this.#nowMs = next.atMs;
      next.happen();
      // oxlint-disable-next-line no-await-in-loop -- promises go on before the next thing happens
      await settled();
    }
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, happening)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = happening;
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      let child = left;
      if (right !== undefined && isBefore(right, left)) {
        child = right;
        below++;
      }
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

/** Lets all promises that can settle do so. */
async function settled(): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- turn after turn
  for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
