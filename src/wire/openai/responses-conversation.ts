// A request for a response as a conversation, and as the continuation of an earlier answer.

import { modelIn, conversationSettings, withoutMembers } from "../conversation.ts";
import type { Continuation, Conversation } from "../conversation.ts";
import { fieldOf, has, listAt, textAt, typeOf } from "../json/untrusted.ts";
import { countedMessage, isFetchedMessage, WITHOUT_INFLUENCE } from "./chat-conversation.ts";

const OUTSIDE: ReadonlySet<string> = new Set([
  ...WITHOUT_INFLUENCE,
  "input",
  "background",
  // What a request is on a web socket.
  "type",
  "generate",
  "stream_id",
]);

/** Returns the conversation of a request; undefined where its context is edited on the way. */
export function responsesConversation(body: object): Conversation | undefined {
  // What a conversation or a prompt of the provider holds may be another one the next time.
  if (isEdited(body) || has(body, "conversation") || hasMovingPrompt(body)) return undefined;
  const input = fieldOf(body, "input");
  return {
    settings: conversationSettings(body, OUTSIDE),
    messages:
      typeof input === "string" ? [{ role: "user", content: input }] : listAt(body, "input"),
    counted: (item) => withDefaults(countedMessage(item)),
    isFetched: isFetchedMessage,
    cites: () => false,
    bodyOf: (items) => ({
      ...modelIn(body),
      input: items,
      ...(searchesTools(body) && { tools: fieldOf(body, "tools") }),
    }),
  };
}

/**
 * Whether definitions of tools wait in the request until a search brings them in.
 * https://platform.openai.com/docs/guides/tools-tool-search
 */
function searchesTools(body: object): boolean {
  return listAt(body, "tools").some((tool) => typeOf(tool) === "tool_search");
}

/**
 * Returns what a request continues by its id. Instructions and tools of the earlier request are
 * left out by the provider, and this request has its own: what was counted is no less than what is
 * kept. https://platform.openai.com/docs/guides/conversation-state
 */
export function responsesContinuation(body: object, answerId?: string): Continuation | undefined {
  const id = answerId ?? textAt(body, "previous_response_id");
  if (id === undefined || id === "" || isEdited(body) || has(body, "conversation"))
    return undefined;
  return {
    id,
    settings: conversationSettings(body, OUTSIDE).filter(([name]) => name === "reasoning"),
    body: withoutMembers(body, ["previous_response_id"]),
  };
}

/** Whether older items are summed up or left out: what is counted next may be more again. */
function isEdited(body: object): boolean {
  const truncation = fieldOf(body, "truncation") ?? "disabled";
  return truncation !== "disabled" || listAt(body, "context_management").length > 0;
}

/** Without its version a stored prompt is whatever its owner has made of it since. */
function hasMovingPrompt(body: object): boolean {
  return has(body, "prompt") && !has(fieldOf(body, "prompt"), "version");
}

/** An item without a type is a message. */
function withDefaults(item: unknown): unknown {
  if (typeof item !== "object" || item === null || !has(item, "role")) return item;
  return fieldOf(item, "type") === "message" ? withoutMembers(item, ["type"]) : item;
}
