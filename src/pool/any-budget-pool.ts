// What pools of every place have in common, whether they answer at once or with promises: what the
// conformance suite demands of them, and of which the meter and the metrics use a part.

import type { Amount, AmountView } from "../core/amount.ts";
import type { Refusal } from "../core/refusal.ts";
import type { BudgetSnapshot } from "../core/snapshot.ts";
import type { ChildPoolOptions, PoolChange } from "./options.ts";
import type { GrantRequest, RecordOptions } from "./requests.ts";
import type { Settlement } from "./settlement.ts";
import type { WaitOptions } from "./wait.ts";

/** A value, or a promise of it. */
export type Eventually<T> = T | PromiseLike<T>;

/** A reservation of a pool of any place. */
export interface AnyReservation {
  /**
   * The id by which `amend` finds what it booked, in pools that can amend; in a slice once it is
   * settled.
   */
  readonly id?: string | undefined;
  readonly amount: AmountView;
  readonly settled: boolean;
  commit(actual?: Amount): Eventually<Settlement>;
  release(): Eventually<void>;
}

/** A granted reservation of a pool of any place. */
export interface AnyGrant extends AnyReservation {
  readonly units: number;
}

/** A pool of any place: `BudgetPool`, `SharedBudgetPool`, `StoredBudgetPool`, or your own. */
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
  /** Corrects what a commit has booked, in pools that can. */
  amend?(id: string, actual: Amount): Eventually<Settlement>;
  reset(): Eventually<void>;
}
