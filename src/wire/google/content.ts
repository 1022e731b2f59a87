// What goes into a request to Gemini: media, found where the format has them. The arguments of a
// call are the caller's own JSON and are never searched.

import type { InputTally } from "../input-bound.ts";
import { fieldOf, textAt } from "../json/untrusted.ts";
import { audioTokensOf } from "../media/audio-seconds.ts";
import { imageTokensOf, pdfTokensOf } from "../media-tokens.ts";
import { either, isSpelledTwice, nameIn } from "./spelling.ts";

const DEPTH_MAX = 3;
const MEMBERS = ["inlineData", "fileData", "functionResponse", "mediaResolution"];
/** By name, and as the numbers of their enum. */
const KNOWN_RESOLUTIONS = /^(?:[0-3]|(?:media_resolution_)?(?:unspecified|low|medium|high))$/i;

/** Counts media in contents, one or a list of them. */
export function tallyContents(
  contents: unknown,
  model: string | undefined,
  tally: InputTally,
  config?: unknown,
): void {
  const isUltraHigh = isUltra(either(config, "mediaResolution"));
  const media = new Media(model ?? "", isUltraHigh, tally);
  for (const content of Array.isArray(contents) ? contents : [contents]) {
    const parts = fieldOf(content, "parts");
    // The API takes a part without its content, and one part without a list.
    const list = parts === undefined ? [content] : Array.isArray(parts) ? parts : [parts];
    for (const part of list) media.part(part, 0);
  }
}

/** Whether media may be looked at more closely than `"high"`. */
function isUltra(resolution: unknown): boolean {
  const level = typeof resolution === "object" ? either(resolution, "level") : resolution;
  if (level === undefined || level === null) return false;
  const isWord = typeof level === "string" || typeof level === "number";
  return !isWord || !KNOWN_RESOLUTIONS.test(`${level}`);
}

class Media {
  readonly #model: string;
  readonly #isUltraHigh: boolean;
  readonly #tally: InputTally;

  constructor(model: string, isUltraHigh: boolean, tally: InputTally) {
    this.#model = model;
    this.#isUltraHigh = isUltraHigh;
    this.#tally = tally;
  }

  part(part: unknown, depth: number): void {
    if (typeof part !== "object" || part === null) return;
    for (const name of MEMBERS)
      if (isSpelledTwice(part, name)) this.#tally.unclear(`a part with ${name} in both spellings`);
    if (either(part, "fileData") !== undefined) this.#tally.upToWindow("a file");
    const data = either(part, "inlineData");
    if (data !== undefined) this.#data(data, either(part, "mediaResolution"));
    // Results of functions may have parts of their own: images, documents.
    const inner = either(either(part, "functionResponse"), "parts");
    if (!Array.isArray(inner)) return;
    if (depth >= DEPTH_MAX) this.#tally.upToWindow("parts that are nested deeply");
    else for (const each of inner) this.part(each, depth + 1);
  }

  #data(inline: unknown, resolution: unknown): void {
    if (isSpelledTwice(inline, "mimeType"))
      this.#tally.unclear("data with its type in both spellings");
    const kind = textAt(inline, nameIn(inline, "mimeType")) ?? "";
    if (kind.startsWith("text/")) return;
    const data = textAt(inline, "data");
    const tokens = data === undefined ? undefined : this.#tokensOf(kind, data, resolution);
    if (tokens !== undefined && Number.isFinite(tokens)) this.#tally.media(data, tokens);
    else if (kind.startsWith("audio/")) this.#tally.audio();
    else this.#tally.upToWindow(`data of the type ${kind.slice(0, 40) || "unknown"}`);
  }

  #tokensOf(kind: string, data: string, resolution: unknown): number | undefined {
    // How many tokens a part is to have can be written into it too.
    if (either(resolution, "numTokens") !== undefined) return undefined;
    const detail = { isUltraHigh: this.#isUltraHigh || isUltra(resolution) };
    if (kind.startsWith("image/")) return imageTokensOf(this.#model, data, detail);
    if (kind === "application/pdf") return pdfTokensOf(this.#model, data, detail);
    return kind.startsWith("audio/") ? audioTokensOf(data) : undefined;
  }
}
