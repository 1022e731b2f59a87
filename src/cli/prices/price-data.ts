// Reads the data file of genai-prices, which comes from outside: a file with any error is rejected
// as a whole. https://github.com/pydantic/genai-prices

import type { PriceUpdates } from "../../prices/price-book.ts";
import type { Rate, Rates, TieredRate } from "../../prices/rates.ts";
import type { DatedRates, ModelRow, NameMatch } from "../../prices/table.ts";
import type { UsageClass } from "../../core/usage.ts";
import { Failure } from "../command-line.ts";

/** Dollars per million tokens, or per thousand searches, that no model costs. */
const RATE_MAX = 100_000;
const NAME_LENGTH_MAX = 200;
const CONTEXT_MAX = 100_000_000;
const DAY_SECONDS = 86_400;
/** Providers with another name in the book. */
const IDS: ReadonlyMap<string, string> = new Map([
  ["aws", "bedrock"],
  ["x-ai", "xai"],
  ["moonshotai", "moonshot"],
  ["voyageai", "voyage"],
]);
const CLASSES: ReadonlyMap<string, UsageClass> = new Map([
  ["input_mtok", "inputTokens"],
  ["cache_read_mtok", "cacheReadTokens"],
  ["cache_write_mtok", "cacheWriteTokens"],
  ["cache_write_1h_mtok", "cacheWrite1hTokens"],
  ["input_audio_mtok", "inputAudioTokens"],
  ["cache_audio_read_mtok", "cacheReadAudioTokens"],
  ["input_image_mtok", "inputImageTokens"],
  ["cache_image_read_mtok", "cacheReadImageTokens"],
  ["input_video_mtok", "inputVideoTokens"],
  ["output_mtok", "outputTokens"],
  ["output_reasoning_mtok", "reasoningTokens"],
  ["output_audio_mtok", "outputAudioTokens"],
  ["output_image_mtok", "outputImageTokens"],
  ["output_video_mtok", "outputVideoTokens"],
  ["web_searches_kcount", "webSearches"],
  ["requests_kcount", "requests"],
  ["storage_searches_kcount", "fileSearches"],
  ["input_document_kpages", "pages"],
]);

/**
 * Returns the models of the data file, by the provider's id in the book.
 *
 * @throws {Failure} if it is not such a file, or a rate in it is invalid.
 */
export function readPriceData(text: string): PriceUpdates {
  const providers = listOf(parsed(text), "the data");
  const updates = new Map<string, readonly ModelRow[]>();
  for (const provider of providers) {
    const id = textOf(provider, "id", "a provider");
    const models = listOf(field(provider, "models"), `the models of ${id}`);
    const rows = models.flatMap((model) => rowOf(model, id) ?? []);
    updates.set(IDS.get(id) ?? id, rows);
  }
  for (const id of ["openai", "anthropic", "google"])
    if ((updates.get(id)?.length ?? 0) === 0) throw wrong(`it has no prices for ${id}`);
  return updates;
}

function wrong(why: string): Failure {
  return new Failure(
    `Invalid prices: ${why}. Expected the complete data file of genai-prices; nothing was changed`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong("it is not JSON, or is incomplete");
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(`${what} is not a list`);
  return value;
}

function textOf(value: unknown, name: string, what: string): string {
  const found = field(value, name);
  if (typeof found === "string" && found !== "" && found.length <= NAME_LENGTH_MAX) return found;
  throw wrong(`${what} has no ${name}`);
}

/** Returns a model; undefined if nothing that is counted here has a price. */
function rowOf(model: unknown, provider: string): ModelRow | undefined {
  const id = textOf(model, "id", `a model of ${provider}`);
  const what = `${provider}/${id}`;
  const context = field(model, "context_window");
  if (context !== undefined && context !== null && !isCount(context))
    throw wrong(`${what} has an invalid context`);
  const prices = datedRatesOf(field(model, "prices"), what);
  if (prices.every(({ rates }) => Object.keys(rates).length === 0)) return undefined;
  return {
    id,
    names: namesOf(field(model, "match")),
    ...(isCount(context) && { context }),
    prices,
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= CONTEXT_MAX;
}

/** Names match by equality and prefix only: a regular expression from outside could run forever. */
function namesOf(match: unknown): readonly NameMatch[] {
  const either = field(match, "or");
  return (Array.isArray(either) ? either : [match]).flatMap((each): NameMatch[] => {
    const [equals, begins] = [field(each, "equals"), field(each, "starts_with")];
    if (typeof equals === "string") return [`=${equals}`];
    return typeof begins === "string" && begins !== "" ? [`^${begins}`] : [];
  });
}

function datedRatesOf(prices: unknown, what: string): readonly DatedRates[] {
  if (!Array.isArray(prices)) return [{ rates: ratesOf(prices, what) }];
  return prices.map((each: unknown): DatedRates => {
    const rates = ratesOf(field(each, "prices"), what);
    const constraint = field(each, "constraint");
    const from = field(constraint, "start_date");
    if (typeof from === "string" && !Number.isNaN(Date.parse(from))) return { from, rates };
    if (constraint === undefined || constraint === null) return { rates };
    const daily = [field(constraint, "start_time"), field(constraint, "end_time")] as const;
    return { daily: [secondOf(daily[0], what), secondOf(daily[1], what)], rates };
  });
}

function secondOf(time: unknown, what: string): number {
  const [hours, minutes = 0, seconds = 0] = String(time).replace(/Z$/, "").split(":").map(Number);
  const second = Number(hours) * 3600 + minutes * 60 + seconds;
  if (second >= 0 && second <= DAY_SECONDS) return second;
  throw wrong(`${what} has a price for an invalid time`);
}

function ratesOf(prices: unknown, what: string): Rates {
  if (typeof prices !== "object" || prices === null) throw wrong(`${what} has no prices`);
  const rates: { [C in UsageClass]?: Rate } = {};
  for (const [key, price] of Object.entries(prices)) {
    const name = CLASSES.get(key);
    if (name !== undefined && price !== null) rates[name] = rateOf(price, what);
  }
  return rates;
}

function rateOf(price: unknown, what: string): Rate {
  const tiers = field(price, "tiers");
  if (tiers === undefined) return dollarsOf(price, what);
  const rate: TieredRate = {
    base: dollarsOf(field(price, "base"), what),
    tiers: listOf(tiers, `the tiers of ${what}`).map((tier) => {
      const above = field(tier, "start");
      if (!isCount(above)) throw wrong(`${what} has a tier without a start`);
      return { above, rate: dollarsOf(field(tier, "price"), what) };
    }),
  };
  return rate;
}

function dollarsOf(value: unknown, what: string): number {
  if (typeof value === "number" && value >= 0 && value <= RATE_MAX) return value;
  throw wrong(`${what} has a rate of ${String(value).slice(0, 40)}`);
}
