// Every model and class of the book against the library that its data is from: a second reading of
// the same data, with floating point.

import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { expect, it } from "vitest";

import { priceBook } from "../../src/prices/index.ts";
import type { Price, Usage, UsageClass } from "../../src/prices/index.ts";

const KEY_OF_CLASS: { readonly [C in UsageClass]?: string } = {
  cacheReadTokens: "cache_read_tokens",
  cacheWriteTokens: "cache_write_tokens",
  outputTokens: "output_tokens",
};
const PROVIDER_THERE: Readonly<Record<string, string>> = {
  bedrock: "aws",
  xai: "x-ai",
  moonshot: "moonshotai",
  voyage: "voyageai",
};
/** Providers whose rates change with the hour: here the dear hours count. */
const HOURLY: ReadonlySet<string> = new Set(["deepseek"]);
/** An instant by which everything that is dated in the tables has begun. */
const AT = new Date("2026-11-24T12:00:00Z");
const NANO = 1e-9;

function priceThere(price: Price, usage: Usage): number | undefined {
  const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0 } = usage;
  const there = {
    input_tokens: inputTokens + cacheReadTokens + cacheWriteTokens,
    ...(cacheReadTokens > 0 && { [KEY_OF_CLASS.cacheReadTokens ?? ""]: cacheReadTokens }),
    ...(cacheWriteTokens > 0 && { [KEY_OF_CLASS.cacheWriteTokens ?? ""]: cacheWriteTokens }),
    output_tokens: outputTokens,
  };
  const providerId = PROVIDER_THERE[price.provider] ?? price.provider;
  const found = calcPrice(there, price.model, { providerId, timestamp: AT });
  // There, a name is looked for among patterns only, and may be that of another model.
  return found?.model.id === price.model ? found.total_price : undefined;
}

const tokens = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 900_000 }));

it("every model costs what the source of its price says, to the nano-dollar", () => {
  let compared = 0;
  for (const name of priceBook.models()) {
    const price = priceBook.find(name, { at: AT });
    const { rates = {} } = price;
    if (rates.inputTokens === undefined || rates.outputTokens === undefined) continue;
    fc.assert(
      fc.property(tokens, tokens, tokens, tokens, (input, cacheRead, cacheWrite, output) => {
        const usage = {
          inputTokens: input,
          outputTokens: output,
          cacheReadTokens: rates.cacheReadTokens === undefined ? 0 : cacheRead,
          cacheWriteTokens: rates.cacheWriteTokens === undefined ? 0 : cacheWrite,
          // There, a call is one request without being told so.
          requests: rates.requests === undefined ? 0 : 1,
        };
        const there = priceThere(price, usage);
        if (there === undefined) return;
        compared++;
        const here = price.cost(usage);
        expect(here).toBeGreaterThanOrEqual(there - NANO / 2);
        if (HOURLY.has(price.provider)) return;
        expect(here).toBeLessThanOrEqual(there + NANO + there * 1e-12);
      }),
      { numRuns: 20 },
    );
  }
  expect(compared).toBeGreaterThan(5000);
});

it("no usage within a bound costs more than its ceiling", () => {
  const names = priceBook.models();
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 6, maxLength: 6 }),
      (name, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]) => {
        const price = priceBook.find(name, { at: AT });
        if (price.rates?.inputTokens === undefined || price.rates.outputTokens === undefined)
          return;
        const usage = {
          inputTokens: a,
          cacheReadTokens: b,
          cacheWriteTokens: c,
          cacheWrite1hTokens: d,
          outputTokens: e,
          reasoningTokens: f,
        };
        const bound = { inputTokens: a + b + c + d, outputTokens: e + f };
        expect(price.cost(usage)).toBeLessThanOrEqual(Number(price.ceiling(bound).usd));
      },
    ),
    { numRuns: 3000 },
  );
});
