// Anthropic's messages as a conversation.

import { hasOnly, modelIn, conversationSettings, withoutMembers } from "../conversation.ts";
import type { Conversation } from "../conversation.ts";
import { at, eachText, fieldOf, listAt, textAt, typeOf } from "../json/untrusted.ts";

/** Members that change nothing of what goes in. */
const WITHOUT_INFLUENCE: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "max_tokens",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "metadata",
  "service_tier",
  "cache_control",
  "diagnostics",
]);
const MARKERS: readonly string[] = ["cache_control"];
/**
 * The edits of `context_management` under which a later request never brings back what an earlier
 * one has left out. https://platform.claude.com/docs/en/build-with-claude/context-editing
 */
const LASTING_EDIT = /^clear_thinking_\d+$/;
const SEARCH = /^tool_search_tool_/;
const NAMES_TOOL: ReadonlySet<string> = new Set(["tool_reference", "tool_addition"]);
const DEPTH_MAX = 4;

/** Returns the conversation of a request; undefined where its context is edited on the way. */
export function conversationOf(body: object): Conversation | undefined {
  const edits = listAt(body, "context_management", "edits");
  if (!edits.every((edit) => LASTING_EDIT.test(typeOf(edit) ?? ""))) return undefined;
  return {
    settings: conversationSettings(body, WITHOUT_INFLUENCE).map(([name, value]) => [
      name,
      name === "system" || name === "tools" ? countedContent(value, 0) : value,
    ]),
    messages: listAt(body, "messages"),
    counted: (message) => countedPart(message, 0),
    isFetched: (message) => someBlock(fieldOf(message, "content"), isAtAddress, 0),
    cites: (message) => someBlock(fieldOf(message, "content"), isCiting, 0),
    bodyOf: (messages) => ({
      ...modelIn(body),
      messages,
      ...(bringsInTools(body, messages) && { tools: fieldOf(body, "tools") }),
    }),
  };
}

/**
 * Whether tools may go in that did not before: their definitions wait in the request until a search
 * finds them, or a message names them.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/tool-search-tool
 */
function bringsInTools(body: object, messages: readonly unknown[]): boolean {
  if (listAt(body, "tools").some((tool) => SEARCH.test(typeOf(tool) ?? ""))) return true;
  let isNamed = false;
  eachText(messages, (text) => {
    isNamed ||= NAMES_TOOL.has(text);
  });
  return isNamed;
}

/** A text, or blocks; one block of text and nothing else is the text. */
function countedContent(content: unknown, depth: number): unknown {
  if (!Array.isArray(content)) return content;
  const blocks: readonly unknown[] = content.map((block) => countedPart(block, depth));
  const [only] = blocks;
  const isText = blocks.length === 1 && typeOf(only) === "text";
  if (!isText || typeof only !== "object" || only === null) return blocks;
  return hasOnly(only, ["type", "text"]) ? (textAt(only, "text") ?? blocks) : blocks;
}

/** A message or a block without markers, and what is inside of it likewise. */
function countedPart(part: unknown, depth: number): unknown {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
  const plain = withoutMembers(part, MARKERS);
  const content = fieldOf(plain, "content");
  return Array.isArray(content) && depth < DEPTH_MAX
    ? { ...plain, content: countedContent(content, depth + 1) }
    : plain;
}

/** Whether a block, or one that it holds, is of a kind. */
function someBlock(content: unknown, isMeant: (block: object) => boolean, depth: number): boolean {
  if (!Array.isArray(content)) return false;
  // Nothing in the format goes deeper: what does is taken for what it may be.
  if (depth > DEPTH_MAX) return true;
  return content.some((block) => {
    if (typeof block !== "object" || block === null) return false;
    if (isMeant(block) || someBlock(fieldOf(block, "content"), isMeant, depth + 1)) return true;
    return someBlock(at(block, "source", "content"), isMeant, depth + 1);
  });
}

/** Files have ids of their own and never change; what is at an address may. */
function isAtAddress(block: object): boolean {
  return at(block, "source", "url") !== undefined;
}

function isCiting(block: object): boolean {
  return (fieldOf(block, "citations") ?? undefined) !== undefined;
}
