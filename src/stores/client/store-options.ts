// The options of every store.

import type { Clock } from "../../core/clock.ts";

/** Options of every store. */
export interface BudgetStoreOptions {
  /**
   * How long the store may take to answer before `StoreUnavailable` is thrown, retries included, in
   * milliseconds.
   *
   * @default 5,000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a request that waits for room asks again, at the most, in milliseconds.
   *
   * @default 250. A process that stops asking loses its place after eight times that
   */
  readonly pollMs?: number | undefined;
  /**
   * A clock in place of the store's own, for tests. All users of the same store must bring the
   * same.
   */
  readonly clock?: Clock | undefined;
}
