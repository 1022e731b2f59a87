// How many tokens images and pages of documents have for Claude.
// https://platform.claude.com/docs/en/build-with-claude/vision#evaluate-image-size
// https://platform.claude.com/docs/en/build-with-claude/pdf-support#estimate-your-costs

import type { ImageSize } from "../media/image-size.ts";
import type { PdfFacts } from "../media/pdf.ts";

/** 2,576 pixels at the longer edge: Claude Opus 4.7 and what came after. */
const IMAGE_TOKENS_MAX = 4784;
/**
 * 1,568 pixels at the longer edge: models before. The page has said 1,568 and "about 1,600"; up to
 * 1,600 were recorded, so that there is some room above.
 */
const EARLIER_IMAGE_TOKENS_MAX = 1800;
/** Claude 3 to 4.6, at whatever seller. */
const EARLIER =
  /claude-(?:3|4-|(?:haiku|sonnet|opus)-(?:3|4)(?![-.]?[789](?!\d))(?![-.]?[1-9]\d(?!\d)))/;

const PATCH = 28;
/** The rule of earlier editions of the page: width × height / 750. */
const PIXELS_A_TOKEN = 750;

/** Returns whether a model is one of Claude's. */
export function isClaude(model: string): boolean {
  return model.includes("claude");
}

/** Returns the most tokens of an image: 28 × 28 pixels each, and no more than the model's cap. */
export function claudeImageTokens(model: string, size: ImageSize | undefined): number {
  const max = EARLIER.test(model) ? EARLIER_IMAGE_TOKENS_MAX : IMAGE_TOKENS_MAX;
  if (size === undefined) return max;
  const { width, height } = size;
  const patches = Math.ceil(width / PATCH) * Math.ceil(height / PATCH);
  return Math.min(max, Math.max(patches, Math.ceil((width * height) / PIXELS_A_TOKEN)));
}

/**
 * A page of at most the area of a legal one, as an image. No rule is published; pages in A4 and
 * letter came to fewer than 1,600 tokens in every recorded answer, of models with the higher cap
 * too.
 */
const PAGE_TOKENS = 2048;
/** What may be put around a page, such as its number. */
const PAGE_FRAME_TOKENS = 32;

/** Returns the most tokens of a PDF: an image of every page, and the text in it. */
export function claudePdfTokens(model: string, { pages, text, isSmallPaged }: PdfFacts): number {
  const page = Math.min(
    claudeImageTokens(model, undefined),
    isSmallPaged ? PAGE_TOKENS : Number.POSITIVE_INFINITY,
  );
  return pages * (page + PAGE_FRAME_TOKENS) + text;
}
