// The cost of calls to other models that a provider's tool makes, such as images.

import type { Amount } from "../core/amount.ts";
import { toNanoUsd, toUsd } from "../core/nano-usd.ts";
import type { Provider } from "../wire/provider.ts";
import type { Asked } from "../wire/wire.ts";
import type { MeterSettings } from "./settings.ts";
import { checkMedia, priceFor } from "./pricing.ts";

const IMAGES = { outputMedia: ["image"] } as const;

/**
 * Adds the most that such calls can cost, each at the most expensive of the possible models.
 *
 * @throws {PriceUnknown} if one of them has no price.
 */
export function withBesides(
  amount: Amount,
  { besides = [] }: Asked,
  provider: Provider,
  settings: MeterSettings,
): Amount {
  let { inputTokens = 0, outputTokens = 0 } = amount;
  let nanoUsd = toNanoUsd(amount.usd ?? 0);
  for (const { models, times, inputTokens: input, outputTokens: output } of besides) {
    const most = models.map((model) => {
      const price = priceFor(model, provider, settings);
      checkMedia(price, IMAGES);
      const media = { input: true, output: true };
      const bound = {
        inputTokens: input,
        outputTokens: output,
        media,
        cacheWrites: "none",
      } as const;
      return toNanoUsd(price.ceiling(bound).usd ?? 0);
    });
    inputTokens += input * times;
    outputTokens += output * times;
    nanoUsd += Math.max(...most) * times;
  }
  if (besides.length === 0) return amount;
  const usd = amount.usd === undefined ? {} : { usd: toUsd(nanoUsd) };
  return { ...amount, inputTokens, outputTokens, ...usd };
}
