import { describe, it } from "vitest";

import { conformanceSuite } from "../../src/testing/index.ts";
import { SharedBudgetPool } from "../../src/threads/index.ts";

describe("SharedBudgetPool", () => {
  conformanceSuite({ test: it, open: (options) => SharedBudgetPool.create(options) });
});

describe("SharedBudgetPool with a slice after every request", () => {
  conformanceSuite({
    test: it,
    open: (options) => SharedBudgetPool.create({ ...options, slicesAfter: 1 }),
  });
});
