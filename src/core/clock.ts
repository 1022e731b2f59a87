// Time is an argument: whoever holds a pool brings the clock.

/** Where a pool gets the time from. `systemClock` by default; tests bring a manual one. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `delayMs` milliseconds; the returned function cancels that. */
  schedule(delayMs: number, callback: () => void): () => void;
}
