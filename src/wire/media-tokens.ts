// The most tokens of media, by model: each maker's rule is in its folder. A model without a
// published rule has none.

import { claudeImageTokens, claudePdfTokens, isClaude } from "./anthropic/media-tokens.ts";
import { novaImageTokens } from "./bedrock/media-tokens.ts";
import { geminiImageTokens, geminiPdfTokens } from "./google/media-tokens.ts";
import { imageSizeOf } from "./media/image-size.ts";
import { pdfFactsOf } from "./media/pdf.ts";
import { openaiImageTokens, openaiPdfTokens } from "./openai/media-tokens.ts";
import { openImageTokens } from "./open-models/media-tokens.ts";

/** The requested level of detail of media. */
export interface MediaDetail {
  /** OpenAI's `detail`. */
  readonly detail?: string | undefined;
  /** Gemini's highest resolution, or an unknown one. */
  readonly isUltraHigh?: boolean | undefined;
}

/**
 * Returns the most tokens of an image: of its own size if its data are in the request, of any size
 * otherwise. Undefined for a model without a published rule; infinity if only the size bounds it,
 * and it is unknown.
 */
export function imageTokensOf(
  model: string,
  data: string | Uint8Array | undefined,
  { detail, isUltraHigh = false }: MediaDetail = {},
): number | undefined {
  const size = data === undefined ? undefined : imageSizeOf(data);
  if (isClaude(model)) return claudeImageTokens(model, size);
  return (
    openaiImageTokens(model, detail, size) ??
    geminiImageTokens(model, size, isUltraHigh) ??
    novaImageTokens(model, size) ??
    openImageTokens(model, size)
  );
}

/** Returns the most tokens of a PDF in the request; undefined if only the window bounds it. */
export function pdfTokensOf(
  model: string,
  data: string | Uint8Array,
  { detail, isUltraHigh = false }: MediaDetail = {},
): number | undefined {
  const facts = pdfFactsOf(data);
  if (facts === undefined) return undefined;
  if (isClaude(model)) return claudePdfTokens(model, facts);
  return openaiPdfTokens(model, detail, facts) ?? geminiPdfTokens(model, facts, isUltraHigh);
}
