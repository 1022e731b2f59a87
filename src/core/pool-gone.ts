// The error of a handle whose pool no longer exists; in a file of its own, so that only its users
// bundle it.

import { BudgetError } from "./errors.ts";

/** Thrown by a handle whose pool no longer exists. */
export class PoolGone extends BudgetError {
  override readonly name = "PoolGone" as const;
  override readonly code = "POOL_GONE" as const;
  /** The path of the pool. */
  readonly pool: string;

  constructor(pool: string, why: string) {
    super("POOL_GONE", `Pool "${pool}" ${why}`);
    this.pool = pool;
  }

  /** Returns whether a value is a `PoolGone`, whichever copy of the package made it. */
  static override is(value: unknown): value is PoolGone {
    return BudgetError.is(value) && value.code === "POOL_GONE";
  }
}
