// The context of cases about stores.

import type { BudgetStore } from "../../stores/index.ts";
import type { ManualClock } from "../manual-clock.ts";

/** The context of a case. */
interface StoreContext {
  readonly clock: ManualClock;
  /** Opens another store over the same place, as another process would. */
  readonly open: () => BudgetStore;
}

/** One statement about every store. */
export interface StoreCase {
  readonly title: string;
  readonly run: (context: StoreContext) => Promise<void>;
}
