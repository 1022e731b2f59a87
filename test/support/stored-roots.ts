import { BudgetStore } from "../../src/stores/index.ts";
import type { Store } from "../../src/stores/index.ts";
import type { ManualClock, OpenPool } from "../../src/testing/index.ts";

/** Longer than any case moves the clock: leases have cases of their own. */
export const LONG_MS: number = 2 ** 40;
let count = 0;

/** Opens root pools of stores that read a manual clock, for the conformance suite and the traces. */
export function rootsOf(makeStore: (clock: ManualClock) => Store | BudgetStore): {
  readonly open: OpenPool;
  readonly turns: () => Promise<void>;
  readonly close: () => Promise<void>;
} {
  const stores = new Map<ManualClock, BudgetStore>();
  return {
    async open({ name, clock, ...options }) {
      if (name?.includes("/") === true) throw new RangeError("the name of a root has no slash");
      let store = stores.get(clock);
      if (store === undefined) {
        const made = makeStore(clock);
        store =
          made instanceof BudgetStore
            ? made
            : new BudgetStore(made, { clock, pollMs: LONG_MS, timeoutMs: 30_000 });
        stores.set(clock, store);
      }
      return await store.pool(name ?? `budget ${count++}`, {
        caps: {},
        ...options,
        leaseMs: LONG_MS,
      });
    },
    async turns() {
      for (let quiet = 0; quiet < 3; quiet++) {
        await new Promise((resolve) => setImmediate(resolve));
        await Promise.all([...stores.values()].map((store) => store.idle()));
      }
    },
    async close() {
      await Promise.all([...stores.values()].map((store) => store.close()));
      stores.clear();
    },
  };
}
