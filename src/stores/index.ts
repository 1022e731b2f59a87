/**
 * For authors of stores: the contract, the rules to apply within an exclusive step, and the pools
 * over a store.
 *
 * @module
 */

export { BudgetStore } from "./client/budget-store.ts";
export type { BudgetStoreOptions } from "./client/store-options.ts";
export { MemoryStore } from "./memory/memory-store.ts";
export { StoredBudgetPool } from "./client/stored-budget-pool.ts";
export type { StoredActual, StoredGrant, StoredReservation } from "./client/stored-reservation.ts";
export type { Accountable } from "./contract/attribution.ts";
export type { Attribution } from "../core/attribution.ts";
export type { ChangeView, EntryMetadata, EntryDetails } from "./contract/entry-details.ts";
export type {
  AccountableChange,
  Identity,
  HoldPurpose,
  Sending,
  LedgerOptions,
  ReserveOptions,
  NewestOptions,
  StoredPoolOptions,
  StoredRecordOptions,
} from "./client/stored-requests.ts";
export type { StoredPoolChange } from "./contract/stored-change.ts";
export type { RaiseView, StoredSnapshot, PoolFigures } from "./contract/pool-figures.ts";
export type { Template, TemplateOptions, TemplateText } from "./contract/templates.ts";
export type { ArchiveWriter } from "./client/archive.ts";
export type {
  PageOptions,
  PathsQuery,
  PlacedPath,
  PoolOrder,
  PoolPage,
} from "./contract/pool-page.ts";
export type {
  BudgetEvent,
  FirstRefused,
  SettingsChanged,
  StateChanged,
  ThresholdCrossed,
} from "./contract/events.ts";
export type { EventStream } from "./events/event-stream.ts";
export type { EventsOptions } from "./events/event-options.ts";
export type { RefusalCount, RefusalEntry, Refusals, RefusalsOptions } from "./contract/refusals.ts";
export type { ListedHold, HoldsOptions, HoldsQuery, OpenHold } from "./contract/holds.ts";
export type { LedgerEntry, LedgerKind, StoredEntry } from "./contract/ledger.ts";
export type {
  LedgerSum,
  SumKey,
  ListedSum,
  SumsOptions,
  SumsQuery,
} from "./contract/ledger-sums.ts";

// The contract.
export type { ForgetQuery, LedgerQuery, NewestQuery, Store } from "./contract/store.ts";
export type {
  DocumentChange,
  Documents,
  DocumentsQuery,
  StoredDocument,
} from "./contract/documents.ts";
export type { TreeHead, TreeHeads } from "./contract/events.ts";
export type {
  KeptRefusal,
  RefusalBatch,
  RefusalJournal,
  RefusalLine,
  RefusalsKept,
  RefusalsQuery,
} from "./contract/refusals.ts";
export type {
  Command,
  DrawCommand,
  DrawnOutcome,
  LevelChange,
  Outcome,
  SliceEntry,
} from "./contract/command.ts";
export { applyCommands } from "./books/apply.ts";
export type * from "./books/books.ts";
export { SlicedBudgetPool } from "./slices/sliced-pool.ts";
export type { SlicedGrant, SlicedReservation } from "./slices/sliced-reservation.ts";
export type { SliceOptions } from "./slices/slice-options.ts";
export type { SliceLevel, SliceState } from "./slices/slice-state.ts";
export type { StoredSettings } from "./contract/stored-settings.ts";
export type { Raise } from "./books/raises.ts";

// Errors.
export {
  IdTaken,
  NotFound,
  PoolGone,
  PoolInUse,
  StoreClosed,
  StoreIncompatible,
  StoreUnavailable,
} from "./contract/errors.ts";
