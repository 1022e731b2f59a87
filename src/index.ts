/**
 * A shared budget of tokens and dollars for concurrent LLM calls in one process.
 *
 * @module
 */

// The pool.
export { BudgetPool } from "./pool/budget-pool.ts";
export type { GrantRequest, RecordOptions, RunOptions } from "./pool/requests.ts";
export type { BudgetPoolOptions, ChildPoolOptions, PoolChange } from "./pool/options.ts";
export { Reservation } from "./pool/reservation.ts";
export type { Grant } from "./pool/reservation.ts";
export type { Settlement } from "./pool/settlement.ts";
export type { AbortSignalLike } from "./pool/abort-signal.ts";
export type { WaitOptions } from "./pool/wait.ts";
export type {
  AnyBudgetPool,
  AnyGrant,
  AnyReservation,
  Eventually,
} from "./pool/any-budget-pool.ts";

// What goes in and what comes out.
export { AXES } from "./core/axis.ts";
export type { Axis } from "./core/axis.ts";
export type { Amount, AmountView } from "./core/amount.ts";
export type { Caps, CapsChange, CapsDifference, CapsView } from "./core/caps.ts";
export type { OveragePolicy } from "./core/pool-state.ts";
export type { Refusal, RefusalReason } from "./core/refusal.ts";
export type { BudgetSnapshot } from "./core/snapshot.ts";
export type { ThresholdEvent } from "./core/thresholds.ts";
export type {
  AnchoredPeriod,
  CalendarPeriod,
  FixedPeriod,
  WindowOption,
  WindowSpan,
} from "./core/window-rule.ts";
export type { Clock } from "./core/clock.ts";

// Money.
export { toNanoUsd, toUsd } from "./core/nano-usd.ts";
export type { Usd } from "./core/nano-usd.ts";

// Errors.
export { BudgetError, BudgetExceeded, ConfigInvalid, ReservationSettled } from "./core/errors.ts";
export type { BudgetErrorCode, SettledOutcome } from "./core/errors.ts";
