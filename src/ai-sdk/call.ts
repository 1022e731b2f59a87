// What the AI SDK passes to a model, for any provider: the parts that are read, written down here
// so that nothing of the SDK is needed.
// https://github.com/vercel/ai/tree/main/packages/provider/src/language-model

import { thinks } from "../wire/anthropic/tools.ts";
import { outputMediaOf } from "../wire/google/generate-content.ts";
import { inputBytesOf, InputTally } from "../wire/input-bound.ts";
import { at, listAt, readCount, textAt } from "../wire/json/untrusted.ts";
import { mayReason } from "../wire/openai/parts.ts";
import type { Provider } from "../wire/provider.ts";
import type { Asked } from "../wire/wire.ts";
import type { Overshoot } from "../wire/overshoot.ts";
import { tallyPrompt, tallySdkTools } from "./prompt.ts";
import { cacheWritesOf, readProviderOptions } from "./provider-options.ts";
import type { ProviderOptions } from "./provider-options.ts";

/** The options of a call that are changed here. */
export interface CallOptions {
  readonly maxOutputTokens?: number | undefined;
  readonly abortSignal?: AbortSignal | undefined;
}

/** A model of the SDK. */
export interface ModelName {
  readonly provider: string;
  readonly modelId: string;
}

/** A summary of older messages is generated in addition to the answer. */
const SUMMARY_TOKENS_MAX = 64_000;

/**
 * Reads the options of a call.
 *
 * @throws {RangeError} if a count in them is invalid.
 */
export function askedOf(
  options: CallOptions,
  { modelId, provider: packageName }: ModelName,
  streams: boolean,
  provider: Provider,
): Asked {
  const tally = new InputTally();
  const body = {
    prompt: at(options, "prompt"),
    tools: at(options, "tools"),
    responseFormat: at(options, "responseFormat"),
    providerOptions: at(options, "providerOptions"),
  };
  const tools = listAt(body, "tools");
  const own = readProviderOptions(options, callerOf(packageName), tally);
  tallyPrompt(body.prompt, modelId, provider, tally);
  tallySdkTools(tools, own.toolCallsMax, tally);
  tally.hasTools ||= textAt(body, "responseFormat", "type") === "json";
  const facts = { model: modelId, url: NOWHERE, body };
  const searches = provider.unboundedModel?.(modelId);
  if (searches !== undefined) tally.unbounded(searches);
  tally.hiddenPromptTokens = provider.hiddenPromptTokens?.(facts) ?? 0;
  const text = jsonOf(body);
  const limit = readCount("maxOutputTokens", at(options, "maxOutputTokens"));
  // Of two limits, the provider's package may use either.
  const limits = [limit, own.outputLimit].filter((each) => each !== undefined);
  const isClaude = modelId.includes("claude");
  const reasoning = textAt(options, "reasoning");
  const effort = own.effort ?? reasoning;
  return {
    model: modelId,
    otherModels: [],
    streams,
    input: tally.bound(body, inputBytesOf(text)),
    cacheWrites: isClaude ? cacheWritesOf(text) : "1h",
    outputLimit: limits.length === 0 ? undefined : Math.max(...limits),
    overshoot: provider.overshoot?.(facts) ?? overshootOf(modelId, reasoning, own),
    outputLimitMin: 1,
    choices: 1,
    isOutputHidden: isClaude ? thinksOf(modelId, reasoning, own) : mayReason(modelId, effort),
    outputMedia: outputMediaOf(modelId, own.modalities),
    service: { ...own.service, place: own.service.place ?? provider.placeOf?.(facts) },
    clarifications: [],
  };
}

/** Returns the content of a call as JSON, without binary files. */
export function jsonOf(options: object): string {
  return JSON.stringify(options, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? undefined : value,
  );
}

/**
 * Returns the provider of an SDK package, by the name of its models: `openai.chat`, and
 * `google.vertex.chat` in version 4 of the package for Vertex AI.
 */
export function callerOf(packageName: string): string {
  const [first = "", second = ""] = packageName.split(".");
  return second === "vertex" ? second : first;
}

/** Models for which the option `reasoning` becomes a budget of up to their output maximum. */
const THINKS_WITHIN_BUDGET = /claude-(?:3|(?:opus|sonnet|haiku)-4(?:-[0-5](?!\d)|-20|@|$))/;
/** Models whose limit Bedrock ignores with high reasoning effort. */
const DROPS_LIMIT = /(?:^|\.)amazon\.nova-/;
const HARD: ReadonlySet<string> = new Set(["high", "xhigh", "max"]);

/**
 * How far an answer may exceed `maxOutputTokens`: the packages for Claude add the thinking budget,
 * up to the maximum of the model.
 * https://github.com/vercel/ai/blob/main/packages/anthropic/src/anthropic-language-model.ts
 */
function overshootOf(
  modelId: string,
  reasoning: string | undefined,
  own: ProviderOptions,
): Overshoot {
  const isGiven = reasoning !== undefined && !/^(?:none|provider-default)$/.test(reasoning);
  if (isGiven && own.thinks === undefined && THINKS_WITHIN_BUDGET.test(modelId))
    return "model maximum";
  const efforts = [own.reasoningEffort, reasoning].filter((each) => each !== undefined);
  if (DROPS_LIMIT.test(modelId) && efforts.some((each) => HARD.has(each))) return "model maximum";
  return { times: 1, plus: own.thinkingTokens + (own.compacts ? SUMMARY_TOKENS_MAX : 0) };
}

function thinksOf(modelId: string, reasoning: string | undefined, own: ProviderOptions): boolean {
  if (reasoning !== undefined && reasoning !== "none") return true;
  return own.thinks ?? thinks({}, modelId);
}

/** The SDK's packages do not reveal the address of a call. */
export const NOWHERE: URL = new URL("https://ai-sdk.invalid/");
