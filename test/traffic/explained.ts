// Where the expectation of the recordings and the books differ for a reason that is known: a kind of
// exchange, or one of which nothing else can be said.

import type { ExchangeReport } from "../../src/meter/index.ts";
import { priceBook } from "../../src/prices/index.ts";
import { bytesOf } from "./exchanges.ts";
import type { RecordedExchange } from "./exchanges.ts";

/** A kind of exchange of which something may differ from what is expected. */
interface Kind {
  readonly reason: string;
  /** The page that says so, or the rule. */
  readonly source: string;
  readonly isMeant: (exchange: RecordedExchange, report: ExchangeReport) => boolean;
}

/** Kinds of exchanges whose tokens may differ from what is expected. */
const TOKENS: readonly Kind[] = [
  {
    reason: "no input at all, or no output beside output, is not a count",
    source: "docs/guides/metering.md",
    isMeant: ({ expected: { usage } }, report) =>
      (usage?.input === 0 || usage?.output === 0) && report.outcome === "bounded",
  },
  {
    // Their totals, where answers have them, are the sum of all.
    reason: "at Bedrock what was read from a cache or written to it stands beside the input",
    source: "https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html",
    isMeant: ({ expected }, { provider, usage }) =>
      provider === "bedrock" &&
      usage?.inputTokens === expected.usage?.input &&
      (usage?.cacheReadTokens ?? 0) + (usage?.cacheWriteTokens ?? 0) > 0,
  },
  {
    reason: "images of a tool are billed besides, which the expectation leaves out",
    source: "https://developers.openai.com/api/docs/guides/tools-image-generation",
    isMeant: (_exchange, { doubts }) => doubts.some((doubt) => doubt.startsWith("images of the")),
  },
  {
    reason: "more reasoning than output stands beside it, and is billed",
    source: "https://ai.google.dev/gemini-api/docs/thinking#pricing",
    isMeant: (exchange, { usage }) =>
      (usage?.reasoningTokens ?? 0) > (exchange.expected.usage?.output ?? 0),
  },
];

/** Kinds of exchanges whose dollars may differ from what is expected. */
const DOLLARS: readonly Kind[] = [
  ...TOKENS,
  {
    reason:
      "the answer is another provider's than that of its host, which the booking says is unsure",
    source: "docs/guides/metering.md",
    isMeant: (_exchange, { doubts }) => doubts.some((doubt) => doubt.includes("the answer is of")),
  },
  {
    reason: "of the model that was asked for and the one that answered, the dearer counts",
    source: "docs/guides/metering.md",
    isMeant: ({ expected }, { model, booked }) =>
      expected.model !== undefined &&
      model !== undefined &&
      !expected.model.startsWith(model) &&
      (booked?.usd ?? 0) > (usdOf(expected) ?? 0),
  },
  {
    reason: "audio has a price of its own, which the list of the expectation leaves out",
    source: "https://platform.openai.com/docs/pricing#audio-tokens",
    isMeant: (_exchange, { usage }) =>
      (usage?.inputAudioTokens ?? 0) + (usage?.outputAudioTokens ?? 0) > 0,
  },
  {
    reason: "with a key of the user's own the provider's bill comes beside OpenRouter's",
    source: "https://openrouter.ai/docs/guides/overview/auth/byok",
    isMeant: ({ provider, response }) =>
      provider === "openrouter" && /"is_byok":\s*true/.test(bytesOf(response).toString()),
  },
  {
    reason: "searches and code have a fee, which the expectation leaves out",
    source:
      "https://platform.openai.com/docs/pricing#built-in-tools, https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool#usage-and-pricing",
    isMeant: (exchange, report) =>
      feesOf(exchange, report) > 0 &&
      isNear((usdOf(exchange.expected) ?? 0) + feesOf(exchange, report), report),
  },
  {
    reason: "flex costs half, as the answer says that it was served",
    source:
      "https://platform.openai.com/docs/guides/flex-processing, https://cloud.google.com/vertex-ai/generative-ai/docs/flex-paygo, https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html",
    isMeant: (exchange, report) =>
      saysTier(exchange, FLEX) && isNear((usdOf(exchange.expected) ?? 0) / 2, report),
  },
  {
    reason: "priority costs twice as much, as the answer says that it was served",
    source: "https://openai.com/api-priority-processing/",
    isMeant: (exchange, report) =>
      saysTier(exchange, PRIORITY) && isNear((usdOf(exchange.expected) ?? 0) * 2, report),
  },
];

/** Why the tokens of an exchange may differ; undefined when nothing explains it. */
export function whyTokensDiffer(
  exchange: RecordedExchange,
  report: ExchangeReport,
): string | undefined {
  return whyOf(TOKENS, exchange, report);
}

/** Why the dollars of an exchange may differ; undefined when nothing explains it. */
export function whyDollarsDiffer(
  exchange: RecordedExchange,
  report: ExchangeReport,
): string | undefined {
  return whyOf(DOLLARS, exchange, report);
}

function whyOf(
  kinds: readonly Kind[],
  exchange: RecordedExchange,
  report: ExchangeReport,
): string | undefined {
  const kind = kinds.find(({ isMeant }) => isMeant(exchange, report));
  return kind === undefined ? undefined : `${kind.reason} (${kind.source})`;
}

/** What an exchange is expected to cost, before tiers and fees; undefined where nobody says. */
export function usdOf({ reportedUsd, listUsd }: RecordedExchange["expected"]): number | undefined {
  if (reportedUsd !== undefined) return reportedUsd;
  return typeof listUsd === "number" ? listUsd : listUsd?.usd;
}

function isNear(usd: number, { booked }: ExchangeReport): boolean {
  return Math.abs((booked?.usd ?? 0) - usd) <= 2e-9 + 1e-9 * usd;
}

const FLEX =
  /"service_?tier":\s*(?:\{"type":\s*)?"flex"|"(?:trafficType|serviceTier)":\s*"(?:ON_DEMAND_)?FLEX"/i;
const PRIORITY = /"service_tier":\s*"priority"/;

function saysTier({ response }: RecordedExchange, tier: RegExp): boolean {
  return tier.test(bytesOf(response).toString());
}

/** The fees that the expectation has not counted, by the price of the model. */
function feesOf({ expected }: RecordedExchange, report: ExchangeReport): number {
  const { usage, provider, model } = report;
  if (usage === undefined || provider === undefined || model === undefined) return 0;
  const price = priceBook.find(`${provider}/${model}`, { unknown: "tokens only" });
  const { webSearches, fileSearches, codeSessions } = price.rates ?? {};
  const countsSearches = (expected.usage?.searches ?? 0) > 0;
  return price.cost({
    ...(webSearches !== undefined && !countsSearches && { webSearches: usage.webSearches }),
    ...(fileSearches !== undefined && !countsSearches && { fileSearches: usage.fileSearches }),
    ...(codeSessions !== undefined && { codeSessions: usage.codeSessions }),
  });
}

/** What an exchange costs at the most by the expectation and the tier that its answer names. */
export function billOf(exchange: RecordedExchange): number | undefined {
  const listed = usdOf(exchange.expected);
  if (listed === undefined || exchange.expected.reportedUsd !== undefined) return listed;
  return saysTier(exchange, FLEX) ? listed / 2 : listed;
}
