// How many tokens go in, bounded from above. Tokenizers in use work on bytes, or fall back on them:
// a token is at least one byte of UTF-8, so a text never has more tokens than bytes. Some normalize
// it before (NFKC: Claude's published one, SentencePiece), which may make it longer. A request as
// JSON is longer than its texts by more than a template adds to a message; if the templates of a
// provider are known, the texts of a short request suffice.

import { bytesOf } from "./bytes.ts";
import type { Edit } from "./json/set-members.ts";
import { eachText } from "./json/untrusted.ts";

/** What templates put before the first message. */
const TEMPLATE_TOKENS = 256;
/**
 * What a request with tools adds, whatever they are: Claude's prompt for it is the longest known.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview#pricing
 */
const TOOLS_TOKENS = 1024;

/** What a provider's templates put around a request besides its texts, in tokens. */
export interface Templates {
  /** Around messages and instructions. */
  readonly messages: number;
  /** Around functions of the caller's. */
  readonly functions: number;
  /** Around what says which form an answer is to have. */
  readonly schemas: number;
}

/** Up to here the texts of a request are looked at one by one: JSON adds little to longer ones. */
const SHORT_BYTES = 16_384;
/** Words of the formats themselves: one or two tokens each, where the model sees them at all. */
const FORMAT_WORDS: ReadonlySet<string> = new Set(
  (
    "messages input contents instructions systemInstruction tools generationConfig response_format " +
    "tool_choice auto any none format json_object verbosity cache_control ephemeral " +
    "role content parts text type input_text output_text message user system developer assistant " +
    "model function functions name description parameters properties required strict schema " +
    "json_schema input_schema additionalProperties functionDeclarations string object array " +
    "integer number boolean items enum title true false null STRING OBJECT ARRAY INTEGER NUMBER " +
    "BOOLEAN"
  ).split(" "),
);
/** What may stand around each text, and what one of those words is. */
const AROUND_TOKENS = 2;

const NONE_LEFT_OUT: ReadonlyMap<object, ReadonlySet<string>> = new Map();

/**
 * Returns how many bytes the texts and names of a request have, with what is put around them, apart
 * from one of its values.
 */
function textBytesOf(
  body: unknown,
  leftOut: ReadonlyMap<object, ReadonlySet<string>>,
  apart: unknown = NONE_LEFT_OUT,
): number {
  let bytes = 0;
  const open: unknown[] = [body];
  while (open.length > 0) {
    const found = open.pop();
    if (found === apart) continue;
    if (Array.isArray(found)) open.push(...found);
    else if (typeof found !== "object" || found === null) bytes += wordBytesOf(String(found));
    else {
      const without = leftOut.get(found);
      for (const [name, value] of Object.entries(found)) {
        if (without?.has(name) === true) continue;
        bytes += wordBytesOf(name);
        open.push(value);
      }
    }
  }
  return bytes;
}

function wordBytesOf(text: string): number {
  if (FORMAT_WORDS.has(text)) return AROUND_TOKENS;
  return AROUND_TOKENS + Math.max(bytesOf(text), normalizedBytesOf(text));
}

/** An escape of JSON; the digits of those that stand for any character. */
const ESCAPE = /\\(?:u([\da-f]{4})|[^u])/gi;

/** Returns how many bytes a request has, in the longest form in which a tokenizer may see it. */
export function inputBytesOf(text: string): number {
  const bytes = bytesOf(text);
  const isEscaped = text.includes("\\u");
  // ASCII is the same in every form.
  if (bytes === text.length && !isEscaped) return bytes;
  const plain = isEscaped ? unescaped(text) : text;
  return Math.max(bytes, normalizedBytesOf(plain));
}

/** As much as is normalized at once, in characters. */
const BLOCK = 4096;
const NOT_ASCII = /[^\0-\u007F]/;

/**
 * The bytes of a text in its normal form. Most requests are ASCII but for a few characters, and to
 * normalize takes longer than all else: blocks without such are left out. Each begins with ASCII,
 * which never joins what is before it.
 */
function normalizedBytesOf(text: string): number {
  let bytes = 0;
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + BLOCK);
    while (to < text.length && text.charCodeAt(to) > 0x7f) to++;
    const block = text.slice(from, to);
    bytes += NOT_ASCII.test(block) ? bytesOf(block.normalize("NFKC")) : block.length;
    from = to;
  }
  return bytes;
}

