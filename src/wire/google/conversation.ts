// A request to Gemini as a conversation.

import { conversationSettings, withoutMembers } from "../conversation.ts";
import type { Conversation } from "../conversation.ts";
import { fieldOf, textAt } from "../json/untrusted.ts";
import { either, nameIn, snakeCase } from "./spelling.ts";

/** Members that change nothing of what goes in, in either spelling. */
const WITHOUT_INFLUENCE: ReadonlySet<string> = new Set(
  ["model", "contents", "safetySettings", "labels", "serviceTier"].flatMap(inBoth),
);
const CONFIG_WITHOUT_INFLUENCE: readonly string[] = [
  "maxOutputTokens",
  "temperature",
  "topP",
  "topK",
  "stopSequences",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
].flatMap(inBoth);
/** Files of the API itself, which never change. */
const OWN_FILE = /^https:\/\/generativelanguage\.googleapis\.com\/v\w+\/files\//;

function inBoth(name: string): readonly string[] {
  return [name, snakeCase(name)];
}

/** Returns the conversation of a request. */
export function geminiConversation(body: object): Conversation {
  const contents = fieldOf(body, "contents");
  const config = nameIn(body, "generationConfig");
  return {
    settings: conversationSettings(body, WITHOUT_INFLUENCE).map(([name, value]) => [
      name,
      name === config && typeof value === "object" && value !== null
        ? withoutMembers(value, CONFIG_WITHOUT_INFLUENCE)
        : value,
    ]),
    messages: Array.isArray(contents) ? contents : [contents],
    counted: (content) => content,
    isFetched: (content) => partsOf(content).some(isAtAddress),
    cites: () => false,
    bodyOf: (messages) => ({ contents: messages }),
  };
}

/** The API takes a part without its content, and one part without a list. */
function partsOf(content: unknown): readonly unknown[] {
  const parts = fieldOf(content, "parts");
  const list: readonly unknown[] =
    parts === undefined ? [content] : Array.isArray(parts) ? parts : [parts];
  const inner = list.map((part) => either(either(part, "functionResponse"), "parts"));
  return [...list, ...inner.flat()];
}

function isAtAddress(part: unknown): boolean {
  const file = either(part, "fileData");
  return file !== undefined && !OWN_FILE.test(textAt(file, nameIn(file, "fileUri")) ?? "");
}
