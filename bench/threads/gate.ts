// Starts all workers of a round together and ends the round for all of them: words of shared memory that the thread
// that times writes and waits for, and the workers do too.

/** Each word has a cache line, or more, of its own: who looks at one does not wait for another. */
const WORD = { arrived: 0, open: 32, stopped: 64, length: 96 } as const;
/** No round takes that long to begin: a worker must have failed. */
const ARRIVAL_MS_MAX = 10_000;

/** The gate of a crew, in any of its threads. */
export class Gate {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  /** One word that is 0 as long as the round goes on. */
  readonly stopped: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(WORD.length * 4)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.stopped = this.#words.subarray(WORD.stopped, WORD.stopped + 1);
  }

  /** Before a round, while no worker is at work. */
  shut(): void {
    for (const word of [WORD.arrived, WORD.open, WORD.stopped]) {
      Atomics.store(this.#words, word, 0);
    }
  }

  /** In a worker: waits for the others. The last one to come opens the gate. */
  pass(workers: number): void {
    if (Atomics.add(this.#words, WORD.arrived, 1) + 1 < workers) {
      Atomics.wait(this.#words, WORD.open, 0);
      return;
    }
    Atomics.store(this.#words, WORD.open, 1);
    Atomics.notify(this.#words, WORD.open);
  }

  /** In the thread that times: lets the round begin, go on for so long, and end. It sleeps meanwhile. */
  timeRound(roundMs: number): void {
    if (Atomics.wait(this.#words, WORD.open, 0, ARRIVAL_MS_MAX) === "timed-out") {
      throw new Error(`Not all workers were at the gate within ${ARRIVAL_MS_MAX} ms`);
    }
    Atomics.wait(this.#words, WORD.stopped, 0, roundMs);
    Atomics.store(this.#words, WORD.stopped, 1);
  }
}
