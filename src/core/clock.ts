// Time is an argument: the holder of a pool brings the clock.

import { describe } from "./describe.ts";

/** A source of time. `systemClock` by default; tests bring a manual one. */
export interface Clock {
  /** Returns milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `delayMs` milliseconds; the returned function cancels that. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The last instant of a `Date` (ECMA-262, "Time Values and Time Range"). */
const DATE_MS_MAX = 8.64e15;

/**
 * Returns the time that a clock shows.
 *
 * @throws {RangeError} when it is no time that a `Date` can show: every window would have ended.
 */
export function readClock(clock: Clock): number {
  const nowMs = clock.now();
  if (Math.abs(nowMs) <= DATE_MS_MAX) return nowMs;
  throw new RangeError(
    `Expected \`clock.now()\` to be milliseconds since 1970, got ${describe(nowMs)}`,
  );
}
