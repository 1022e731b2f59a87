// How the conformance suite and the traces open the pools that they test.

import type { AnyBudgetPool, Eventually } from "../pool/any-budget-pool.ts";
import type { BudgetPoolOptions } from "../pool/options.ts";
import type { ManualClock } from "./manual-clock.ts";

/** Creates a new root pool that reads the time from `options.clock`. */
export type OpenPool = (
  options: BudgetPoolOptions & { readonly clock: ManualClock },
) => Eventually<AnyBudgetPool>;
