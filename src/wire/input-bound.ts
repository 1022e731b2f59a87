// How many tokens go in, bounded from above. Tokenizers in use work on bytes, or fall back on them:
// a token is at least one byte of UTF-8, so a text never has more tokens than bytes. Some normalize
// it before (NFKC: Claude's published one, SentencePiece), which may make it longer. A request as
// JSON is longer than the texts in it, by more than what a template puts around a message.

import { fieldOf, textAt } from "./json.ts";
import { bytesOf } from "./wire-usage.ts";

/**
 * The most tokens of one image that any documented rule comes to, apart from gpt-4o-mini: tiles
 * (1,445), patches of the GPT-5 series (10,000 × 1.2), Qwen-VL (16,384).
 * https://platform.openai.com/docs/guides/images-vision#calculating-costs
 */
export const IMAGE_TOKENS_MAX = 20_000;
/** 2,833 and 5,667 for each of at most 8 tiles (same page). */
export const GPT_4O_MINI_IMAGE_TOKENS_MAX = 48_169;
/**
 * 2,576 pixels at the longer edge.
 * https://platform.claude.com/docs/en/build-with-claude/vision
 */
export const CLAUDE_IMAGE_TOKENS_MAX = 4784;
/**
 * `media_resolution_ultra_high`; models before Gemini 3 cut large images into any number of tiles.
 * https://ai.google.dev/gemini-api/docs/media-resolution
 */
export const GEMINI_3_IMAGE_TOKENS_MAX = 2240;
/** What templates put before the first message. */
const TEMPLATE_TOKENS = 256;
/**
 * What a request with tools adds, whatever they are: Claude's prompt for it is the longest known.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#pricing
 */
const TOOLS_TOKENS = 1024;

/** How many bytes a request has, in the longest form in which a tokenizer may see it. */
export function inputBytesOf(text: string, body: unknown): number {
  const bytes = bytesOf(text);
  const isEscaped = text.includes("\\u");
  // ASCII is the same in every form.
  if (bytes === text.length && !isEscaped) return bytes;
  const plain = isEscaped ? JSON.stringify(body) : text;
  return Math.max(bytes, bytesOf(plain.normalize("NFKC")));
}

/** What goes in. */
export interface InputBound {
  /** The most tokens, of all that is told by the request itself. */
  readonly tokens: number;
  /** Whether there are audio, images or other media, which may have prices of their own. */
  readonly hasMedia: boolean;
  /** What only the model's context window bounds, such as "a file". */
  readonly upToWindow: readonly string[];
  /** What nothing bounds: tools that the provider runs, which read on as they like. */
  readonly unbounded: readonly string[];
  /** The texts that go in, one by one, for a tokenizer; media are left out. */
  readonly texts: () => string[];
  /** The tokens of media and templates, which no tokenizer tells. */
  readonly besides: number;
}

/** Adds up what goes in. */
export class InputTally {
  hasTools = false;
  #hasMedia = false;
  #mediaTokens = 0;
  #mediaBytes = 0;
  readonly #media = new Set<string>();
  readonly #upToWindow = new Set<string>();
  readonly #unbounded = new Set<string>();

  /** An image; `data` is the text that it is in the request, which is not read as text. */
  image(data: string | undefined, tokensMax: number): void {
    this.#hasMedia = true;
    this.#mediaTokens += tokensMax;
    if (data === undefined) return;
    // Base64, so that every character is one byte; anything else is only counted too high.
    this.#mediaBytes += data.length;
    this.#media.add(data);
  }

  /**
   * Sound: no format has fewer bytes than tokens (32 tokens a second in Gemini, 10 in OpenAI's
   * models), so that it counts as text does.
   */
  audio(): void {
    this.#hasMedia = true;
  }

  /** What only the context window bounds. */
  upToWindow(what: string): void {
    this.#hasMedia = true;
    this.#upToWindow.add(what);
  }

  /** What nothing bounds. */
  unbounded(what: string): void {
    this.#unbounded.add(what);
  }

  /** The bound of a request whose body has so many bytes. */
  bound(body: unknown, bytes: number): InputBound {
    const besides = this.#mediaTokens + TEMPLATE_TOKENS + (this.hasTools ? TOOLS_TOKENS : 0);
    return {
      tokens: Math.max(0, bytes - this.#mediaBytes) + besides,
      hasMedia: this.#hasMedia,
      upToWindow: [...this.#upToWindow],
      unbounded: [...this.#unbounded],
      texts: () => textsOf(body).filter((text) => !this.#media.has(text)),
      besides,
    };
  }
}

/**
 * Calls for every object in a value, however deep; where `visit` answers true it is not looked
 * into.
 */
export function eachObject(value: unknown, visit: (found: object) => boolean): void {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const found = open.pop();
    if (typeof found !== "object" || found === null) continue;
    if (!Array.isArray(found) && visit(found)) continue;
    open.push(...Object.values(found));
  }
}

/** All keys and texts in a value. */
function textsOf(body: unknown): string[] {
  const texts: string[] = [];
  const open: unknown[] = [body];
  while (open.length > 0) {
    const found = open.pop();
    if (typeof found === "string") texts.push(found);
    else if (typeof found === "number") texts.push(String(found));
    else if (Array.isArray(found)) for (const inner of found) open.push(inner);
    else if (typeof found === "object" && found !== null) {
      for (const [key, inner] of Object.entries(found)) open.push(key, inner);
    }
  }
  return texts;
}

/** A list in a body; empty when it is none. */
export function listAt(body: unknown, name: string): readonly unknown[] {
  const found = fieldOf(body, name);
  return Array.isArray(found) ? found : [];
}

/** The type that a part says it is of. */
export function typeOf(part: unknown): string | undefined {
  return textAt(part, "type");
}
