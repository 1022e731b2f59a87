// A call of the AI SDK as a conversation, so that a call that continues an earlier one is bounded
// by the provider's count of that one (M6).

import { conversationSettings, withoutMembers } from "../wire/conversation.ts";
import type { Conversation } from "../wire/conversation.ts";
import { at, fieldOf, has, listAt, textAt } from "../wire/json/untrusted.ts";

/** Options that do not affect the input. */
const OUTSIDE: ReadonlySet<string> = new Set([
  "prompt",
  "maxOutputTokens",
  "temperature",
  "topP",
  "topK",
  "presencePenalty",
  "frequencyPenalty",
  "stopSequences",
  "seed",
  "abortSignal",
  "headers",
  "includeRawChunks",
]);
/** Where the packages of providers put the cache marker. */
const MARKERS: readonly string[] = ["cacheControl", "cache_control", "cachePoint"];
/** Options with which a provider adds content that is not in the call, or removes some. */
const MOVING: readonly string[] = ["conversation", "previousResponseId", "contextManagement"];
const BYTES = new TextDecoder("latin1");

/** Returns the conversation of a call; undefined if more than its messages affects it. */
export function sdkConversation(options: object): Conversation | undefined {
  const own = fieldOf(options, "providerOptions");
  const providers = typeof own === "object" && own !== null ? Object.values(own) : [];
  if (providers.some((each) => MOVING.some((name) => has(each, name)))) return undefined;
  return {
    settings: conversationSettings(options, OUTSIDE),
    messages: listAt(options, "prompt"),
    counted: countedMessage,
    isFetched: isFetchedMessage,
    cites: () => false,
    bodyOf: (prompt) => ({ prompt: prompt.map(withTexts) }),
  };
}

/** A message without cache markers, with its files as text. */
function countedMessage(message: unknown): unknown {
  return withTexts(unmarked(message));
}

function unmarked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const own = fieldOf(value, "providerOptions");
  const content = fieldOf(value, "content");
  return {
    ...withoutMembers(value, ["providerOptions"]),
    ...optionsIn(own),
    ...(Array.isArray(content) && { content: content.map(unmarked) }),
  };
}

/** The provider options without cache markers; undefined if nothing else is set. */
function optionsIn(own: unknown): { readonly providerOptions?: object } {
  if (typeof own !== "object" || own === null) return {};
  const left: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(own) as Iterable<[string, unknown]>) {
    if (typeof value !== "object" || value === null) left[name] = value;
    else {
      const options = withoutMembers(value, MARKERS);
      if (Object.keys(options).length > 0) left[name] = options;
    }
  }
  return Object.keys(left).length === 0 ? {} : { providerOptions: left };
}

/** A copy in which binary files are Base64, as they are sent. */
function withTexts(value: unknown): unknown {
  if (value instanceof Uint8Array) return btoa(BYTES.decode(value));
  if (value instanceof URL) return value.href;
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [name, withTexts(inner)]),
  );
}

/** Whether a message refers to content by an address, or by a provider's id. */
function isFetchedMessage(message: unknown): boolean {
  const parts = listAt(message, "content");
  return [...parts, ...parts.flatMap((part) => listAt(part, "output", "value"))].some(isAtAddress);
}

function isAtAddress(part: unknown): boolean {
  if (textAt(part, "mediaType") === undefined) return false;
  const data = fieldOf(part, "data");
  const value = fieldOf(data, "data") ?? fieldOf(data, "url") ?? data;
  if (value instanceof URL || at(data, "type") === "reference") return true;
  return typeof value === "string" && /^(?:https?|gs|file):/.test(value);
}
