// The part of a pool that metering uses: of `BudgetPool`, `SharedBudgetPool` and `StoredBudgetPool`
// alike, whether they answer at once or with promises.

import { describe } from "../core/describe.ts";
import type { Amount, AmountView } from "../core/amount.ts";
import type { GrantRequest } from "../pool/requests.ts";
import type { Settlement } from "../pool/settlement.ts";
import type { WaitOptions } from "../pool/wait.ts";

/** Now, or later. */
export type Eventually<T> = T | PromiseLike<T>;

/** What the ledger of a stored pool tells besides. */
interface About {
  readonly model?: string | undefined;
  readonly label?: string | undefined;
}

/** What is held for a call. */
export interface MeteredHold {
  readonly amount: AmountView;
  /** Of a stored reservation: what it is known by in the ledger, and for `pool.amend`. */
  readonly id?: string;
  commit(actual?: Amount & About & { readonly outcome?: "unknown" }): Eventually<Settlement>;
  release(): Eventually<void>;
}

/** What is held for a call whose output was granted. */
export interface MeteredGrant extends MeteredHold {
  readonly units: number;
}

/** A pool of any kind. */
export interface MeteredPool {
  readonly path: string;
  reserveUpTo(request: GrantRequest): Eventually<MeteredGrant>;
  reserveWhenFree(amount: Amount, options?: WaitOptions): PromiseLike<MeteredHold>;
  record(amount: Amount, options?: About & { readonly overage?: "allow" }): Eventually<void>;
}

/** A pool, or where to look for one each time. */
export type PoolSource = MeteredPool | (() => MeteredPool | undefined);

/** Fails unless it is a pool, or where to look for one. @throws {TypeError} */
export function checkPoolSource(pool: PoolSource): void {
  if (typeof pool === "function" || typeof pool?.reserveUpTo === "function") return;
  throw new TypeError(`Expected \`pool\` to be a pool, or a function, got ${describe(pool)}`);
}