/** Returns JSON with its escapes replaced by the characters they stand for. */
function unescaped(text: string): string {
  return text.replace(ESCAPE, (escape, digits: string | undefined) =>
    digits === undefined ? escape : String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** Which cache writes a request can be billed for, and their longest lifetime. */
export type CacheWrites = "none" | "5m" | "1h";

/** The input of a request. */
export interface InputBound {
  /** The most tokens that the request itself shows. */
  readonly tokens: number;
  /** Whether it contains audio, images or other media, which may have prices of their own. */
  readonly hasMedia: boolean;
  /** Whether it is many inputs, each of which has the context window for itself. */
  readonly isMany: boolean;
  /** Input that only the model's context window bounds, such as "a file". */
  readonly upToWindow: readonly string[];
  /** How often the whole window may be read, if the provider's own tools read on; 1 without. */
  readonly passes: number;
  /** What makes the provider read it again, such as "the tool web_search". */
  readonly passesFor: readonly string[];
  /** What must be written into the request so that its tools end after that many passes. */
  readonly toolLimits: readonly Edit[];
  /** Unbounded input: provider-run tools, which read as much as they like. */
  readonly unbounded: readonly string[];
  /** What no option allows, such as a field that can be read in two ways. */
  readonly unclear: readonly string[];
  /** The most searches that the provider charges for. */
  readonly searchesMax: number;
  /** The same for searches of files stored at the provider. */
  readonly fileSearchesMax: number;
  /** The same for sessions of provider-run code, in the billed unit. */
  readonly codeSessionsMax: number;
  /** The input texts, one by one, for a tokenizer; without media. */
  readonly texts: () => string[];
  /** The tokens of media and templates, which no tokenizer counts. */
  readonly besides: number;
  /** By how much `tokens` is below the bytes of the JSON with the longest templates. */
  readonly spared: number;
  /** Returns `tokens` for requests that differ in some turns alone, which are nothing but text. */
  readonly tokensAmong?: (turns: unknown) => TokensOfTurns;
}

/** Returns the most tokens of a request with these turns, whose body has this many bytes. */
export type TokensOfTurns = (bytes: number, turns: unknown) => number;

/** Adds up the input. */
export class InputTally {
  hasTools = false;
  /** Whether a schema sets the form of the answer. */
  hasSchema = false;
  /** Whether there is content that the provider may add texts to, such as a document. */
  hasDocuments = false;
  /** Whether it is many inputs, each of which has the context window for itself. */
  isMany = false;
  /** What the provider adds before the first message. */
  hiddenPromptTokens = 0;
  /** The provider's own templates, if known. */
  templates: Templates | undefined;
  /** Whether there are tools that the provider defines, with texts of its own. */
  hasProviderTools = false;
  #hasMedia = false;
  #mediaTokens = 0;
  #mediaBytes = 0;
  #passes = 1;
  #searchesMax = 0;
  #fileSearchesMax = 0;
  #codeSessionsMax = 0;
  readonly #toolLimits: Edit[] = [];
  readonly #media = new Set<string>();
  readonly #upToWindow = new Set<string>();
  readonly #passesFor = new Set<string>();
  readonly #unbounded = new Set<string>();
  readonly #unclear = new Set<string>();
  readonly #leftOut = new Map<object, Set<string>>();

  /** Skips a member of the request that only steers: the model does not read it. */
  leaveOut(holder: object, name: string): void {
    const names = this.#leftOut.get(holder);
    if (names === undefined) this.#leftOut.set(holder, new Set([name]));
    else names.add(name);
  }

  /** Adds an image; see `media`. */
  image(data: string | undefined, tokensMax: number): void {
    this.media(data, tokensMax);
  }

  /** Adds media; `data` is their text in the request, which does not count as text. */
  media(data: string | undefined, tokensMax: number): void {
    this.#hasMedia = true;
    this.#mediaTokens += tokensMax;
    if (data === undefined) return;
    // Base64, so that every character is one byte; anything else is overcounted.
    this.#mediaBytes += data.length;
    this.#media.add(data);
  }

  /**
   * Sound whose length is not certain: no format has fewer bytes than tokens (32 tokens a second in
   * Gemini, 10 in OpenAI's models), so that it counts as text does.
   */
  audio(): void {
    this.#hasMedia = true;
  }

  /** Adds tokens beyond those of the texts, such as a definition that the provider adds. */
  add(tokens: number): void {
    this.#mediaTokens += tokens;
  }

  /** Notes input that only the context window bounds. */
  upToWindow(what: string): void {
    this.#hasMedia = true;
    this.#upToWindow.add(what);
  }

  /** Notes what makes the provider read up to a whole window that many times. */
  passes(times: number, what: string): void {
    this.#hasMedia = true;
    this.#passes += times - 1;
    this.#passesFor.add(what);
  }

  /** Adds searches that the provider charges for. */
  searches(times: number): void {
    this.#searchesMax += times;
  }

  /** Adds searches of stored files. */
  fileSearches(times: number): void {
    this.#fileSearchesMax += times;
  }

  /** Adds sessions of code, in the unit that the provider bills. */
  codeSessions(units: number): void {
    this.#codeSessionsMax += units;
  }

  /** Adds a limit that makes the provider's tools end, if the request has none. */
  limitTools(edit: Edit): void {
    this.#toolLimits.push(edit);
  }

  /** Notes unbounded input. */
  unbounded(what: string): void {
    this.#unbounded.add(what);
  }

  /** Notes what can be read in two ways. */
  unclear(what: string): void {
    this.#unclear.add(what);
  }

  /** Returns the bound of a request whose body has this many bytes. */
  bound(body: unknown, bytes: number): InputBound {
    const besides =
      this.#mediaTokens +
      Math.max(TEMPLATE_TOKENS, this.hiddenPromptTokens) +
      (this.hasTools || this.hasSchema ? TOOLS_TOKENS : 0);
    const all = Math.max(0, bytes - this.#mediaBytes) + besides;
    const tokens = this.#tokensByTemplates(body, bytes) ?? all;
    return {
      tokens,
      hasMedia: this.#hasMedia,
      isMany: this.isMany,
      upToWindow: [...this.#upToWindow],
      passes: this.#passes,
      passesFor: [...this.#passesFor],
      toolLimits: this.#toolLimits,
      unbounded: [...this.#unbounded],
      unclear: [...this.#unclear],
      searchesMax: this.#searchesMax,
      fileSearchesMax: this.#fileSearchesMax,
      codeSessionsMax: this.#codeSessionsMax,
      texts: () => this.#textsOf(body),
      besides,
      spared: all - tokens,
      tokensAmong: (turns) => this.#tokensAmong(body, turns, besides),
    };
  }

  #tokensAmong(body: unknown, turns: unknown, besides: number): TokensOfTurns {
    const fixed = this.#templateTokens();
    if (fixed === undefined) return (bytes) => bytes + besides;
    const added = this.#mediaTokens + fixed;
    if (this.hasDocuments) return (bytes) => bytes + added;
    const others = textBytesOf(body, this.#leftOut, turns);
    return (bytes, these) => {
      const texts = bytes > SHORT_BYTES ? bytes : others + textBytesOf(these, NONE_LEFT_OUT);
      return Math.min(bytes, texts) + added;
    };
  }

  /** What the templates of a provider put around the texts; undefined if they are not known. */
  #templateTokens(): number | undefined {
    const { templates, hiddenPromptTokens, hasProviderTools } = this;
    if (templates === undefined || hiddenPromptTokens > 0) return undefined;
    const toolTokens = hasProviderTools ? TOOLS_TOKENS : templates.functions;
    return (
      templates.messages +
      (this.hasTools ? toolTokens : 0) +
      (this.hasSchema ? templates.schemas : 0)
    );
  }

  /** Returns the bound of a request to a provider whose templates are known. */
  #tokensByTemplates(body: unknown, bytes: number): number | undefined {
    const templateTokens = this.#templateTokens();
    if (templateTokens === undefined) return undefined;
    const json = Math.max(0, bytes - this.#mediaBytes);
    const isShort = bytes <= SHORT_BYTES && !this.#hasMedia && !this.hasDocuments;
    const texts = isShort ? textBytesOf(body, this.#leftOut) : json;
    return Math.min(json, texts) + this.#mediaTokens + templateTokens;
  }

  #textsOf(body: unknown): string[] {
    const texts: string[] = [];
    eachText(body, (text) => {
      if (!this.#media.has(text)) texts.push(text);
    });
    return texts;
  }
}
