// How many tokens images and pages of documents have for OpenAI's models, by model and `detail`.
// https://developers.openai.com/api/docs/guides/images-vision#calculating-costs

import type { ImageSize } from "../media/image-size.ts";
import type { PdfFacts } from "../media/pdf.ts";

/** A square of 512 pixels after scaling, each with a price; at most 8 of them come about. */
interface Tiles {
  readonly base: number;
  readonly tile: number;
}

/** Squares of 32 pixels; above the most of them, the image is scaled down. */
interface Patches {
  /** Tokens for each patch. */
  readonly times: number;
  /** The most patches with `detail: "high"`, with `"original"`, and with `"auto"` or without. */
  readonly high: number;
  readonly original: number;
  readonly auto: number;
}

type Rule = readonly [models: RegExp, rule: Tiles | Patches];

/** The models with that name, or with that name and a date, at whatever seller. */
function named(names: string): RegExp {
  return new RegExp(String.raw`^(?:.*/)?(?:${names})(?:-\d{4}-\d{2}-\d{2})?$`);
}

function patches(times: number, high: number, original = high, auto = high): Patches {
  return { times, high, original, auto };
}

/** Of the models whose factor is not published, the largest of those that are. */
const TIMES_MAX = 2.46;
const ANY = Number.POSITIVE_INFINITY;

const RULES: readonly Rule[] = [
  [named("gpt-4o-mini"), { base: 2833, tile: 5667 }],
  [named("gpt-4o|chatgpt-4o-latest|gpt-4\\.1|gpt-4\\.5-preview"), { base: 85, tile: 170 }],
  [named("gpt-4-turbo|gpt-4-turbo-preview|gpt-4-vision-preview"), { base: 85, tile: 170 }],
  [named("gpt-5|gpt-5-chat-latest"), { base: 70, tile: 140 }],
  [named("o1|o1-pro|o3"), { base: 75, tile: 150 }],
  [named("computer-use-preview"), { base: 65, tile: 129 }],
  [named("gpt-4\\.1-mini|gpt-5-mini|gpt-5\\.4-mini"), patches(1.62, 1536)],
  [named("gpt-4\\.1-nano|gpt-5-nano|gpt-5\\.4-nano"), patches(2.46, 1536)],
  [named("o4-mini"), patches(1.72, 1536)],
  // GPT-5.1 is not on the page: it is between GPT-5, whose tiles are 1,190 at the most, and 5.2.
  [
    named("gpt-5\\.[12]|gpt-5\\.[123]-chat-latest|gpt-5(?:\\.[123])?-codex(?:-mini|-max)?"),
    patches(TIMES_MAX, 1536),
  ],
  [named("gpt-5\\.4"), patches(1.2, 2500, 10_000)],
  [named("gpt-5\\.5"), patches(1.2, 2500, 10_000, 10_000)],
  // The size of the image is kept, whatever it is.
  [named("gpt-5\\.6(?:-[a-z]+)?|gpt-6(?:-[a-z]+)?"), patches(1.2, 2500, ANY, ANY)],
];

const PATCH = 32;
/** `detail: "low"` shows 512 × 512 pixels, to which smaller images may be enlarged. */
const LOW_PATCHES = 256;

/**
 * Returns the most tokens of an image; undefined for a model without a published rule, and infinity
 * where only the size would bound it.
 */
export function openaiImageTokens(
  model: string,
  detail: string | undefined,
  size: ImageSize | undefined,
): number | undefined {
  const rule = RULES.find(([models]) => models.test(model))?.[1];
  if (rule === undefined) return undefined;
  if ("tile" in rule) return rule.base + (detail === "low" ? 0 : rule.tile * tilesOf(size));
  return Math.ceil(rule.times * patchesOf(rule, detail, size));
}

function patchesOf(rule: Patches, detail: string | undefined, size: ImageSize | undefined): number {
  if (detail === "low") return LOW_PATCHES;
  const max = detail === "high" ? rule.high : detail === "original" ? rule.original : rule.auto;
  if (size === undefined) return max;
  return Math.min(max, Math.ceil(size.width / PATCH) * Math.ceil(size.height / PATCH));
}

const TILE = 512;
const LONG_MAX = 2048;
const SHORT = 768;
const TILES_MAX = 8;

/**
 * The tiles of an image that fits into 2,048 × 2,048 and is 768 at its shorter side: enlarged to it
 * as well, as the page does not exclude.
 */
function tilesOf(size: ImageSize | undefined): number {
  if (size === undefined) return TILES_MAX;
  const short = Math.min(size.width, size.height);
  const long = Math.min(LONG_MAX, Math.ceil((Math.max(size.width, size.height) * SHORT) / short));
  return Math.min(TILES_MAX, Math.ceil(SHORT / TILE) * Math.ceil(long / TILE));
}

/** What may be put around a page, such as its number. */
const PAGE_FRAME_TOKENS = 32;
/** Models whose `"auto"` shows pages in high detail; earlier ones show them in low detail. */
const HIGH_BY_DEFAULT = /^(?:.*\/)?gpt-(?:5\.[6-9]|[6-9])/;

/**
 * Returns the most tokens of a PDF: an image of every page and its text; undefined for a model
 * without a published rule.
 * https://developers.openai.com/api/docs/guides/file-inputs
 */
export function openaiPdfTokens(
  model: string,
  detail: string | undefined,
  { pages, text }: PdfFacts,
): number | undefined {
  const isAuto = detail === undefined || detail === "auto";
  const shown = isAuto ? (HIGH_BY_DEFAULT.test(model) ? "high" : "low") : detail;
  const page = openaiImageTokens(model, shown, undefined);
  return page === undefined || page === ANY ? undefined : pages * (page + PAGE_FRAME_TOKENS) + text;
}
