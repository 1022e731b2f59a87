import { describe, it } from "vitest";

import { BudgetStore, MemoryStore } from "../../src/stores/index.ts";
import { conformanceSuite, storeSuite } from "../../src/testing/index.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";

describe("BudgetStore over a MemoryStore", () => {
  const { open, turns } = rootsOf((clock) => new MemoryStore(clock));
  conformanceSuite({ test: it, open, turns });
  storeSuite({
    test: it,
    openPlace(clock) {
      const store = new MemoryStore(clock);
      return () => new BudgetStore(store, { clock, pollMs: LONG_MS });
    },
  });
});
