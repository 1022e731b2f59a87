// Time is an argument: the owner of a pool provides the clock.

import { describe } from "./describe.ts";

/** A source of time: `systemClock` by default, a manual one in tests. */
export interface Clock {
  /** Returns milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `delayMs` milliseconds; the returned function cancels it. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The last instant of a `Date` (ECMA-262, "Time Values and Time Range"). */
const DATE_MS_MAX = 8.64e15;

/**
 * Returns the time that a clock shows.
 *
 * @throws {RangeError} if it is not a time that a `Date` can represent: every window would have
 * ended.
 */
export function readClock(clock: Clock): number {
  const nowMs = clock.now();
  if (Math.abs(nowMs) <= DATE_MS_MAX) return nowMs;
  throw new RangeError(
    `Expected \`clock.now()\` to be milliseconds since 1970, got ${describe(nowMs)}`,
  );
}
