// What events are asked for, and how it is read.

import { describe } from "../../core/describe.ts";
import { readThresholds } from "../../core/thresholds.ts";
import { readWhole } from "../../core/whole.ts";
import { readWord } from "../../core/word.ts";
import type { AbortSignalLike } from "../../pool/abort-signal.ts";
import { checkOptions } from "../../pool/options.ts";
import { readPath } from "../contract/path.ts";

/** Options of `events`. */
export interface EventsOptions {
  /**
   * Who the events are for, such as `"alerts"`: 1 to 128 characters. All processes that ask under
   * the same name share the events: one of them at a time gets them.
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
   * How often the store is asked for what is new, in milliseconds from 1.
   *
   * @default 1,000
   */
  readonly pollMs?: number | undefined;
  /**
   * How long after this process was last heard of another one takes over, in milliseconds from 100:
   * longer than the handling of one event takes.
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
   * Called with each failure of the store; the store is asked again after `pollMs`.
   *
   * @default failures are passed over
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The options as read. */
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
const KEYS = ["consumer", "thresholds", "below", "pollMs", "leaseMs", "signal", "onError"];

/** Reads which events are asked for. @throws {TypeError | RangeError} on what is wrong. */
export function readEventsOptions(options: EventsOptions): ReadEventsOptions {
  checkOptions(options, KEYS);
  const { consumer, thresholds = THRESHOLDS_DEFAULT, below, signal, onError } = options;
  const { pollMs = POLL_MS_DEFAULT, leaseMs = LEASE_MS_DEFAULT } = options;
  readWhole("pollMs", pollMs, 1, TIMER_MS_MAX);
  readWhole("leaseMs", leaseMs, LEASE_MS_MIN, Number.MAX_SAFE_INTEGER);
  if (signal !== undefined && typeof signal?.addEventListener !== "function")
    throw new TypeError(`Expected \`signal\` to be an AbortSignal, got ${describe(signal)}`);
  if (onError !== undefined && typeof onError !== "function")
    throw new TypeError(`Expected \`onError\` to be a function, got ${describe(onError)}`);
  return {
    consumer: readWord("consumer", consumer),
    thresholds: readThresholds(thresholds),
    below: below === undefined ? undefined : readPath(below),
    pollMs,
    leaseMs,
    signal,
    onError: onError ?? (() => undefined),
  };
}
