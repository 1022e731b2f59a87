// What goes into a request to Gemini: media, found where the format has them. The arguments of a
// call are the caller's own JSON and are never searched.

import type { InputTally } from "../input-bound.ts";
import { fieldOf, textAt } from "../json/untrusted.ts";
import { audioTokensOf } from "../media/audio-seconds.ts";
import { videoSecondsOf } from "../media/video-seconds.ts";
import { imageTokensOf, pdfTokensOf } from "../media-tokens.ts";
import { geminiVideoTokens } from "./media-tokens.ts";
import { either, isSpelledTwice, nameIn } from "./spelling.ts";

const DEPTH_MAX = 3;
/** https://ai.google.dev/gemini-api/docs/video-understanding#custom-frame-rate */
const FRAMES_MAX = 24;
const MEMBERS = ["inlineData", "fileData", "functionResponse", "mediaResolution", "videoMetadata"];
/** By name, and as the numbers of their enum. */
const BELOW_HIGH = /^(?:[0-2]|(?:media_resolution_)?(?:unspecified|low|medium))$/i;
const KNOWN_RESOLUTIONS = /^(?:[0-3]|(?:media_resolution_)?(?:unspecified|low|medium|high))$/i;

/** Counts media in contents, one or a list of them. */
export function tallyContents(
  contents: unknown,
  model: string | undefined,
  tally: InputTally,
  config?: unknown,
): void {
  const media = new Media(model ?? "", either(config, "mediaResolution"), tally);
  for (const content of Array.isArray(contents) ? contents : [contents]) {
    const parts = fieldOf(content, "parts");
    // The API takes a part without its content, and one part without a list.
    const list = parts === undefined ? [content] : Array.isArray(parts) ? parts : [parts];
    for (const part of list) media.part(part, 0);
  }
}

/** Whether media may be looked at more closely than `"high"`. */
function isUltra(resolution: unknown): boolean {
  return isAbove(KNOWN_RESOLUTIONS, resolution);
}

/** Whether a resolution is none of those that are named. */
function isAbove(levels: RegExp, resolution: unknown): boolean {
  const level = typeof resolution === "object" ? either(resolution, "level") : resolution;
  if (level === undefined || level === null) return false;
  const isWord = typeof level === "string" || typeof level === "number";
  return !isWord || !levels.test(`${level}`);
}

class Media {
  readonly #model: string;
  /** The resolution of the whole request. */
  readonly #resolution: unknown;
  readonly #tally: InputTally;

  constructor(model: string, resolution: unknown, tally: InputTally) {
    this.#model = model;
    this.#resolution = resolution;
    this.#tally = tally;
  }

  part(part: unknown, depth: number): void {
    if (typeof part !== "object" || part === null) return;
    for (const name of MEMBERS)
      if (isSpelledTwice(part, name)) this.#tally.unclear(`a part with ${name} in both spellings`);
    if (either(part, "fileData") !== undefined) this.#tally.upToWindow("a file");
    const data = either(part, "inlineData");
    if (data !== undefined) this.#data(data, part);
    // Results of functions may have parts of their own: images, documents.
    const inner = either(either(part, "functionResponse"), "parts");
    if (!Array.isArray(inner)) return;
    if (depth >= DEPTH_MAX) this.#tally.upToWindow("parts that are nested deeply");
    else for (const each of inner) this.part(each, depth + 1);
  }

  #data(inline: unknown, part: unknown): void {
    if (isSpelledTwice(inline, "mimeType"))
      this.#tally.unclear("data with its type in both spellings");
    const kind = textAt(inline, nameIn(inline, "mimeType")) ?? "";
    if (kind.startsWith("text/")) return;
    const data = textAt(inline, "data");
    const tokens = data === undefined ? undefined : this.#tokensOf(kind, data, part);
    if (tokens !== undefined && Number.isFinite(tokens)) this.#tally.media(data, tokens);
    else if (kind.startsWith("audio/")) this.#tally.audio();
    else this.#tally.upToWindow(`data of the type ${kind.slice(0, 40) || "unknown"}`);
  }

  #tokensOf(kind: string, data: string, part: unknown): number | undefined {
    const resolution = either(part, "mediaResolution");
    // How many tokens a part is to have can be written into it too.
    if (either(resolution, "numTokens") !== undefined) return undefined;
    const detail = { isUltraHigh: isUltra(this.#resolution) || isUltra(resolution) };
    if (kind.startsWith("image/")) return imageTokensOf(this.#model, data, detail);
    if (kind === "application/pdf") return pdfTokensOf(this.#model, data, detail);
    if (kind.startsWith("audio/")) return audioTokensOf(data);
    return kind.startsWith("video/") && !detail.isUltraHigh ? this.#film(data, part) : undefined;
  }

  #film(data: string, part: unknown): number | undefined {
    const seconds = videoSecondsOf(data);
    const framesASecond = Number(either(either(part, "videoMetadata"), "fps") ?? 1);
    if (seconds === undefined || !(framesASecond > 0 && framesASecond <= FRAMES_MAX))
      return undefined;
    const isHigh = [this.#resolution, either(part, "mediaResolution")].some((each) =>
      isAbove(BELOW_HIGH, each),
    );
    return geminiVideoTokens(this.#model, seconds, { framesASecond, isHigh });
  }
}
