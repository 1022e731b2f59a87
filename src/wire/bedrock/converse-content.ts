// What goes into a conversation of Bedrock's: media and documents, found where the format has them.
// The arguments of a tool are the caller's own JSON and are never searched.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html

import type { InputTally } from "../input-bound.ts";
import { isClaude } from "../anthropic/media-tokens.ts";
import { imageTokensOf, pdfTokensOf } from "../media-tokens.ts";
import { at, fieldOf, has, listAt, textAt } from "../json/untrusted.ts";

/** Blocks whose bytes bound them. */
const PLAIN: ReadonlySet<string> = new Set([
  "text",
  "toolUse",
  "guardContent",
  "reasoningContent",
  "cachePoint",
  "json",
]);
const DEPTH_MAX = 4;

/** Counts the media of messages and of the system prompt. */
export function tallyConversation(body: object, model: string, tally: InputTally): void {
  for (const block of listAt(body, "system")) tallyBlock(block, model, tally, 0);
  for (const message of listAt(body, "messages"))
    for (const block of listAt(message, "content")) tallyBlock(block, model, tally, 0);
}

/** Blocks that the provider may put texts of its own around. */
const HAVE_TEXTS: ReadonlySet<string> = new Set(["document", "citationsContent", "searchResult"]);

function tallyBlock(block: unknown, model: string, tally: InputTally, depth: number): void {
  if (typeof block !== "object" || block === null) return;
  if (depth > DEPTH_MAX) {
    tally.upToWindow("content that is nested deeply");
    return;
  }
  for (const name of Object.keys(block)) {
    const value = fieldOf(block, name);
    tally.hasDocuments ||= HAVE_TEXTS.has(name);
    if (name === "image" || has(value, "image")) tallyImage(block, model, tally);
    else if (name === "document") tallyDocument(value, model, tally);
    else if (name === "toolResult" || name === "citationsContent" || name === "searchResult")
      for (const inner of listAt(value, "content")) tallyBlock(inner, model, tally, depth + 1);
    else if (!PLAIN.has(name)) tally.upToWindow(`a block of the type ${name.slice(0, 40)}`);
  }
}

function tallyImage(block: object, model: string, tally: InputTally): void {
  const data = textAt(block, "image", "source", "bytes");
  const inGuard = textAt(block, "guardContent", "image", "source", "bytes");
  const tokens = imageTokensOf(model, data ?? inGuard);
  if (tokens === undefined || !Number.isFinite(tokens)) tally.upToWindow("an image");
  else tally.media(data ?? inGuard, tokens);
}

/** A document is text that stands there, or a file whose pages are read. */
function tallyDocument(document: unknown, model: string, tally: InputTally): void {
  const source = fieldOf(document, "source");
  const isShown = has(source, "text") || at(source, "content") !== undefined;
  if (isShown) return;
  const data = textAt(source, "bytes");
  const isRead = data !== undefined && isClaude(model);
  const tokens = isRead ? pdfTokensOf(model, data) : undefined;
  if (tokens === undefined) tally.upToWindow("a document");
  else tally.media(data, tokens);
}
