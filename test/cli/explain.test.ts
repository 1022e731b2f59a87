import { describe, expect, it } from "vitest";

import { explainerFor, explainToCaller } from "../../src/cli/output/explain-refusal.ts";
import { BudgetExceeded, BudgetPool } from "../../src/index.ts";
import type { Amount, BudgetPoolOptions } from "../../src/index.ts";

function refusalOf(options: BudgetPoolOptions, used: Amount, ask: Amount): BudgetExceeded {
  const pool = new BudgetPool(options);
  pool.record(used);
  const refusal = pool.check(ask);
  if (refusal === undefined) throw new Error("unreachable: it fits");
  return new BudgetExceeded(refusal);
}

describe("the message that a refused program reads", () => {
  it("a refusal of a named pool says how much is used, when it starts over, and how to raise it", () => {
    const options = { name: "daily", caps: { usd: 5 }, window: "day" } as const;
    const error = refusalOf(options, { usd: 5 }, { usd: 1 });
    expect(explainerFor(true)(error)).toBe(
      "Budget exceeded: $5.00 of $5.00 used in pool daily; resets 00:00 UTC; raise it with: token-budget set daily --usd 10",
    );
  });

  it("a refusal of a run without a pool says what the call could cost, and how to raise the cap", () => {
    const error = refusalOf({ name: "run", caps: { usd: 1 } }, { usd: "0.2" }, { usd: 3 });
    expect(explainerFor(false)(error)).toBe(
      "Budget exceeded: $0.20 of $1.00 used in pool run, and this call could cost up to $3.00; run it again with more: token-budget run --usd 6",
    );
  });

  it("a frozen pool is refused as such, and a named one says how to thaw it", () => {
    const pool = new BudgetPool({ name: "daily", caps: { usd: 35 } });
    const refusal = pool.check({ usd: 36 });
    if (refusal === undefined) throw new Error("unreachable: it does not fit");
    const error = new BudgetExceeded({ ...refusal, reason: "frozen" });
    expect(explainerFor(true)(error)).toBe(
      "Pool daily is frozen: new calls are refused; end that with: token-budget thaw daily",
    );
    expect(explainerFor(false)(error)).toBe("Pool daily is frozen: new calls are refused");
  });

  it("a caller of a gateway reads how to request more, from a shell and over the API", () => {
    const options = { name: "ada", caps: { usd: 5 }, window: "day" } as const;
    const error = refusalOf(options, { usd: 5 }, { usd: 1 });
    expect(explainToCaller(error)).toBe(
      "Budget exceeded: $5.00 of $5.00 used in pool ada; resets 00:00 UTC; ask for more with: token-budget request ada --usd 5 --server URL, or POST /api/v1/requests",
    );
    const other = new Error("first; then");
    expect(explainToCaller(other)).toBe("first; then");
  });

  it("a refusal is explained on every axis, and for names that a shell would take apart", () => {
    const explain = explainerFor(true);
    const tokens = refusalOf(
      { name: "it's mine", caps: { tokens: 10 } },
      { tokens: 9 },
      { tokens: 2 },
    );
    expect(explain(tokens)).toBe(
      "Budget exceeded: 9 of 10 tokens used in pool it's mine, and this call could use up to 2 tokens; raise it with: token-budget set 'it'\\''s mine' --tokens 20",
    );
    const input = refusalOf({ name: "p", caps: { inputTokens: 1 } }, {}, { inputTokens: 2 });
    expect(explain(input)).toMatch(/; raise it with: token-budget set p --input-tokens 4$/);
  });
});
