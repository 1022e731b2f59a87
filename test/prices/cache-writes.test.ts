import { describe, expect, it } from "vitest";

import { priceBook } from "../../src/prices/index.ts";

describe("a write to a cache for an hour", () => {
  // Twice the price of input, with every seller.
  const models = [
    ["anthropic/claude-sonnet-4-5", 6],
    ["bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0", 6],
    ["bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", 6.6],
    ["google/claude-sonnet-4-5@20250929", 6],
  ] as const;
  it.each(models)("a write to a cache for an hour costs twice the input: %s", (model, usd) => {
    expect(priceBook.find(model).cost({ cacheWrite1hTokens: 100_000 })).toBeCloseTo(usd / 10, 9);
  });

  it("a write to a cache for an hour costs twice the input beyond a tier too", () => {
    const price = priceBook.find("google/claude-sonnet-4-5@20250929");
    expect(price.cost({ cacheWrite1hTokens: 1_000_000 })).toBe(12);
  });

  it("a write to a cache for an hour costs what the caller's own rates say", () => {
    const rates = { inputTokens: 1, cacheWriteTokens: 2, cacheWrite1hTokens: 3 };
    const book = priceBook.with({ mine: rates });
    expect(book.find("mine").cost({ cacheWrite1hTokens: 1_000_000 })).toBe(3);
  });
});
