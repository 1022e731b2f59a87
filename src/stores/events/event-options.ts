// The options of events, and how they are read.

import { describe } from "../../core/describe.ts";
import { readThresholds } from "../../core/thresholds.ts";
import { readWord } from "../../core/word.ts";
import type { AbortSignalLike } from "../../pool/abort-signal.ts";
import { optional, optionalFunction, readOptions, whole } from "../../core/read-options.ts";
import type { OptionTable } from "../../core/read-options.ts";
import { readPath } from "../contract/path.ts";

/** Options of `events`. */
export interface EventsOptions {
  /**
   * The name of the consumer, such as `"alerts"`: 1 to 128 characters. Processes with the same name
   * share the events: one of them at a time receives them.
   */
  readonly consumer: string;
  /**
   * The fractions of caps whose crossing is reported.
   *
   * @default [0.5, 0.8, 1]
   */
  readonly thresholds?: readonly number[] | undefined;
  /**
   * Only events of the pool of this path, and those below it.
   *
   * @default all pools
   */
  readonly below?: string | undefined;
  /**
   * How often the store is polled, in milliseconds from 1.
   *
   * @default 1,000
   */
  readonly pollMs?: number | undefined;
  /**
   * How long a silent process keeps its turn before another one takes over, in milliseconds from
   * 100. It must be longer than handling one event takes.
   *
   * @default 30,000
   */
  readonly leaseMs?: number | undefined;
  /**
   * Ends the iteration.
   *
   * @default none
   */
  readonly signal?: AbortSignalLike | undefined;
  /**
   * Called with each failure of the store; the store is polled again after `pollMs`.
   *
   * @default failures are ignored
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The options after reading. */
export interface ReadEventsOptions {
  readonly consumer: string;
  readonly thresholds: readonly number[];
  readonly below: string | undefined;
  readonly pollMs: number;
  readonly leaseMs: number;
  readonly signal: AbortSignalLike | undefined;
  readonly onError: (error: unknown) => void;
}

const THRESHOLDS_DEFAULT: readonly number[] = [0.5, 0.8, 1];
const POLL_MS_DEFAULT = 1000;
const LEASE_MS_DEFAULT = 30_000;
const LEASE_MS_MIN = 100;
const TIMER_MS_MAX = 2 ** 31 - 1;
const OPTIONS: OptionTable<EventsOptions, ReadEventsOptions> = {
  consumer: (consumer, name) => readWord(name, consumer),
  thresholds: (thresholds = THRESHOLDS_DEFAULT) => readThresholds(thresholds),
  below: optional((below: string) => readPath(below)),
  pollMs: whole(1, TIMER_MS_MAX, POLL_MS_DEFAULT),
  leaseMs: whole(LEASE_MS_MIN, Number.MAX_SAFE_INTEGER, LEASE_MS_DEFAULT),
  signal: optional(readSignal),
  onError: (onError, name) => optionalFunction(onError, name) ?? passOver,
};

/**
 * Reads the options of `events`.
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function readEventsOptions(options: EventsOptions): ReadEventsOptions {
  return readOptions(options, OPTIONS);
}

function readSignal(signal: AbortSignalLike, name: string): AbortSignalLike {
  if (typeof signal?.addEventListener === "function") return signal;
  throw new TypeError(`Expected \`${name}\` to be an AbortSignal, got ${describe(signal)}`);
}

function passOver(): void {
  // The next call repeats the read.
}
