import type { Clock } from "../../../src/index.ts";
import { clockCells } from "./remote-commands.ts";

const LOOK_EVERY_MS = 2;

/** A clock in shared memory, the same in every thread, that stands still until it is moved. */
export class ShownClock implements Clock {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(clockCells.cells * 8)) {
    this.buffer = buffer;
    this.#cells = new Float64Array(buffer);
  }

  now(): number {
    return this.#cells[clockCells.nowMs] ?? 0;
  }

  advance(ms: number): void {
    this.#cells[clockCells.nowMs]! += ms;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const dueAt = this.now() + delayMs;
    const timer = setInterval(() => {
      if (this.now() < dueAt) return;
      clearInterval(timer);
      callback();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }
}
