// Prices that no row of a table has: custom prices, none at all, and the highest of a provider.

import { Price } from "./price.ts";
import { NO_MULTIPLIERS, ratesUpTo } from "./rates.ts";
import type { Multipliers, Rates, ServiceMultipliers } from "./rates.ts";
import { USAGE_CLASSES } from "../core/usage.ts";
import type { UsageClass } from "../core/usage.ts";
import { ratesAt } from "./table.ts";
import type { ModelRow, ProviderTable } from "./table.ts";

/** A custom model, or custom rates of one. */
export interface Override extends Rates {
  /** Modifiers of the price in addition to those of the provider's table. */
  readonly multipliers?: Multipliers | undefined;
  /** How many tokens fit into a request. */
  readonly context?: number | undefined;
  /** The most tokens of one answer. */
  readonly outputMax?: number | undefined;
}

/** Returns the price of a custom model, or of a model with custom rates. */
export function priceOfOverride(
  override: Override,
  table: ProviderTable | undefined,
  model: string,
  name: string,
): Price {
  const { multipliers, context, outputMax, ...rates } = override;
  const shared = table === undefined ? NO_MULTIPLIERS : multipliersOf(table, undefined);
  const provider = table?.id ?? (name.includes("/") ? (name.split("/")[0] ?? "") : "");
  return new Price({
    provider,
    model: table === undefined && provider !== "" ? name.slice(provider.length + 1) : model,
    rates,
    multipliers: withMultipliers(shared, multipliers),
    context,
    outputMax,
    source: "override",
  });
}

/** Returns a price without dollars. */
export function priceWithoutRates(provider: string, model: string): Price {
  const source = "tokens only";
  return new Price({
    provider,
    model,
    rates: undefined,
    multipliers: NO_MULTIPLIERS,
    context: undefined,
    outputMax: undefined,
    source,
  });
}

/** A custom word applies on the axis where it is used. */
function withMultipliers(shared: ServiceMultipliers, own: Multipliers = {}): ServiceMultipliers {
  const { tiers, speeds, places } = shared;
  return {
    tiers: { ...tiers, ...own },
    speeds: { ...speeds, ...own },
    places: { ...places, ...own },
  };
}

/**
 * Returns the modifiers of the price of a provider's model; without a row, those of the provider.
 */
export function multipliersOf(table: ProviderTable, row: ModelRow | undefined): ServiceMultipliers {
  const { tiers, speeds, places } = table.multipliers;
  const own = row?.multipliers;
  return {
    tiers: { ...tiers, ...own?.tiers },
    speeds: { ...speeds, ...own?.speeds },
    places: { ...places, ...own?.places },
  };
}

/** Returns the highest rates of a provider, class by class, for a model that its table lacks. */
export function dearestPrice(
  table: ProviderTable,
  model: string,
  atMs: number,
  asOf: string,
): Price {
  const rates: { [C in UsageClass]?: number } = {};
  let [context, outputMax] = [0, 0];
  for (const row of table.models) {
    context = Math.max(context, row.context ?? 0);
    outputMax = Math.max(outputMax, row.outputMax ?? 0);
    const own = ratesAt(row, atMs);
    for (const name of USAGE_CLASSES) {
      const rate = own[name];
      if (rate === undefined) continue;
      const most = Math.max(...ratesUpTo(rate, Number.POSITIVE_INFINITY));
      rates[name] = Math.max(rates[name] ?? 0, most);
    }
  }
  return new Price({
    provider: table.id,
    model,
    rates,
    multipliers: multipliersOf(table, undefined),
    context: context || undefined,
    outputMax: outputMax || undefined,
    source: `the dearest of ${table.name}, as of ${asOf}`,
    isGuess: true,
  });
}
