// The effects of provider options on the bill (M2), by their names in the SDK's packages. An
// unlisted option may have any effect. https://github.com/vercel/ai/tree/main/packages

import type { CacheWrites, InputTally } from "../wire/input-bound.ts";
import { fieldsOf, tallyFields } from "../wire/fields.ts";
import type { Fields } from "../wire/fields.ts";
import { at, fieldOf, has, listAt, readCount, textAt } from "../wire/json/untrusted.ts";
import type { Service } from "../core/service.ts";

const OPTIONS: Fields = {
  ...fieldsOf("read", [
    "serviceTier",
    "service_tier",
    "speed",
    "inferenceGeo",
    "maxCompletionTokens",
    "maxOutputTokens",
    "maxTokens",
    "max_tokens",
    "max_completion_tokens",
    "maxToolCalls",
    "reasoningEffort",
    "reasoning_effort",
    "responseModalities",
    "thinking",
    "reasoningConfig",
    "additionalModelRequestFields",
    "cacheControl",
    "cachePoint",
    "contextManagement",
    "container",
    "mcpServers",
  ]),
  ...fieldsOf("content", [
    "instructions",
    "reasoning",
    "thinkingConfig",
    "responseFormat",
    "response_format",
    "outputFormat",
    "documents",
  ]),
  ...fieldsOf("steers", [
    "user",
    "metadata",
    "store",
    "parallelToolCalls",
    "logprobs",
    "topLogprobs",
    "logitBias",
    "strictJsonSchema",
    "structuredOutputs",
    "structuredOutputMode",
    "systemMessageMode",
    "textVerbosity",
    "verbosity",
    "promptCacheKey",
    "promptCacheRetention",
    "promptCacheOptions",
    "safetyIdentifier",
    "include",
    "truncation",
    "reasoningSummary",
    "reasoningFormat",
    "forceReasoning",
    "passThroughUnsupportedFiles",
    "safetySettings",
    "threshold",
    "audioTimestamp",
    "labels",
    "mediaResolution",
    "imageConfig",
    "sendReasoning",
    "disableParallelToolUse",
    "toolStreaming",
    "effort",
    "anthropicBeta",
    "citations",
    "title",
    "context",
    "imageDetail",
    "phase",
    "safePrompt",
    "documentImageLimit",
    "documentPageLimit",
    "guardrailConfig",
    "itemId",
    "reasoningEncryptedContent",
    "signature",
    "redactedData",
    "thoughtSignature",
    "strict",
    "deferLoading",
    "eagerInputStreaming",
    "order",
    "only",
    "tags",
    "byok",
    "zeroDataRetention",
    "usage",
    "taskBudget",
    "streamFunctionCallArguments",
    "retrievalConfig",
  ]),
  previousResponseId: { window: "a previous response" },
  conversation: { window: "a conversation" },
  cachedContent: { window: "cached content" },
  prediction: { unbounded: "a prediction, whose rejected tokens are billed beyond the limit" },
  searchParameters: { unbounded: "searchParameters, a search that runs at the provider" },
  webSearchOptions: { unbounded: "webSearchOptions, a search that runs at the provider" },
  models: { unbounded: "models, other models that may answer in place of the first" },
  fallbacks: { unbounded: "fallbacks, other models that may answer in place of the first" },
  plugins: { unbounded: "plugins, which run at the provider" },
  extraBody: { unbounded: "extraBody, whose members are unknown" },
};

/**
 * Fields that the SDK's package for Bedrock passes on to the model and that are known to be
 * harmless: another one may be a limit, or a tool.
 */
const MODEL_REQUEST_FIELDS: Fields = {
  ...fieldsOf("read", ["thinking"]),
  ...fieldsOf("steers", ["top_k", "topK", "anthropic_beta"]),
};

/**
 * Which provider packages read the options under a name. Options for other packages, which a caller
 * adds in case of another model, have no effect.
 */
const READERS: Readonly<Record<string, readonly string[]>> = {
  openai: ["openai"],
  azure: ["openai"],
  anthropic: ["anthropic"],
  google: ["google"],
  vertex: ["google"],
  amazonBedrock: [],
  bedrock: [],
  mistral: [],
  xai: [],
  groq: [],
  gateway: [],
};
/** The providers whose packages are known to read only their own options. */
const READ_THEIR_OWN: ReadonlySet<string> = new Set(["openai", "anthropic", "google"]);

/** How many passes a provider makes for one call with its own tools; each reads up to a window. */
const SERVER_PASSES = 10;

/** The combined options of all providers. */
export interface ProviderOptions {
  /** The highest output limit among them. */
  readonly outputLimit: number | undefined;
  /** The thinking tokens that the SDK's packages add to the limit. */
  readonly thinkingTokens: number;
  /** The reasoning effort in the options of Bedrock. */
  readonly reasoningEffort: string | undefined;
  readonly thinks: boolean | undefined;
  readonly effort: string | undefined;
  /** The output modalities, in Gemini's words. */
  readonly modalities: readonly unknown[];
  readonly compacts: boolean;
  readonly toolCallsMax: number | undefined;
  readonly service: Service;
}

