/**
 * One budget for all threads of a process, in shared memory: the same pool as `token-budget`, under
 * the same rules, synchronous from every thread.
 *
 * @module
 */

export { SharedBudgetPool } from "./shared-budget-pool.ts";
export type { AttachOptions, SharedBudgetPoolOptions } from "./shared-options.ts";
export type { Capacity } from "./layout.ts";
export type { SharedBudgetHandle } from "./shared-buffer.ts";
export type { WatchableWorker } from "./keeper.ts";
export { HandleInvalid, PoolGone, PoolsFull, ReservationsFull, ThreadsFull } from "./errors.ts";
