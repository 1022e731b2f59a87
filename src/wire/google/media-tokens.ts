// How many tokens images and pages of documents have for Gemini.
// https://ai.google.dev/gemini-api/docs/media-resolution#token-counts
// https://ai.google.dev/gemini-api/docs/tokens
// https://ai.google.dev/gemini-api/docs/document-processing
// https://ai.google.dev/gemini-api/docs/video-understanding#technical-details-about-videos

import type { ImageSize } from "../media/image-size.ts";
import type { PdfFacts } from "../media/pdf.ts";

/** `media_resolution_high`, which images have where nothing is said; pages have half of it. */
const GEMINI_3_TOKENS = 1120;
/** `media_resolution_ultra_high`. */
const GEMINI_3_TOKENS_MAX = 2240;

const TILE_TOKENS = 258;
const SMALL = 384;
const TILE_MIN = 256;
const TILE_MAX = 768;
/** An image that is cut into tiles may be shown as a whole besides: seven were recorded of six. */
const WHOLE_IMAGE = 1;

/** The models that a resolution bounds, by their name; undefined for those that are not known. */
function generationOf(model: string): "tiles" | "resolution" | undefined {
  if (/gemini-(?:1\.5|2\.\d)/.test(model)) return "tiles";
  return /gemini-3/.test(model) ? "resolution" : undefined;
}

/**
 * Returns the most tokens of an image; undefined for a model without a published rule, and for one
 * that cuts images into tiles where the size is not known.
 */
export function geminiImageTokens(
  model: string,
  size: ImageSize | undefined,
  isUltraHigh: boolean,
): number | undefined {
  const generation = generationOf(model);
  if (generation === "resolution") return isUltraHigh ? GEMINI_3_TOKENS_MAX : GEMINI_3_TOKENS;
  if (generation === undefined || size === undefined) return undefined;
  const { width, height } = size;
  if (width <= SMALL && height <= SMALL) return TILE_TOKENS;
  const third = Math.floor(Math.min(width, height) / 1.5);
  const tile = Math.min(TILE_MAX, Math.max(TILE_MIN, third));
  return (Math.ceil(width / tile) * Math.ceil(height / tile) + WHOLE_IMAGE) * TILE_TOKENS;
}

/** Pages have 258 tokens each. */
const PAGE_TOKENS = 258;
/**
 * Before Gemini 2.5 they were recorded with five times as many, as tiles would have: pages are
 * enlarged to 768 × 768 and scaled down to 3,072 × 3,072 pixels.
 */
const TILED_PAGES = /gemini-(?:1\.5|2\.0)/;
const TILED_PAGE_TOKENS = 7 * TILE_TOKENS;
const TILED_PAGE_TOKENS_MAX = 17 * TILE_TOKENS;

/** Returns the most tokens of a PDF; text in it is not billed. Undefined for an unknown model. */
export function geminiPdfTokens(
  model: string,
  { pages, isSmallPaged }: PdfFacts,
  isUltraHigh: boolean,
): number | undefined {
  const generation = generationOf(model);
  if (generation === undefined) return undefined;
  if (generation === "resolution")
    return pages * (isUltraHigh ? GEMINI_3_TOKENS_MAX : GEMINI_3_TOKENS);
  if (!TILED_PAGES.test(model)) return pages * PAGE_TOKENS;
  return pages * (isSmallPaged ? TILED_PAGE_TOKENS : TILED_PAGE_TOKENS_MAX);
}

/** A frame of a film, in high resolution with Gemini 3. */
const FRAME_TOKENS = 258;
const GEMINI_3_FRAME_TOKENS = 70;
const GEMINI_3_HIGH_FRAME_TOKENS = 280;
/** The sound of a second, and what says when it was: the page rounds their sum up to 300. */
const SECOND_TOKENS = 32 + 16;
/** What a film begins with. */
const FILM_TOKENS = 64;

/** What a request says of a film. */
export interface FilmDetail {
  /** Frames a second; 1 where it says nothing. */
  readonly framesASecond: number;
  readonly isHigh: boolean;
}

/** Returns the most tokens of a film of that length; undefined for an unknown model. */
export function geminiVideoTokens(
  model: string,
  seconds: number,
  { framesASecond, isHigh }: FilmDetail,
): number | undefined {
  const generation = generationOf(model);
  if (generation === undefined) return undefined;
  const frame =
    generation === "tiles"
      ? FRAME_TOKENS
      : isHigh
        ? GEMINI_3_HIGH_FRAME_TOKENS
        : GEMINI_3_FRAME_TOKENS;
  // A frame at the beginning, and one at the end of what was begun.
  const whole = Math.ceil(seconds) + 1;
  return (
    Math.ceil(whole * Math.max(1, framesASecond)) * frame + whole * SECOND_TOKENS + FILM_TOKENS
  );
}
