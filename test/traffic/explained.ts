// Where the expectation of the recordings and the books differ for a reason that is known: a kind of
// exchange, or one of which nothing else can be said.

import type { ExchangeReport } from "../../src/meter/index.ts";
import { priceBook } from "../../src/prices/index.ts";
import { bytesOf } from "./exchanges.ts";
import type { RecordedExchange } from "./exchanges.ts";

/** Kinds of exchanges whose tokens may differ from what is expected. */
const TOKENS: readonly Kind[] = [
  {
    reason: "no input at all, or no output beside output, is not a count",
    isMeant: ({ expected: { usage } }, report) =>
      (usage?.input === 0 || usage?.output === 0) && report.outcome === "bounded",
  },
  {
    reason: "more reasoning than output stands beside it, and is billed",
    isMeant: (exchange, { usage }) =>
      (usage?.reasoningTokens ?? 0) > (exchange.expected.usage?.output ?? 0),
  },
  {
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
    reason: "what a cache was read from, or written with, stands beside the input at Bedrock",
    isMeant: ({ provider }, { usage }) =>
      provider === "bedrock" &&
      (usage?.cacheReadTokens ?? 0) +
        (usage?.cacheWriteTokens ?? 0) +
        (usage?.cacheWrite1hTokens ?? 0) >
        0,
  },
];

/** Kinds of exchanges whose dollars may differ from what is expected. */
const DOLLARS: readonly Kind[] = [
  ...TOKENS,
  {
    reason:
      "the answer is another provider's than that of its host, which the booking says is unsure",
    isMeant: (_exchange, { doubts }) => doubts.some((doubt) => doubt.includes("the answer is of")),
  },
  {
    reason: "of the model that was asked for and the one that answered, the dearer counts",
    isMeant: ({ expected }, { model, booked }) =>
      expected.model !== undefined &&
      model !== undefined &&
      !expected.model.startsWith(model) &&
      (booked?.usd ?? 0) > (usdOf(expected) ?? 0),
  },
  {
    // https://platform.openai.com/docs/pricing#audio-tokens
    reason: "audio has a price of its own, which the list of the expectation leaves out",
    isMeant: (_exchange, { usage }) =>
      (usage?.inputAudioTokens ?? 0) + (usage?.outputAudioTokens ?? 0) > 0,
  },
  {
    // https://openrouter.ai/docs/guides/overview/auth/byok
    reason: "with a key of the user's own the provider's bill comes beside OpenRouter's",
    isMeant: ({ provider, response }) =>
      provider === "openrouter" && /"is_byok":\s*true/.test(bytesOf(response).toString()),
  },
];

interface Kind {
  readonly reason: string;
  readonly isMeant: (exchange: RecordedExchange, report: ExchangeReport) => boolean;
}

/** Why the tokens of an exchange may differ; undefined when nothing explains it. */
export function whyTokensDiffer(
  exchange: RecordedExchange,
  report: ExchangeReport,
): string | undefined {
  return TOKENS.find(({ isMeant }) => isMeant(exchange, report))?.reason;
}

/** Why the dollars of an exchange may differ; undefined when nothing explains it. */
export function whyDollarsDiffer(
  exchange: RecordedExchange,
  report: ExchangeReport,
): string | undefined {
  return DOLLARS.find(({ isMeant }) => isMeant(exchange, report))?.reason;
}

/** What an exchange is expected to cost, before tiers and fees. */
function usdOf({ reportedUsd, listUsd }: RecordedExchange["expected"]): number | undefined {
  if (reportedUsd !== undefined) return reportedUsd;
  return typeof listUsd === "number" ? listUsd : listUsd?.usd;
}

/**
 * By how much a tier changes the listed price, which the expectation leaves out.
 * https://platform.openai.com/docs/pricing
 * https://cloud.google.com/vertex-ai/generative-ai/pricing
 */
const TIERS: readonly (readonly [answer: RegExp, factor: number])[] = [
  [/"service_tier":\s*"flex"|"(?:trafficType|serviceTier)":\s*"(?:ON_DEMAND_)?FLEX"/i, 0.5],
  [/"serviceTier":\s*\{\s*"type":\s*"flex"/, 0.5],
  [/"service_tier":\s*"priority"/, 2],
];

/** The fee of searches that the expectation has not counted, by the price of the model. */
function feesOf({ expected }: RecordedExchange, report: ExchangeReport): number {
  const { usage, provider, model } = report;
  if ((expected.usage?.searches ?? 0) > 0) return 0;
  if (usage?.webSearches === undefined || provider === undefined || model === undefined) return 0;
  const price = priceBook.find(`${provider}/${model}`, { unknown: "tokens only" });
  return price.rates?.webSearches === undefined
    ? 0
    : price.cost({ webSearches: usage.webSearches });
}

/** What an exchange costs by the expectation, its tier and its fees; undefined where nobody says. */
export function billOf(exchange: RecordedExchange, report: ExchangeReport): number | undefined {
  const listed = usdOf(exchange.expected);
  if (listed === undefined || exchange.expected.reportedUsd !== undefined) return listed;
  const answer = bytesOf(exchange.response).toString();
  const factor = TIERS.find(([pattern]) => pattern.test(answer))?.[1] ?? 1;
  return listed * factor + feesOf(exchange, report);
}
