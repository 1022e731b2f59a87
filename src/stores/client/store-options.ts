// The options of every store, and how they are read.

import type { Clock } from "../../core/clock.ts";
import { optional, whole } from "../../core/read-options.ts";
import type { OptionTable } from "../../core/read-options.ts";
import { readClockOption } from "../../pool/options.ts";

/** Options of every store. */
export interface BudgetStoreOptions {
  /**
   * How long the store may take to answer, retries included, before `StoreUnavailable` is thrown,
   * in milliseconds.
   *
   * @default 5,000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a waiting request asks the store, at most, in milliseconds. A process that stops
   * asking loses its place in the queue after eight times that.
   *
   * @default 250
   */
  readonly pollMs?: number | undefined;
  /**
   * A clock in place of the store's own, for tests. All users of one store must pass the same.
   *
   * @default the store's own clock
   */
  readonly clock?: Clock | undefined;
}

/** The options of every store after reading. */
interface ReadStoreOptions {
  readonly timeoutMs: number;
  readonly pollMs: number;
  /** Undefined for the store's own clock. */
  readonly clock: Clock | undefined;
}

/** How long a store may take to answer by default. */
export const TIMEOUT_MS_DEFAULT = 5000;
const POLL_MS_DEFAULT = 250;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The options of every store. */
export const STORE_OPTIONS: OptionTable<BudgetStoreOptions, ReadStoreOptions> = {
  timeoutMs: whole(1, TIMER_MS_MAX, TIMEOUT_MS_DEFAULT),
  pollMs: whole(1, Number.MAX_SAFE_INTEGER, POLL_MS_DEFAULT),
  clock: optional(readClockOption),
};
