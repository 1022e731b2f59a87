// What the AI SDK asks of a model, whatever the provider. Written down here as far as it is read,
// so that nothing of the SDK is needed.
// https://github.com/vercel/ai/tree/main/packages/provider/src/language-model

import { thinks } from "../wire/anthropic/tools.ts";
import { inputBytesOf, InputTally } from "../wire/input-bound.ts";
import { at, listAt, readCount, textAt } from "../wire/json/untrusted.ts";
import { mayReason } from "../wire/openai/parts.ts";
import type { Provider } from "../wire/provider.ts";
import type { Asked } from "../wire/wire.ts";
import { tallyPrompt, tallySdkTools } from "./prompt.ts";
import { cacheWritesOf, readProviderOptions } from "./provider-options.ts";

/** The options of a call, as far as they are changed here. */
export interface CallOptions {
  readonly maxOutputTokens?: number | undefined;
  readonly abortSignal?: AbortSignal | undefined;
}

/** A model of the SDK. */
export interface ModelName {
  readonly provider: string;
  readonly modelId: string;
}

/** A summary of older messages is written beside the answer. */
const SUMMARY_TOKENS_MAX = 64_000;

/**
 * Reads what the options of a call ask for.
 *
 * @throws {RangeError} if a count in them cannot be read.
 */
export function askedOf(
  options: CallOptions,
  { modelId }: ModelName,
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
  const own = readProviderOptions(options, tally);
  tallyPrompt(body.prompt, modelId, provider, tally);
  tallySdkTools(tools, own.toolCallsMax, tally);
  tally.hasTools ||= textAt(body, "responseFormat", "type") === "json";
  const facts = { model: modelId, url: NOWHERE, body };
  const searches = provider.unboundedModel?.(modelId);
  if (searches !== undefined) tally.unbounded(searches);
  tally.hiddenPromptTokens = provider.hiddenPromptTokens?.(facts) ?? 0;
  const text = JSON.stringify(body, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? undefined : value,
  );
  const limit = readCount("maxOutputTokens", at(options, "maxOutputTokens"));
  // Of two limits the provider's package may take either.
  const limits = [limit, own.outputLimit].filter((each) => each !== undefined);
  const isClaude = modelId.includes("claude");
  const effort = own.effort ?? textAt(options, "reasoning");
  return {
    model: modelId,
    otherModels: [],
    streams,
    input: tally.bound(body, inputBytesOf(text, body)),
    cacheWrites: isClaude ? cacheWritesOf(text) : "1h",
    outputLimit: limits.length === 0 ? undefined : Math.max(...limits),
    overshoot: provider.overshoot?.(facts) ?? {
      times: 1,
      plus: own.compacts ? SUMMARY_TOKENS_MAX : 0,
    },
    outputLimitMin: own.thinkingTokens + 1,
    choices: 1,
    isOutputHidden: isClaude ? (own.thinks ?? thinks({}, modelId)) : mayReason(modelId, effort),
    hasMediaOutput: own.hasMediaOutput || /image|audio|tts/.test(modelId),
    service: own.service,
    clarifications: [],
  };
}

/** The SDK's packages do not say where they send a call. */
const NOWHERE = new URL("https://ai-sdk.invalid/");
