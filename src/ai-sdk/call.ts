// What the AI SDK asks of a model, and what it answers, whatever the provider. Written down here as
// far as it is read, so that nothing of the SDK is needed.
// https://github.com/vercel/ai/tree/main/packages/provider/src/language-model

import { inputBytesOf, InputTally } from "../wire/input-bound.ts";
import { at, countAt, listAt, textAt, typeOf } from "../wire/json/untrusted.ts";
import { imageTokensMaxOf, mayReason } from "../wire/openai/parts.ts";
import type { Asked } from "../wire/wire.ts";
import { usageOfCounts } from "../wire/wire-usage.ts";
import type { WireUsage } from "../wire/wire-usage.ts";

/** The options of a call, as far as they are changed here. */
export interface CallOptions {
  readonly maxOutputTokens?: number | undefined;
  readonly abortSignal?: AbortSignal | undefined;
}

/** Who is called. */
export interface ModelName {
  readonly provider: string;
  readonly modelId: string;
}

/** What the options of a call ask for. */
export function askedOf(options: CallOptions, { modelId }: ModelName, streams: boolean): Asked {
  const tally = new InputTally();
  const body = {
    prompt: at(options, "prompt"),
    tools: at(options, "tools"),
    responseFormat: at(options, "responseFormat"),
    providerOptions: at(options, "providerOptions"),
  };
  tally.hasTools =
    listAt(body, "tools").length > 0 || textAt(body, "responseFormat", "type") === "json";
  for (const tool of listAt(body, "tools")) {
    if (typeOf(tool) !== "function")
      tally.unbounded(
        `the tool ${textAt(tool, "id") ?? textAt(tool, "name") ?? "of the provider"}`,
      );
  }
  for (const message of listAt(body, "prompt")) {
    for (const part of listAt(message, "content")) {
      const mediaType = textAt(part, "mediaType");
      if (mediaType === undefined) continue;
      if (mediaType.startsWith("image/")) tally.image(undefined, imageTokensMaxOf(modelId));
      else tally.upToWindow(`a file of the type ${mediaType}`);
    }
  }
  const text = JSON.stringify(body, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? undefined : value,
  );
  return {
    model: modelId,
    otherModels: [],
    streams,
    input: tally.bound(body, inputBytesOf(text, body)),
    cacheWrites: "1h",
    outputLimit: countAt(options, "maxOutputTokens"),
    overshoot: { times: 1, plus: 0 },
    outputLimitMin: 1,
    choices: 1,
    isOutputHidden: mayReason(modelId, textAt(options, "reasoning")),
    hasMediaOutput: /image|audio/.test(modelId),
    service: {},
    clarifications: [],
  };
}

/** Usage as the SDK tells it: in classes since version 6, in plain counts before. */
export function usageOf(told: unknown): WireUsage | undefined {
  const counted = usageOfCounts({
    input: countAt(told, "inputTokens", "total") ?? countAt(told, "inputTokens"),
    cacheRead: countAt(told, "inputTokens", "cacheRead") ?? countAt(told, "cachedInputTokens"),
    cacheWrite: countAt(told, "inputTokens", "cacheWrite"),
    output: countAt(told, "outputTokens", "total") ?? countAt(told, "outputTokens"),
    reasoning: countAt(told, "outputTokens", "reasoning") ?? countAt(told, "reasoningTokens"),
  });
  const unreported = { model: undefined, service: {}, reportedUsd: undefined };
  return counted && { ...counted, passes: [], doubts: [], ...unreported };
}
