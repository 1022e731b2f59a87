// Counts tokens with a published tokenizer (M6): OpenAI's, for OpenAI's models, at OpenAI and
// Azure. Used only if the bound of the bytes does not fit.

import { describe } from "../core/describe.ts";
import { bytesOf } from "../wire/bytes.ts";
import { piecesOf } from "./token-pieces.ts";
import type { BoundRequest, BoundSource, TighterBound } from "./tighter-bounds.ts";

/** Encodes a text, or counts its tokens. What it throws at is counted in bytes. */
export type Encode = (text: string) => number | { readonly length: number };

/** The encodings that are handed in, by the names that OpenAI gives them. */
export interface PublicEncodings {
  /** gpt-4o, gpt-4.1, gpt-5, o1 and what came after. */
  readonly o200k_base?: Encode | undefined;
  /** gpt-4, gpt-3.5-turbo and the embeddings of the third generation. */
  readonly cl100k_base?: Encode | undefined;
}

/** A tokenizer that the option `tokenizer` takes in place of a function. */
export interface PublicTokenizer {
  /**
   * Returns how many tokens a text has; undefined for a model whose encoding is not there. Its time
   * is linear in the length of the text, whatever is written.
   */
  countTokens(text: string, model: string): number | undefined;
}

/**
 * https://github.com/openai/tiktoken/blob/main/tiktoken/model.py
 */
const MODELS: readonly (readonly [keyof PublicEncodings, RegExp])[] = [
  ["o200k_base", /^(?:ft:)?(?:(?:chat)?gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|o[134])(?:[-.:]|$)/],
  [
    "cl100k_base",
    /^(?:ft:)?(?:gpt-4(?:[-:]|$)|gpt-3\.5-turbo|gpt-35-turbo|text-embedding-(?:3|ada-002))/,
  ],
];

/**
 * Makes a tokenizer of encodings that a library has, such as gpt-tokenizer or js-tiktoken. The
 * package itself has none.
 *
 * @throws {TypeError} if an encoding is no function, or none is given.
 * @example
 *   import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
 *   const tokenizer = publicTokenizer({ o200k_base: countTokens });
 *   const pool = new BudgetPool({ caps: { usd: 5 } });
 *   const client = new OpenAI({ fetch: meteredFetch(pool, { tokenizer }) });
 */
export function publicTokenizer(encodings: PublicEncodings): PublicTokenizer {
  const names = MODELS.map(([name]) => name);
  if (typeof encodings !== "object" || encodings === null || !names.some((name) => encodings[name]))
    throw new TypeError(
      `Expected an encoding, o200k_base or cl100k_base, got ${describe(encodings)}`,
    );
  for (const name of names) {
    const encode = encodings[name];
    if (encode !== undefined && typeof encode !== "function")
      throw new TypeError(`Expected \`${name}\` to be a function, got ${describe(encode)}`);
  }
  return new EncodedTokenizer(encodings);
}

/**
 * Reads the option `tokenizer`; undefined where there is no function, which counts every request.
 *
 * @throws {TypeError} if it is neither a function nor what `publicTokenizer` returns.
 */
export function readTokenizer<T>(given: T | PublicTokenizer | undefined): T | undefined {
  if (given === undefined || isPublic(given)) return undefined;
  if (typeof given === "function") return given;
  throw new TypeError(
    `Expected \`tokenizer\` to be a function or a publicTokenizer(), got ${describe(given)}`,
  );
}

/** Returns whether it is what `publicTokenizer` returns, or has its shape. */
export function isPublic(given: unknown): given is PublicTokenizer {
  return typeof given === "object" && given !== null && "countTokens" in given;
}

class EncodedTokenizer implements PublicTokenizer {
  readonly #encodings: PublicEncodings;

  constructor(encodings: PublicEncodings) {
    this.#encodings = encodings;
  }

  countTokens(text: string, model: string): number | undefined {
    const name = MODELS.find(([, models]) => models.test(model))?.[0];
    const encode = name === undefined ? undefined : this.#encodings[name];
    if (encode === undefined) return undefined;
    let tokens = 0;
    for (const { text: piece, isLong } of piecesOf(text))
      tokens += isLong ? bytesOf(piece) : countedOf(encode, piece);
    return tokens;
  }
}

/** The tokens of a piece; its bytes where the library says none, or no sensible number. */
function countedOf(encode: Encode, piece: string): number {
  try {
    const found = encode(piece);
    const count = typeof found === "number" ? found : found.length;
    if (Number.isSafeInteger(count) && count >= 0) return Math.min(count, bytesOf(piece));
  } catch {
    // Libraries throw at the names of special tokens; the provider reads them as text.
  }
  return bytesOf(piece);
}

/** What is shown around a text: a role, quotation marks, the punctuation of a definition. */
const AROUND_TOKENS = 2;
/** Longer texts without any space are no prose: a key, an image, reasoning that is encrypted. */
const OPAQUE_LENGTH = 256;
/** Larger requests would take more than a second beside other calls. */
const LENGTH_MAX = 2 ** 20;
const READ_AS_PUBLISHED: ReadonlySet<string> = new Set(["openai", "azure"]);

/** Returns the bound that a tokenizer comes to. */
export function tokenizerBound(tokenizer: PublicTokenizer): BoundSource {
  return {
    name: "a public tokenizer",
    isRemote: false,
    tighten: (request) => boundOf(request, tokenizer),
  };
}

function boundOf(
  { provider, model, text, asked: { input } }: BoundRequest,
  tokenizer: PublicTokenizer,
): TighterBound | undefined {
  const isBounded =
    input.upToWindow.length === 0 && input.unbounded.length === 0 && input.passes === 1;
  if (!isBounded || !READ_AS_PUBLISHED.has(provider.id) || text.length > LENGTH_MAX)
    return undefined;
  let tokens = input.besides;
  for (const each of input.texts()) {
    const isOpaque = each.length > OPAQUE_LENGTH && !/\s/.test(each);
    const count = isOpaque ? bytesOf(each) : tokenizer.countTokens(each, model);
    if (count === undefined) return undefined;
    tokens += count + AROUND_TOKENS;
  }
  return { inputTokens: tokens };
}
