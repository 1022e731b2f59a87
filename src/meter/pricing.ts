// Whose price a model has (M10): that of the provider that serves it, and nobody else's.

import type { Price } from "../prices/index.ts";
import { PriceUnknown } from "../prices/index.ts";
import { nearestTo } from "../prices/nearest.ts";
import type { Provider } from "../wire/provider.ts";
import type { MeterSettings } from "./options.ts";

/**
 * Returns the price of a model at the provider that serves it. The user's own prices and names come
 * first; at a host that is not known there are only those of models that have one seller.
 *
 * @throws {PriceUnknown} if there is none, unless the settings let the call through.
 */
export function priceFor(
  named: string,
  provider: Provider,
  settings: MeterSettings,
  url?: URL,
): Price {
  const model = url === undefined ? named : (provider.priceName?.(named, url) ?? named);
  const found = knownPrice(model, provider, settings);
  if (found !== undefined) return found;
  const { prices, unknownModel, localModels } = settings;
  const qualified = qualifiedName(model, provider);
  if (localModels === "free" && url !== undefined && isLoopback(url))
    return prices.with({ [qualified]: FREE }).find(qualified);
  if (unknownModel === "tokens only") return prices.find(qualified, { unknown: "tokens only" });
  if (provider.prices === undefined) throw noHost(model, provider, url, prices);
  if (unknownModel === "dearest") return prices.find(qualified, { unknown: "dearest" });
  throw noPrice(model, qualified, prices);
}

/** Refuses a model that its provider's table does not have, with the options of the meter. */
function noPrice(model: string, qualified: string, prices: MeterSettings["prices"]): PriceUnknown {
  const nearest = nearestTo(qualified, prices.models());
  const hint = nearest.length === 0 ? "" : `; the nearest known are ${nearest.join(", ")}`;
  const name = JSON.stringify(model.slice(0, 100));
  return new PriceUnknown(
    model,
    `No price is known for the model ${JSON.stringify(qualified.slice(0, 120))} (prices as of ${prices.asOf})${hint}; ` +
      `say what it costs with \`prices: priceBook.with({ ${name}: { inputTokens: 3, outputTokens: 15 } })\` ` +
      `in dollars for a million tokens, which model it is with \`models: { ${name}: ${JSON.stringify(nearest[0] ?? "openai/gpt-4o")} }\`, ` +
      'or let it through at the dearest rates of its provider with `unknownModel: "dearest"`',
    nearest,
  );
}

const FREE = { inputTokens: 0, outputTokens: 0 };

/** The price of a model where there is one; undefined otherwise. */
export function knownPrice(
  model: string,
  provider: Provider,
  { prices, models }: MeterSettings,
): Price | undefined {
  const name = models.get(model) ?? model;
  const own = prices.findOwn(name) ?? prices.findOwn(qualifiedName(name, provider));
  if (own !== undefined) return own;
  // A name of the user's own that says whose model it is.
  const isAlias = models.has(model) && name.includes("/");
  if (provider.prices === undefined && !isAlias && !ONE_SELLER.test(name)) return undefined;
  if (provider.prices === undefined) return listedPrice(name, prices);
  return listedPrice(isAlias ? name : qualifiedName(name, provider), prices);
}

/**
 * Models that nobody but their maker runs: whoever serves them, a gateway or a company's own proxy,
 * buys them at the maker's price. Open weights cost whatever the server asks for.
 */
const ONE_SELLER =
  /^(?:(?:openai|anthropic|google)\/)?(?:gpt-(?!oss)|chatgpt-|o[1-9](?:-|$)|text-embedding-|claude-|gemini-)/;

function listedPrice(name: string, prices: MeterSettings["prices"]): Price | undefined {
  const price = prices.find(name, { unknown: "tokens only" });
  return price.rates === undefined ? undefined : price;
}

/** Why a price may not be that of the call; empty when it is. */
export function priceDoubts(
  model: string,
  price: Price,
  provider: Provider,
  { models }: MeterSettings,
): readonly string[] {
  if (price.isGuess) return ["the model has no price: the dearest of its provider is taken"];
  const isSaid = price.source === "override" || price.rates === undefined || models.has(model);
  if (provider.prices !== undefined || isSaid) return [];
  return [`the host is not known: the price that ${price.provider} lists is taken`];
}

/** The price of a model that an answer names; a guess at the dearest where it is not known. */
export function priceOfPass(
  model: string,
  provider: Provider,
  settings: MeterSettings,
): Price | undefined {
  const known = knownPrice(model, provider, settings);
  if (known !== undefined || provider.prices === undefined) return known;
  return settings.prices.find(qualifiedName(model, provider), { unknown: "dearest" });
}

function qualifiedName(model: string, { id, prices = id }: Provider): string {
  return `${prices}/${model}`;
}

function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function noHost(
  model: string,
  provider: Provider,
  url: URL | undefined,
  prices: MeterSettings["prices"],
): PriceUnknown {
  const where = provider.id === "unknown" ? (url?.host ?? "this host") : provider.id;
  const name = JSON.stringify(model.slice(0, 100));
  const local =
    url !== undefined && isLoopback(url)
      ? ', `localModels: "free"` if models on this machine cost nothing'
      : "";
  return new PriceUnknown(
    model,
    `No price is known for the model ${name} at ${where} (prices as of ${prices.asOf}): say whose prices count with ` +
      `\`provider\`, what it costs with \`prices: priceBook.with({ ${name}: { inputTokens, outputTokens } })\`, ` +
      `or which model it is with \`models: { ${name}: "openai/gpt-4o" }\`${local}`,
  );
}
