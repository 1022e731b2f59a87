// Requests to Bedrock as conversations.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import { conversationOf } from "../anthropic/conversation.ts";
import { hasOnly, conversationSettings, withoutMembers } from "../conversation.ts";
import type { Conversation } from "../conversation.ts";
import { at, fieldOf, has, listAt } from "../json/untrusted.ts";

/** Members that change nothing of what goes in. */
const WITHOUT_INFLUENCE: ReadonlySet<string> = new Set([
  "modelId",
  "messages",
  "performanceConfig",
  "serviceTier",
  "requestMetadata",
  "additionalModelResponseFieldPaths",
]);
const INFERENCE: readonly string[] = ["maxTokens", "temperature", "topP", "stopSequences"];

/** Returns the conversation of a request to Converse; undefined with a stored prompt in it. */
export function converseConversation(body: object): Conversation | undefined {
  if (has(body, "promptVariables")) return undefined;
  return {
    settings: conversationSettings(body, WITHOUT_INFLUENCE).map(([name, value]) => [
      name,
      settingOf(name, value),
    ]),
    messages: listAt(body, "messages"),
    counted: countedMessage,
    isFetched: (message) => blocksOf(message).some(isKept),
    cites: (message) => blocksOf(message).some(isCiting),
    bodyOf: (messages) => ({ messages }),
  };
}

/** Returns the conversation of a request to InvokeModel, in the format of Claude's maker. */
export function invokeConversation(body: object): Conversation | undefined {
  const version = fieldOf(body, "anthropic_version") ?? undefined;
  const conversation = version === undefined ? undefined : conversationOf(body);
  if (conversation === undefined) return undefined;
  const { bodyOf } = conversation;
  return {
    ...conversation,
    bodyOf: (messages) => ({ anthropic_version: version, ...bodyOf(messages) }),
  };
}

function settingOf(name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (name === "inferenceConfig") return withoutMembers(value, INFERENCE);
  if (Array.isArray(value)) return value.filter((block) => !isMarker(block));
  const tools = fieldOf(value, "tools");
  return Array.isArray(tools)
    ? { ...value, tools: tools.filter((tool) => !isMarker(tool)) }
    : value;
}

function countedMessage(message: unknown): unknown {
  if (typeof message !== "object" || message === null) return message;
  const content = listAt(message, "content");
  return content.some(isMarker)
    ? { ...message, content: content.filter((block) => !isMarker(block)) }
    : message;
}

/** A marker of a cache is a block of its own here. */
function isMarker(block: unknown): boolean {
  return (
    typeof block === "object" &&
    block !== null &&
    hasOnly(block, ["cachePoint"]) &&
    // A marker that holds more than a type and a lifetime may be anything.
    Object.keys(Object(fieldOf(block, "cachePoint"))).every((name) => /^(?:type|ttl)$/.test(name))
  );
}

/** The blocks of a message, and those of the results of tools. */
function blocksOf(message: unknown): readonly unknown[] {
  const blocks = listAt(message, "content");
  return [...blocks, ...blocks.flatMap((block) => listAt(block, "toolResult", "content"))];
}

/** What is kept in a bucket may be another file the next time. */
function isKept(block: unknown): boolean {
  return ["image", "document", "video", "audio"].some((name) =>
    has(at(block, name, "source"), "s3Location"),
  );
}

function isCiting(block: unknown): boolean {
  return has(block, "citationsContent") || has(fieldOf(block, "document"), "citations");
}
