// Time is an argument: whoever holds a pool brings the clock.

import { describe } from "./describe.ts";

/** Where a pool gets the time from. `systemClock` by default; tests bring a manual one. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `delayMs` milliseconds; the returned function cancels that. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/**
 * The time that a clock shows.
 *
 * @throws {RangeError} when it is not finite: no window ends at such a time, or every one does.
 */
export function readClock(clock: Clock): number {
  const nowMs = clock.now();
  if (Number.isFinite(nowMs)) return nowMs;
  throw new RangeError(`Expected \`clock.now()\` to be milliseconds, got ${describe(nowMs)}`);
}
