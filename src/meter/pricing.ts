import type { Price } from "../prices/index.ts";
import type { MeterSettings } from "./options.ts";

/**
 * The price of a model: at the provider that serves it, where that is known; else at the one that
 * its name says, else at the one that it would be by its wire.
 *
 * @throws {PriceUnknown} when there is none, unless the settings let it through.
 */
export function priceFor(
  model: string,
  served: string | undefined,
  likely: string,
  { prices, unknownModel }: MeterSettings,
): Price {
  const qualified = `${served ?? likely}/${model}`;
  for (const name of served === undefined ? [model, qualified] : [qualified, model]) {
    const price = prices.find(name, { unknown: "tokens only" });
    if (price.rates !== undefined) return price;
  }
  return prices.find(qualified, { unknown: unknownModel === "refuse" ? "error" : unknownModel });
}
