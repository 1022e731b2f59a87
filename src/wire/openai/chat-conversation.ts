// A chat completion as a conversation.

import { hasOnly, modelIn, conversationSettings, withoutMembers } from "../conversation.ts";
import type { Conversation } from "../conversation.ts";
import { SAMPLING_FIELDS } from "./chat-fields.ts";
import { at, fieldOf, has, listAt, textAt, typeOf } from "../json/untrusted.ts";

/** Members that change nothing of what goes in. */
export const WITHOUT_INFLUENCE: ReadonlySet<string> = new Set([
  "model",
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "stream",
  "stream_options",
  ...SAMPLING_FIELDS,
  "client_metadata",
  "service_tier",
  "include",
]);
const OUTSIDE: ReadonlySet<string> = new Set([...WITHOUT_INFLUENCE, "messages"]);
const MARKERS: readonly string[] = ["cache_control"];
const TEXTS: ReadonlySet<string> = new Set(["text", "input_text", "output_text"]);

/** Returns the conversation of a request. */
export function chatConversation(body: object): Conversation {
  return {
    settings: conversationSettings(body, OUTSIDE),
    messages: listAt(body, "messages"),
    counted: countedMessage,
    isFetched: isFetchedMessage,
    cites: () => false,
    bodyOf: (messages) => ({ ...modelIn(body), messages }),
  };
}

/**
 * Returns a message, or an item of Responses: without markers, and one part of text as the text.
 */
export function countedMessage(message: unknown): unknown {
  if (typeof message !== "object" || message === null) return message;
  const plain = withoutMembers(message, MARKERS);
  const content = fieldOf(plain, "content");
  return Array.isArray(content) ? { ...plain, content: countedContent(content) } : plain;
}

function countedContent(content: readonly unknown[]): unknown {
  const parts = content.map((part) =>
    typeof part === "object" && part !== null ? withoutMembers(part, MARKERS) : part,
  );
  const [only] = parts;
  if (parts.length !== 1 || typeof only !== "object" || only === null) return parts;
  const isText = TEXTS.has(typeOf(only) ?? "") && hasOnly(only, ["type", "text"]);
  return isText ? (textAt(only, "text") ?? parts) : parts;
}

/**
 * Returns whether a message, or an item, names content by an address, or by the id of another
 * answer.
 */
export function isFetchedMessage(message: unknown): boolean {
  if (has(fieldOf(message, "audio"), "id")) return true;
  return ["content", "output", "images"].some((name) => {
    const parts = fieldOf(message, name);
    return Array.isArray(parts) ? parts.some(isAtAddress) : isAtAddress(parts);
  });
}

const ADDRESSES: readonly string[] = [
  "image_url",
  "file_url",
  "video_url",
  "audio_url",
  "document_url",
];

function isAtAddress(part: unknown): boolean {
  return ADDRESSES.some((name) => {
    const found = at(part, name);
    const address = typeof found === "string" ? found : textAt(found, "url");
    return address !== undefined && !address.startsWith("data:");
  });
}
