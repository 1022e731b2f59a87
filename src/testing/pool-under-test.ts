// What the conformance suite and the traces call: the pool of any place, whether it answers at once
// or with a promise.

import type { Amount, AmountView } from "../core/amount.ts";
import type { Refusal } from "../core/refusal.ts";
import type { BudgetSnapshot } from "../core/snapshot.ts";
import type { GrantRequest, RecordOptions } from "../pool/requests.ts";
import type { BudgetPoolOptions, ChildPoolOptions, PoolChange } from "../pool/options.ts";
import type { Settlement } from "../pool/settlement.ts";
import type { WaitOptions } from "../pool/wait.ts";
import type { ManualClock } from "./manual-clock.ts";

/** A value, or the promise of one. */
export type Eventual<T> = T | PromiseLike<T>;

/** A reservation of any place. */
export interface ReservationUnderTest {
  /** Where what it books can be amended: what it is known by. */
  readonly id?: string;
  readonly amount: AmountView;
  readonly settled: boolean;
  commit(actual?: Amount): Eventual<Settlement>;
  release(): Eventual<void>;
}

/** A granted reservation of any place. */
export interface GrantUnderTest extends ReservationUnderTest {
  readonly units: number;
}

/** A pool of any place. */
export interface PoolUnderTest {
  readonly path: string;
  record(amount: Amount, options?: RecordOptions): Eventual<void>;
  tryRecord(amount: Amount): Eventual<boolean>;
  check(amount: Amount): Eventual<Refusal | undefined>;
  reserve(amount: Amount): Eventual<ReservationUnderTest>;
  tryReserve(amount: Amount): Eventual<ReservationUnderTest | undefined>;
  reserveUpTo(request: GrantRequest): Eventual<GrantUnderTest>;
  reserveWhenFree(amount: Amount, options?: WaitOptions): PromiseLike<ReservationUnderTest>;
  child(name: string, options?: ChildPoolOptions): Eventual<PoolUnderTest>;
  configure(change: PoolChange & { readonly until?: number | undefined }): Eventual<void>;
  /** Where pools can be frozen, caps can be changed until a time too. */
  freeze?(): Eventual<void>;
  thaw?(): Eventual<void>;
  snapshot(): Eventual<BudgetSnapshot>;
  /** Corrects what a commit has booked, where that can be done. */
  amend?(id: string, actual: Amount): Eventual<Settlement>;
  reset(): Eventual<void>;
}

/** Makes a fresh root pool that reads the time from `options.clock`. */
export type OpenPool = (
  options: BudgetPoolOptions & { readonly clock: ManualClock },
) => Eventual<PoolUnderTest>;
