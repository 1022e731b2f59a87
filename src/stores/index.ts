/**
 * For people who keep budgets in a store of their own: the contract, the rules to apply within its
 * exclusive step, and pools over it.
 *
 * @module
 */

export { BudgetStore } from "./budget-store.ts";
export type { BudgetStoreOptions } from "./budget-store.ts";
export { MemoryStore } from "./memory-store.ts";
export { StoredBudgetPool } from "./stored-budget-pool.ts";
export type { StoredGrant, StoredReservation } from "./stored-reservation.ts";
export type { Accountable, Attribution } from "./attribution.ts";
export type { ChangeView, LineAbout, LineDetails } from "./line-details.ts";
export type { StoredActual } from "./stored-reservation.ts";
export type {
  Identity,
  LedgerOptions,
  StoredPoolOptions,
  StoredRecordOptions,
} from "./stored-requests.ts";
export type { StoredPoolChange } from "./stored-change.ts";
export type { RaiseView, StoredSnapshot, PoolFigures } from "./pool-figures.ts";
export type { Template, TemplateOptions, TemplateText } from "./templates.ts";
export type { ArchiveWriter } from "./archive.ts";
export type { PageOptions, PathsQuery, PlacedPath, PoolOrder, PoolPage } from "./pool-page.ts";
export type { LedgerEntry, LedgerKind, LedgerLine } from "./ledger.ts";
export type { LedgerSum, SumKey, SumLine, SumsOptions, SumsQuery } from "./ledger-sums.ts";

// The contract.
export type { ForgetQuery, LedgerQuery, Store } from "./store.ts";
export type {
  Command,
  DrawCommand,
  DrawnOutcome,
  LevelChange,
  Outcome,
  SliceLine,
} from "./command.ts";
export { applyCommands } from "./apply.ts";
export type {
  Books,
  FoundLine,
  NewLine,
  OpenReservation,
  StoredPool,
  StoredWaiter,
} from "./books.ts";
export { SlicedBudgetPool } from "./slices/sliced-pool.ts";
export type { SlicedReservation } from "./slices/sliced-reservation.ts";
export type { SliceOptions } from "./slices/slice-options.ts";
export type { SliceLevel, SliceState } from "./slices/slice-state.ts";
export type { StoredSettings } from "./stored-settings.ts";
export type { Raise } from "./raises.ts";

// Errors.
export {
  IdTaken,
  NotFound,
  PoolGone,
  PoolInUse,
  StoreClosed,
  StoreIncompatible,
  StoreUnavailable,
} from "./errors.ts";
