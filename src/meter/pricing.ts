// The price of a model (M10): that of the provider that serves it, and of no other.

import type { Price } from "../prices/index.ts";
import { PriceUnknown } from "../prices/index.ts";
import type { Provider } from "../wire/provider.ts";
import type { Asked } from "../wire/wire.ts";
import { soldByCount } from "./counted-usage.ts";
import type { MeterSettings } from "./settings.ts";

/**
 * Returns the price of a model at the provider that serves it. The user's prices and names take
 * precedence; at an unknown host, only models with a single seller have a price.
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
  if (provider.prices === undefined) throw noHost(model, provider, url);
  try {
    return prices.find(qualified, { unknown: unknownModel === "dearest" ? "dearest" : "error" });
  } catch (error) {
    throw PriceUnknown.is(error) ? unknownModelError(model, qualified, prices.asOf, error) : error;
  }
}

/** Returns the same error, in terms of the meter's options. */
function unknownModelError(
  model: string,
  qualified: string,
  asOf: string,
  { nearest }: PriceUnknown,
): PriceUnknown {
  const near = nearest.length === 0 ? "" : `; the nearest known are ${nearest.join(", ")}`;
  const name = JSON.stringify(model.slice(0, NAME_SHOWN_MAX));
  return new PriceUnknown(
    qualified,
    `No price is known for the model ${JSON.stringify(qualified.slice(0, NAME_SHOWN_MAX))}${near}; ` +
      `prices are as of ${asOf}: name its model with ` +
      `\`models: { ${name}: "provider/model" }\`, what it costs with ` +
      `\`prices: priceBook.with({ ${JSON.stringify(qualified.slice(0, NAME_SHOWN_MAX))}: ${RATES} })\`, ` +
      `or \`unknownModel: "dearest"\` to use the highest rates of the provider`,
    nearest,
  );
}

const NAME_SHOWN_MAX = 100;
/** The prefix of the user's own rates, without any that could be mistaken for the model's. */
const RATES = "{ inputTokens, outputTokens }";

const FREE = {
  inputTokens: 0,
  outputTokens: 0,
  outputAudioTokens: 0,
  outputImageTokens: 0,
  outputVideoTokens: 0,
};

/** Returns the price of a model; undefined if there is none. */
export function knownPrice(
  model: string,
  provider: Provider,
  { prices, models }: MeterSettings,
): Price | undefined {
  const name = models.get(model) ?? model;
  const own = prices.findOwn(name) ?? prices.findOwn(qualifiedName(name, provider));
  if (own !== undefined) return own;
  // An alias of the user that names the provider.
  const isAlias = models.has(model) && name.includes("/");
  if (provider.prices === undefined && !isAlias && !ONE_SELLER.test(name)) return undefined;
  if (provider.prices === undefined) return listedPrice(name, prices);
  return listedPrice(isAlias ? name : qualifiedName(name, provider), prices);
}

/**
 * Models that only their maker runs: another server, such as a gateway or a company's proxy, buys
 * them at the maker's price. For open weights, a server sets its own price.
 */
const ONE_SELLER =
  /^(?:(?:openai|anthropic|google)\/)?(?:gpt-(?!oss)|chatgpt-|o[1-9](?:-|$)|text-embedding-|claude-|gemini-)/;

function listedPrice(name: string, prices: MeterSettings["prices"]): Price | undefined {
  const price = prices.findListed(name);
  return price?.rates === undefined ? undefined : price;
}

/** Output other than text, by classes that no other rate replaces. */
const MEDIA_CLASSES = {
  audio: "outputAudioTokens",
  image: "outputImageTokens",
  video: "outputVideoTokens",
} as const;

/**
 * Checks that possible output other than text has a price: it costs many times what text does.
 *
 * @throws {PriceUnknown} if it has none.
 */
export function checkMedia(
  price: Price,
  { outputMedia, counted }: Pick<Asked, "outputMedia" | "counted">,
): void {
  if (soldByCount(price, counted)) return;
  const { provider, model, rates } = price;
  const missing = outputMedia
    .map((each) => MEDIA_CLASSES[each])
    .find((name) => rates?.[name] === undefined);
  if (rates === undefined || missing === undefined) return;
  const name = `${provider}/${model}`;
  const own = `priceBook.with({ ${JSON.stringify(name)}: { …, ${missing} } })`;
  throw new PriceUnknown(
    name,
    `The model "${name}" has no price for ${missing}, which this call may use: set one with \`prices: ${own}\``,
  );
}

/** Returns why a price may not be that of the call; empty if it is. */
export function priceDoubts(
  model: string,
  price: Price,
  provider: Provider,
  { models }: MeterSettings,
): readonly string[] {
  if (price.isGuess) return ["the model has no price: the highest of its provider is used"];
  const isSaid = price.source === "override" || price.rates === undefined || models.has(model);
  if (provider.prices !== undefined || isSaid) return [];
  return [`the host is unknown: the list price of ${price.provider} is used`];
}

/**
 * Returns the price of a model that an answer names; a guess at the highest rates if it is unknown.
 */
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

function noHost(model: string, provider: Provider, url: URL | undefined): PriceUnknown {
  const where = provider.id === "unknown" ? (url?.host ?? "this host") : provider.id;
  const name = JSON.stringify(model.slice(0, NAME_SHOWN_MAX));
  const local =
    url !== undefined && isLoopback(url)
      ? ', or `localModels: "free"` if models on this machine cost nothing'
      : "";
  return new PriceUnknown(
    model,
    `No price is known for the model ${name} at ${where}: say whose prices apply with ` +
      `\`provider\`, what it costs with \`prices: priceBook.with({ ${name}: ${RATES} })\`, ` +
      `or which model it is with \`models: { ${name}: "openai/gpt-4o" }\`${local}`,
  );
}
