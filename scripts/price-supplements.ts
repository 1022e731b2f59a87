// What @pydantic/genai-prices does not have and its providers publish: multipliers of ways of serving,
// names, and rates. Looked up on 2026-11-26.

import type { Rates, ServiceMultipliers, TieredRate } from "../src/prices/rates.ts";
import type { NameMatch } from "../src/prices/table.ts";
import { MEDIA_MODELS } from "./media-prices.ts";

/** What differs for one model. */
export interface Supplement {
  readonly names?: readonly NameMatch[];
  readonly rates?: Readonly<Record<string, number>>;
  readonly multipliers?: Partial<ServiceMultipliers>;
}

/** By the provider's id in the book. A word that is not here counts as the dearest of its axis. */
export const MULTIPLIERS: Readonly<Record<string, Partial<ServiceMultipliers>>> = {
  // https://platform.openai.com/docs/guides/batch, …/flex-processing
  // https://openai.com/api-priority-processing/ (renamed to fast mode): the highest is gpt-5.5's.
  // https://developers.openai.com/api/docs/guides/data-residency: regional endpoints, newer models.
  openai: {
    tiers: { batch: 0.5, flex: 0.5, priority: 2.5, fast: 2.5 },
    places: { regional: 1.1 },
  },
  // https://docs.x.ai/developers/advanced-api-usage/regions
  xai: { places: { us: 1.1 } },
  azure: { tiers: { batch: 0.5, priority: 2.5 } },
  // https://platform.claude.com/docs/en/build-with-claude/batch-processing
  // https://platform.claude.com/docs/en/api/service-tiers: priority is capacity bought before.
  // https://platform.claude.com/docs/en/build-with-claude/fast-mode: 6 for Opus 4.6 and 4.7.
  // https://platform.claude.com/docs/en/build-with-claude/data-residency
  anthropic: { tiers: { batch: 0.5, priority: 1 }, speeds: { fast: 6 }, places: { us: 1.1 } },
  // https://ai.google.dev/gemini-api/docs/optimization: priority is 75 to 100 % more.
  // Provisioned throughput was bought before.
  google: {
    tiers: {
      batch: 0.5,
      flex: 0.5,
      service_tier_flex: 0.5,
      on_demand_flex: 0.5,
      priority: 2,
      service_tier_priority: 2,
      on_demand_priority: 2,
      service_tier_standard: 1,
      provisioned_throughput: 1,
      traffic_type_unspecified: 1,
    },
    // Claude at Vertex AI: https://platform.claude.com/docs/en/about-claude/pricing
    places: { regional: 1.1 },
  },
  // https://console.groq.com/docs/service-tiers: flex has the listed price.
  groq: { tiers: { flex: 1 } },
  // https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
  bedrock: { tiers: { batch: 0.5, flex: 0.5, priority: 1.75 } },
};

function priority(factor: number): Supplement {
  return { multipliers: { tiers: { priority: factor, fast: factor } } };
}
const FAST_AT_DOUBLE: Supplement = { multipliers: { speeds: { fast: 2 } } };

const SUPPLEMENTS: Readonly<Record<string, Supplement>> = {
  // https://openai.com/api-priority-processing/
  "openai/gpt-5": priority(2),
  "openai/gpt-5.1": priority(2),
  "openai/gpt-5.2": priority(2),
  "openai/gpt-5.4": priority(2),
  "openai/gpt-5.4-mini": priority(2),
  "openai/gpt-5.6-sol": priority(2),
  "openai/gpt-5.6-terra": priority(2),
  "openai/gpt-5.6-luna": priority(2),
  "openai/gpt-5-mini": priority(1.8),
  "openai/gpt-4.1": priority(1.75),
  "openai/gpt-4.1-mini": priority(1.75),
  "openai/gpt-4.1-nano": priority(2),
  "openai/gpt-4o": priority(1.7),
  "openai/o3": priority(1.75),
  // https://platform.openai.com/docs/models/gpt-4o-audio-preview, …/gpt-4o-mini-audio-preview
  "openai/gpt-4o-audio-preview": { rates: { inputAudioTokens: 40, outputAudioTokens: 80 } },
  "openai/gpt-4o-mini-audio-preview": { rates: { inputAudioTokens: 10, outputAudioTokens: 20 } },
  "azure/gpt-4o-audio-preview": { rates: { inputAudioTokens: 40, outputAudioTokens: 80 } },
  // All that they write is sound: https://ai.google.dev/gemini-api/docs/pricing
  "google/gemini-2.5-flash-lite-preview-tts": { rates: { outputAudioTokens: 10 } },
  "google/gemini-2.5-flash-tts": { rates: { outputAudioTokens: 10 } },
  "google/gemini-2.5-pro-tts": { rates: { outputAudioTokens: 20 } },
  // What they make are images alone: https://developers.openai.com/api/docs/pricing
  "openai/gpt-image-1": { rates: { outputImageTokens: 40 } },
  "openai/gpt-4o-mini-tts": { rates: { outputAudioTokens: 12 } },
  "openai/gpt-image-1-mini": { rates: { outputImageTokens: 8 } },
  "openai/gpt-image-2": { rates: { outputImageTokens: 30 } },
  // https://platform.claude.com/docs/en/about-claude/model-deprecations
  "anthropic/claude-2": { names: ["=claude-2.0", "=claude-2.1"] },
  // https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html names them without version.
  "bedrock/openai.gpt-oss-120b-1:0": { names: ["=openai.gpt-oss-120b"] },
  "bedrock/openai.gpt-oss-20b-1:0": { names: ["=openai.gpt-oss-20b"] },
  // The dearest that these names may stand for today: https://ai.google.dev/gemini-api/docs/models
  "google/gemini-3.8-flash": { names: ["=gemini-flash-latest"] },
  "google/gemini-3.5-flash-lite": { names: ["=gemini-flash-lite-latest"] },
  "google/gemini-3.1-pro-preview": { names: ["=gemini-pro-latest"] },
  // https://platform.claude.com/docs/en/build-with-claude/fast-mode
  "anthropic/claude-opus-4-8": FAST_AT_DOUBLE,
  "anthropic/claude-opus-5": FAST_AT_DOUBLE,
  "anthropic/claude-opus-5-5": FAST_AT_DOUBLE,
};

