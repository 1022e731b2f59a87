// What goes into a message of Anthropic's: media and documents, found where the format has them.
// The arguments of a tool are the caller's own JSON and are never searched.

import type { InputTally } from "../input-bound.ts";
import { fieldOf, listAt, textAt, typeOf } from "../json/untrusted.ts";

/**
 * 2,576 pixels at the longer edge.
 * https://platform.claude.com/docs/en/build-with-claude/vision
 */
const IMAGE_TOKENS_MAX = 4784;

/** Blocks whose bytes bound them. */
const PLAIN: ReadonlySet<string> = new Set([
  "text",
  "thinking",
  "redacted_thinking",
  "connector_text",
  "tool_use",
  "server_tool_use",
  "mcp_tool_use",
  "web_search_tool_result",
  "code_execution_tool_result",
  "bash_code_execution_tool_result",
  "text_editor_code_execution_tool_result",
  "tool_search_tool_result",
  "advisor_tool_result",
  "tool_reference",
  "tool_addition",
  "tool_removal",
  "compaction",
  "fallback",
]);

/** Counts the media of messages and of the system prompt. */
export function tallyMessages(body: object, tally: InputTally): void {
  tallyContent(fieldOf(body, "system"), tally, 0);
  for (const message of listAt(body, "messages"))
    tallyContent(fieldOf(message, "content"), tally, 0);
}

/** Results of tools hold blocks, and so do documents; nothing in the format goes deeper. */
const DEPTH_MAX = 6;

function tallyContent(content: unknown, tally: InputTally, depth: number): void {
  if (typeof content !== "object" || content === null) return;
  if (depth > DEPTH_MAX) {
    tally.upToWindow("content that is nested deeply");
    return;
  }
  for (const block of Array.isArray(content) ? content : [content]) tallyBlock(block, tally, depth);
}

function tallyBlock(block: unknown, tally: InputTally, depth: number): void {
  if (typeof block !== "object" || block === null) return;
  const type = typeOf(block) ?? "text";
  switch (type) {
    case "image":
      tally.image(textAt(block, "source", "data"), IMAGE_TOKENS_MAX);
      return;
    case "document":
      tallyDocument(block, tally, depth);
      return;
    case "tool_result":
    case "mcp_tool_result":
    case "search_result":
    case "web_fetch_tool_result":
    case "web_fetch_result":
      tallyContent(fieldOf(block, "content"), tally, depth + 1);
      return;
    case "container_upload":
      tally.upToWindow("a file in a container");
      return;
    default:
      if (!PLAIN.has(type)) tally.upToWindow(`a block of the type ${type.slice(0, 40)}`);
  }
}

function tallyDocument(block: object, tally: InputTally, depth: number): void {
  const source = fieldOf(block, "source");
  const kind = typeOf(source);
  // Plain text is in the request as it is.
  if (kind === "text") return;
  if (kind === "content") tallyContent(fieldOf(source, "content"), tally, depth + 1);
  else tally.upToWindow("a document");
}
