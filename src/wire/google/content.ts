// What goes into a request to Gemini: media, found where the format has them. The arguments of a
// call are the caller's own JSON and are never searched.

import type { InputTally } from "../input-bound.ts";
import { fieldOf, textAt } from "../json/untrusted.ts";
import { either, isSpelledTwice, nameIn } from "./spelling.ts";

/**
 * `media_resolution_ultra_high`; models before Gemini 3 cut large images into any number of tiles.
 * https://ai.google.dev/gemini-api/docs/media-resolution
 */
const GEMINI_3_IMAGE_TOKENS_MAX = 2240;
const DEPTH_MAX = 3;

/** Counts media in contents, one or a list of them. */
export function tallyContents(
  contents: unknown,
  model: string | undefined,
  tally: InputTally,
): void {
  for (const content of Array.isArray(contents) ? contents : [contents]) {
    const parts = fieldOf(content, "parts");
    // The API takes a part without its content, and one part without a list.
    const list = parts === undefined ? [content] : Array.isArray(parts) ? parts : [parts];
    for (const part of list) tallyPart(part, model, tally, 0);
  }
}

function tallyPart(
  part: unknown,
  model: string | undefined,
  tally: InputTally,
  depth: number,
): void {
  if (typeof part !== "object" || part === null) return;
  for (const name of ["inlineData", "fileData", "functionResponse"])
    if (isSpelledTwice(part, name)) tally.unclear(`a part with ${name} in both spellings`);
  if (either(part, "fileData") !== undefined) tally.upToWindow("a file");
  const data = either(part, "inlineData");
  if (data !== undefined) tallyData(data, model, tally);
  // Results of functions may have parts of their own: images, documents.
  const inner = either(either(part, "functionResponse"), "parts");
  if (!Array.isArray(inner)) return;
  if (depth >= DEPTH_MAX) tally.upToWindow("parts that are nested deeply");
  else for (const each of inner) tallyPart(each, model, tally, depth + 1);
}

function tallyData(data: unknown, model: string | undefined, tally: InputTally): void {
  if (isSpelledTwice(data, "mimeType")) tally.unclear("data with its type in both spellings");
  const kind = textAt(data, nameIn(data, "mimeType")) ?? "";
  if (kind.startsWith("audio/")) tally.audio();
  else if (kind.startsWith("image/") && model?.startsWith("gemini-3") === true)
    tally.image(textAt(data, "data"), GEMINI_3_IMAGE_TOKENS_MAX);
  else if (!kind.startsWith("text/"))
    tally.upToWindow(`data of the type ${kind.slice(0, 40) || "unknown"}`);
}
