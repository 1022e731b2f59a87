// The common interface of pools, synchronous or not: the conformance suite tests all of it, the
// meter and the metrics use a part.

import type { Amount, AmountView } from "../core/amount.ts";
import type { Refusal } from "../core/refusal.ts";
import type { BudgetSnapshot } from "../core/snapshot.ts";
import type { ChildPoolOptions, PoolChange } from "./options.ts";
import type { GrantRequest, RecordOptions } from "./requests.ts";
import type { Settlement } from "./settlement.ts";
import type { WaitOptions } from "./wait.ts";

/** A value, or a promise of it. */
export type Eventually<T> = T | PromiseLike<T>;

/** A reservation of any kind of pool. */
export interface AnyReservation {
  /**
   * The id by which `amend` finds its booking, in pools that can amend; in a slice, once it is
   * settled.
   */
  readonly id?: string | undefined;
  readonly amount: AmountView;
  readonly settled: boolean;
  commit(actual?: Amount): Eventually<Settlement>;
  release(): Eventually<void>;
}

/** A granted reservation of any kind of pool. */
export interface AnyGrant extends AnyReservation {
  readonly units: number;
}

/** Any kind of pool: `BudgetPool`, `SharedBudgetPool`, `StoredBudgetPool`, or your own. */
export interface AnyBudgetPool {
  readonly path: string;
  record(amount: Amount, options?: RecordOptions): Eventually<void>;
  tryRecord(amount: Amount): Eventually<boolean>;
  check(amount: Amount): Eventually<Refusal | undefined>;
  reserve(amount: Amount): Eventually<AnyReservation>;
  tryReserve(amount: Amount): Eventually<AnyReservation | undefined>;
  reserveUpTo(request: GrantRequest): Eventually<AnyGrant>;
  reserveWhenFree(amount: Amount, options?: WaitOptions): PromiseLike<AnyReservation>;
  child(name: string, options?: ChildPoolOptions): Eventually<AnyBudgetPool>;
  configure(change: PoolChange & { readonly until?: number | undefined }): Eventually<void>;
  /** Refuses every request until `thaw()`, in pools that can be frozen. */
  freeze?(): Eventually<void>;
  thaw?(): Eventually<void>;
  snapshot(): Eventually<BudgetSnapshot>;
  /** Corrects the booking of a commit, in pools that can amend. */
  amend?(id: string, actual: Amount): Eventually<Settlement>;
  reset(): Eventually<void>;
}
