import type { Clock } from "../core/clock.ts";

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is moved, with timers that fire when it passes them. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  /** Starts at `nowMs`, milliseconds since 1970; default 2026-01-01T00:00:00Z. */
  constructor(nowMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { dueAt: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The number of timers that are waiting. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves forward by `ms` milliseconds and fires due timers in order, each at its own time. */
  advance(ms: number): void {
    const target = this.#nowMs + ms;
    for (;;) {
      const next = this.#nextDueBy(target);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueAt);
      next.callback();
    }
    this.#nowMs = target;
  }

  /** Jumps to `nowMs`, forward or back, without firing a timer. */
  jump(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  #nextDueBy(target: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= target && (next === undefined || timer.dueAt < next.dueAt)) next = timer;
    }
    return next;
  }
}
