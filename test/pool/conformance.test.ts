import { describe, it } from "vitest";

import { BudgetPool } from "../../src/index.ts";
import { conformanceSuite } from "../../src/testing/index.ts";

describe("BudgetPool", () => {
  conformanceSuite({ test: it, open: (options) => new BudgetPool(options) });
});