const LIMITS: readonly string[] = [
  "maxCompletionTokens",
  "maxOutputTokens",
  "maxTokens",
  "max_tokens",
  "max_completion_tokens",
];

/**
 * Reads the options of a call, and reports to the tally what is not bounded. `caller` is the
 * provider whose package makes the call.
 */
export function readProviderOptions(
  call: unknown,
  caller: string,
  tally: InputTally,
): ProviderOptions {
  const all = objectsIn(fieldOf(call, "providerOptions"), caller);
  for (const options of all) {
    tallyFields(options, OPTIONS, undefined, tally);
    const handedOn = fieldOf(options, "additionalModelRequestFields");
    if (typeof handedOn === "object" && handedOn !== null)
      tallyFields(handedOn, MODEL_REQUEST_FIELDS, undefined, tally);
    if (listAt(options, "mcpServers").length > 0)
      tally.passes(SERVER_PASSES, "mcpServers, whose tools run at the provider");
    if (listAt(options, "container", "skills").length > 0)
      tally.unbounded("skills, which run at the provider");
  }
  const compacts = all.some((options) =>
    listAt(options, "contextManagement", "edits").some(
      (edit) => !(textAt(edit, "type") ?? "").startsWith("clear_"),
    ),
  );
  if (compacts) tally.passes(2, "compaction, which reads the messages once more");
  const first = (name: string): string | undefined => {
    for (const options of all) {
      const found = fieldOf(options, name) ?? undefined;
      if (found !== undefined) return typeof found === "string" ? found : JSON.stringify(found);
    }
    return undefined;
  };
  const limits = all.flatMap((options) =>
    LIMITS.flatMap((name) => readCount(name, fieldOf(options, name)) ?? []),
  );
  const thinking = all.flatMap((options) => [
    at(options, "thinking"),
    at(options, "reasoningConfig"),
    at(options, "additionalModelRequestFields", "thinking"),
  ]);
  const kinds = thinking.flatMap((each) => textAt(each, "type") ?? []);
  return {
    outputLimit: limits.length === 0 ? undefined : Math.max(...limits),
    thinkingTokens: Math.max(0, ...thinking.map(thinkingTokensOf)),
    reasoningEffort: thinking.map((each) => textAt(each, "maxReasoningEffort")).find(isText),
    thinks: kinds.length === 0 ? undefined : kinds.some((kind) => kind !== "disabled"),
    effort: first("reasoningEffort") ?? first("reasoning_effort"),
    modalities: all.flatMap((options) => listAt(options, "responseModalities")),
    compacts,
    toolCallsMax: readCount("maxToolCalls", all.map((each) => fieldOf(each, "maxToolCalls"))[0]),
    service: {
      tier: first("serviceTier") ?? first("service_tier"),
      speed: first("speed"),
      place: first("inferenceGeo"),
    },
  };
}

/** The thinking budget if thinking is enabled without one. */
const THINKING_TOKENS = 1024;

function thinkingTokensOf(thinking: unknown): number {
  const budget =
    readCount("budgetTokens", fieldOf(thinking, "budgetTokens")) ??
    readCount("budget_tokens", fieldOf(thinking, "budget_tokens"));
  return budget ?? (textAt(thinking, "type") === "enabled" ? THINKING_TOKENS : 0);
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}

/** The options under each name that the package of the caller reads. */
function objectsIn(value: unknown, caller: string | undefined): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  const isRead = (name: string): boolean =>
    caller === undefined ||
    !READ_THEIR_OWN.has(caller) ||
    !Object.hasOwn(READERS, name) ||
    READERS[name]?.includes(caller) === true;
  return Object.entries(value)
    .filter(([name]) => isRead(name))
    .map(([, options]: [string, unknown]) => options)
    .filter(
      (each): each is object => typeof each === "object" && each !== null && !Array.isArray(each),
    );
}

/**
 * Returns the longest lifetime of a cache write that a call may make, by the options of its
 * messages, parts and tools.
 */
export function cacheWritesOf(text: string): CacheWrites {
  if (!/cache_?control|cachepoint/i.test(text)) return "none";
  return text.includes('"1h"') ? "1h" : "5m";
}

/** Options of a message, a part or a tool that refer to data stored at the provider. */
export function tallyPartOptions(part: unknown, tally: InputTally): void {
  for (const options of objectsIn(fieldOf(part, "providerOptions"), undefined)) {
    if (has(options, "itemId") && !has(part, "text") && !has(part, "input"))
      tally.upToWindow("a reference to an item");
  }
}
