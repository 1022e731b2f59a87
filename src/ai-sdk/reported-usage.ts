// What an SDK answer reports: the provider's own usage if the SDK passes it on, read in the same
// way as by the fetch wrapper; otherwise the SDK's counts.

import { anthropicMessages } from "../wire/anthropic/messages.ts";
import { gemini } from "../wire/google/generate-content.ts";
import { converseUsage } from "../wire/bedrock/converse-usage.ts";
import { at, countAt, fieldOf, has, textAt } from "../wire/json/untrusted.ts";
import { openaiChat } from "../wire/openai/chat.ts";
import { openaiResponses } from "../wire/openai/responses.ts";
import type { Provider } from "../wire/provider.ts";
import { usageOfCounts, withoutEmptyCounts } from "../wire/wire-usage.ts";
import type { CountedUsage, WireUsage } from "../wire/wire-usage.ts";
import type { Wire } from "../wire/wire.ts";

/** The end of an answer, whole or streamed, as the SDK passes it on. */
export interface ReportedAnswer {
  readonly usage: unknown;
  readonly providerMetadata: unknown;
  /** The model that answered, if the SDK says so. */
  readonly model: string | undefined;
  /** How many bytes of output were seen. */
  readonly outputBytes: number;
}

/** Reads what an answer reports; undefined if it reports nothing. */
export function usageOf(answer: ReportedAnswer, provider: Provider): WireUsage | undefined {
  const { providerMetadata: metadata, outputBytes } = answer;
  const raw =
    fieldOf(answer.usage, "raw") ??
    at(metadata, "anthropic", "usage") ??
    at(metadata, "google", "usageMetadata") ??
    at(metadata, "vertex", "usageMetadata") ??
    undefined;
  const converse = converseUsage(raw);
  if (converse !== undefined) return plainUsage(converse, answer, provider);
  const wire = wireOf(raw);
  const found = wire === undefined ? undefined : readRaw(wire, raw, answer, provider);
  if (found !== undefined) {
    const { usage, isWhole } =
      found.reportedUsd === undefined ? withoutEmptyCounts(found, outputBytes) : found;
    return { ...found, usage, isWhole };
  }
  const counted = usageOfSdk(answer.usage);
  return counted && plainUsage({ ...counted, doubts: [] }, answer, provider);
}

function plainUsage(
  { doubts, ...counted }: CountedUsage & Pick<WireUsage, "doubts">,
  answer: ReportedAnswer,
  provider: Provider,
): WireUsage {
  return {
    ...withoutEmptyCounts(counted, answer.outputBytes),
    passes: [],
    doubts,
    model: answer.model,
    service: serviceIn(answer.providerMetadata),
    reportedUsd: provider.reportedUsd?.(messageOf(answer), undefined),
  };
}

/** The format of the usage, by its field names. */
function wireOf(raw: unknown): Wire | undefined {
  if (has(raw, "promptTokenCount") || has(raw, "totalTokenCount")) return gemini;
  if (has(raw, "prompt_tokens")) return openaiChat;
  if (!has(raw, "input_tokens")) return undefined;
  const isClaude = has(raw, "cache_read_input_tokens") || has(raw, "cache_creation_input_tokens");
  return isClaude || has(raw, "iterations") ? anthropicMessages : openaiResponses;
}

function readRaw(
  wire: Wire,
  raw: unknown,
  answer: ReportedAnswer,
  provider: Provider,
): WireUsage | undefined {
  try {
    const reading = wire.reading(provider);
    reading.read(messageOf(answer, raw), "");
    const usage = reading.usage(true);
    return (
      usage && { ...usage, service: { ...usage.service, ...serviceIn(answer.providerMetadata) } }
    );
  } catch {
    return undefined;
  }
}

/** The answer as the provider would have written it, with regard to usage. */
function messageOf(answer: ReportedAnswer, raw?: unknown): object {
  const { model, providerMetadata } = answer;
  return {
    type: "message",
    object: "response",
    model,
    modelVersion: model,
    usage: raw,
    usageMetadata: raw,
    choices: [],
    provider_metadata: { gateway: at(providerMetadata, "gateway") },
  };
}

function serviceIn(metadata: unknown): WireUsage["service"] {
  const tier =
    textAt(metadata, "openai", "serviceTier") ??
    textAt(metadata, "azure", "serviceTier") ??
    textAt(metadata, "amazonBedrock", "serviceTier", "type") ??
    textAt(metadata, "bedrock", "serviceTier", "type");
  return tier === undefined ? {} : { tier };
}

/** Usage in the SDK's form: by class since version 6, in plain counts before. */
function usageOfSdk(usage: unknown): ReturnType<typeof usageOfCounts> {
  return usageOfCounts({
    input: countAt(usage, "inputTokens", "total") ?? countAt(usage, "inputTokens"),
    cacheRead: countAt(usage, "inputTokens", "cacheRead") ?? countAt(usage, "cachedInputTokens"),
    cacheWrite: countAt(usage, "inputTokens", "cacheWrite"),
    output: countAt(usage, "outputTokens", "total") ?? countAt(usage, "outputTokens"),
    reasoning: countAt(usage, "outputTokens", "reasoning") ?? countAt(usage, "reasoningTokens"),
    total: countAt(usage, "totalTokens"),
  });
}
