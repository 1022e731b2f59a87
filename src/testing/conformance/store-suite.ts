// The suite of a store: every case, in a place of its own, registered with a test runner.

import type { BudgetStore } from "../../stores/index.ts";
import { ManualClock } from "../manual-clock.ts";
import { moreStoreCases } from "./more-store-cases.ts";
import { overText } from "./plain-store.ts";
import { storeCases } from "./stores.ts";

/** Options of the suite. */
export interface StoreSuiteOptions {
  /** The `test` or `it` of the test runner. */
  readonly test: (title: string, run: () => Promise<void>) => unknown;
  /**
   * Creates a new place whose clock is `clock`, and returns a function that opens a store over it,
   * each time over the same place.
   */
  readonly openPlace: (clock: ManualClock) => () => BudgetStore;
}

/**
 * Registers every case about stores with the test runner; `conformanceSuite` has the rules of
 * pools.
 *
 * @example
 * storeSuite({
 *   test,
 *   openPlace: (clock) => {
 *     const place = new MemoryStore(clock);
 *     return () => new BudgetStore(place, { clock });
 *   },
 * });
 */
export function storeSuite({ test, openPlace }: StoreSuiteOptions): void {
  for (const { title, run } of [...storeCases, ...moreStoreCases]) {
    test(title, async () => {
      const clock = new ManualClock();
      const openOnce = openPlace(clock);
      const opened: BudgetStore[] = [];
      const open = (): BudgetStore => {
        const store = openOnce().through(overText);
        opened.push(store);
        return store;
      };
      try {
        await run({ clock, open });
      } finally {
        await Promise.all(opened.map((store) => store.close()));
      }
    });
  }
}
