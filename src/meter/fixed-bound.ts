// The bound of a request whose price is known before it is read.

import type { Amount } from "../core/amount.ts";
import { priceBook } from "../prices/index.ts";
import type { Provider } from "../wire/provider.ts";
import type { Bounded } from "./bounded.ts";

/** Returns a bound that is known before the request is read. */
export function fixedBound(provider: Provider, path: string, amount: Amount): Bounded {
  const price = priceBook.find(`${provider.id}${path}`, { unknown: "tokens only" });
  return {
    price,
    prices: [price],
    provider,
    service: {},
    doubts: [],
    reasons: () => [],
    bound: { inputTokens: 0, outputTokens: 0 },
    isEstimated: true,
    fixed: amount,
    unit: {},
    output: { kind: "fixed" },
    limitMin: 0,
    outputFor: () => amount.outputTokens ?? 0,
    request: {
      wire: "route",
      provider: provider.id,
      model: path,
      body: undefined,
      inputTokens: amount.inputTokens,
      outputTokens: amount.outputTokens ?? 0,
    },
  };
}
