// What goes into a message of Anthropic's: media and documents, found where the format has them.
// The arguments of a tool are the caller's own JSON and are never searched.

import type { InputTally } from "../input-bound.ts";
import { imageTokensOf, pdfTokensOf } from "../media-tokens.ts";
import { isClaude } from "./media-tokens.ts";
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
export function tallyMessages(body: object, model: string | undefined, tally: InputTally): void {
  const content = new Content(model ?? "", tally);
  content.add(fieldOf(body, "system"), 0);
  for (const message of listAt(body, "messages")) content.add(fieldOf(message, "content"), 0);
}

/** Whether messages have nothing for `tallyMessages` to count. */
export function areText(messages: readonly unknown[]): boolean {
  return messages.every((message) => isText(fieldOf(message, "content"), 0));
}

function isText(content: unknown, depth: number): boolean {
  if (typeof content !== "object" || content === null) return true;
  return Array.isArray(content) && content.every((block) => isTextBlock(block, depth));
}

/** Of the blocks that hold others, only the results of the caller's own tools. */
function isTextBlock(block: unknown, depth: number): boolean {
  const type = typeOf(block);
  if (type !== "tool_result") return type !== undefined && PLAIN.has(type);
  return depth === 0 && isText(fieldOf(block, "content"), depth + 1);
}

/** Results of tools hold blocks, and so do documents; nothing in the format goes deeper. */
const DEPTH_MAX = 6;

class Content {
  readonly #model: string;
  readonly #tally: InputTally;

  constructor(model: string, tally: InputTally) {
    this.#model = model;
    this.#tally = tally;
  }

  add(content: unknown, depth: number): void {
    if (typeof content !== "object" || content === null) return;
    if (depth > DEPTH_MAX) this.#tally.upToWindow("content that is nested deeply");
    else
      for (const block of Array.isArray(content) ? content : [content]) this.#block(block, depth);
  }

  #block(block: unknown, depth: number): void {
    if (typeof block !== "object" || block === null) return;
    const type = typeOf(block) ?? "text";
    switch (type) {
      case "image":
        this.#image(dataIn(fieldOf(block, "source")));
        return;
      case "document":
        this.#tally.hasDocuments = true;
        this.#document(fieldOf(block, "source"), depth);
        return;
      case "tool_result":
      case "mcp_tool_result":
      case "search_result":
      case "web_fetch_tool_result":
      case "web_fetch_result":
        this.#tally.hasDocuments ||= type !== "tool_result";
        this.add(fieldOf(block, "content"), depth + 1);
        return;
      case "container_upload":
        this.#tally.upToWindow("a file in a container");
        return;
      default:
        if (!PLAIN.has(type)) this.#tally.upToWindow(`a block of the type ${type.slice(0, 40)}`);
    }
  }

  #image(data: string | undefined): void {
    const known = isClaude(this.#model) ? imageTokensOf(this.#model, data) : undefined;
    this.#tally.media(data, known ?? IMAGE_TOKENS_MAX);
  }

  #document(source: unknown, depth: number): void {
    const kind = typeOf(source);
    // Plain text is in the request as it is.
    if (kind === "text") return;
    if (kind === "content") {
      this.add(fieldOf(source, "content"), depth + 1);
      return;
    }
    const data = dataIn(source);
    const isRead = data !== undefined && isClaude(this.#model);
    const tokens = isRead ? pdfTokensOf(this.#model, data) : undefined;
    if (tokens === undefined) this.#tally.upToWindow("a document");
    else this.#tally.media(data, tokens);
  }
}

/** Data that the request has in it; undefined where they are somewhere else. */
function dataIn(source: unknown): string | undefined {
  return typeOf(source) === "base64" ? textAt(source, "data") : undefined;
}