/** A model that the data does not have. */
export interface ExtraModel {
  readonly id: string;
  readonly names?: readonly NameMatch[];
  readonly multipliers?: Partial<ServiceMultipliers>;
  readonly rates: Rates;
  /** Whether it comes before the models of the data, one of which would stand for it. */
  readonly isFirst?: boolean;
}

const FREE: Rates = { inputTokens: 0, outputTokens: 0 };
/** Twice as much beyond 128,000 tokens of input. */
function doubled(base: number): TieredRate {
  return { base, tiers: [{ above: 128_000, rate: 2 * base }] };
}

/** A model of Bedrock, by its name and with a region before it. */
function inProfiles(id: string, rates: Rates): ExtraModel {
  return { id, names: [`*${id}`, `*${id}:0`], rates };
}

/** Models that the data does not have, by the provider's id in the book. */
export const EXTRA_MODELS: Readonly<Record<string, readonly ExtraModel[]>> = {
  // https://developers.openai.com/api/docs/models/davinci-002, …/babbage-002
  ...MEDIA_MODELS,
  openai: [
    ...(MEDIA_MODELS["openai"] ?? []),
    { id: "davinci-002", rates: { inputTokens: 2, outputTokens: 2 } },
    { id: "babbage-002", rates: { inputTokens: 0.4, outputTokens: 0.4 } },
  ],
  // https://aws.amazon.com/bedrock/pricing/: embeddings of text, and a ranking of a hundred documents.
  // https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json has the same.
  bedrock: [
    { ...inProfiles("amazon.titan-embed-text-v2", { inputTokens: 0.02 }), isFirst: true },
    inProfiles("amazon.nova-2-multimodal-embeddings-v1", { inputTokens: 0.135 }),
    inProfiles("cohere.embed-english-v3", { inputTokens: 0.1 }),
    inProfiles("cohere.embed-multilingual-v3", { inputTokens: 0.1 }),
    inProfiles("cohere.embed-v4", { inputTokens: 0.12 }),
    inProfiles("cohere.rerank-v3-5", { searchUnits: 2 }),
    inProfiles("amazon.rerank-v1", { searchUnits: 1 }),
  ],
  // https://docs.z.ai/guides/overview/pricing
  zai: [
    { id: "glm-4.5-flash", rates: FREE },
    { id: "glm-4.7-flash", rates: FREE },
    { id: "glm-4.6v-flash", rates: FREE },
  ],
  // https://www.together.ai/pricing
  together: [
    { id: "openai/gpt-oss-120b", rates: { inputTokens: 0.15, outputTokens: 0.6 } },
    { id: "openai/gpt-oss-20b", rates: { inputTokens: 0.05, outputTokens: 0.2 } },
  ],
  openrouter: [
    // https://openrouter.ai/x-ai/grok-4
    {
      id: "x-ai/grok-4",
      rates: {
        inputTokens: doubled(3),
        cacheReadTokens: doubled(0.75),
        outputTokens: doubled(15),
      },
    },
    // https://openrouter.ai/x-ai/grok-4.1-fast
    {
      id: "x-ai/grok-4.1-fast",
      rates: {
        inputTokens: doubled(0.2),
        cacheReadTokens: doubled(0.05),
        outputTokens: doubled(0.5),
      },
    },
  ],
};

/** What the book has besides for a model. */
export function supplementsOf(provider: string, id: string): Supplement {
  return SUPPLEMENTS[`${provider}/${id}`] ?? {};
}

/**
 * What code costs that a provider runs, of the models that have its tools: $0.03 for twenty minutes
 * of a gigabyte at OpenAI, $0.05 an hour at Anthropic, in units of five minutes, which are billed at
 * the least; 1,550 hours a month cost nothing there, and are not known here.
 * https://developers.openai.com/api/docs/pricing#built-in-tools
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool#usage-and-pricing
 */
export function codeFee(provider: string, { webSearches, fileSearches }: Rates): Rates {
  if (provider === "openai" && fileSearches !== undefined) return { codeSessions: 30 };
  if (provider === "anthropic" && webSearches !== undefined) return { codeSessions: 4.16666666667 };
  return {};
}
