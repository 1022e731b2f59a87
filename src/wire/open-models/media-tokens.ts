// How many tokens an image has for models whose weights are open, by the code that their makers
// published with them. A server of its own may be set to fewer, and is not known to be set to more.

import type { ImageSize } from "../media/image-size.ts";

/**
 * Llama 4: at most 16 tiles of 336 pixels and one of the whole image, of 144 tokens each, with a
 * separator after each.
 * https://huggingface.co/meta-llama/Llama-4-Scout-17B-16E-Instruct, preprocessor_config.json
 */
const LLAMA_4 = /llama-?4-/i;
const LLAMA_4_TOKENS = 17 * (144 + 2) + 16;

/**
 * Qwen2-VL and 2.5-VL: 28 pixels square, to which both sides are rounded; 16,384 at most. Small
 * images may be enlarged to 256.
 * https://huggingface.co/Qwen/Qwen2.5-VL-72B-Instruct#image-resolution-for-performance-boost
 */
const QWEN_VL = /qwen-?2(?:\.5)?-vl/i;
const QWEN_PATCH = 28;
const QWEN_TOKENS_MIN = 256;
const QWEN_TOKENS_MAX = 16_384;

/** Mistral's models: the finest patches and the largest side that any of them has. */
const MISTRAL = /(?:^|[./])(?:pixtral|mistral-(?:small|medium|large)|magistral|ministral)-/;
const MISTRAL_PATCH = 16;
const MISTRAL_SIDE_MAX = 1540;

/** Returns the most tokens of an image; undefined for a model without a published rule. */
export function openImageTokens(model: string, size: ImageSize | undefined): number | undefined {
  if (LLAMA_4.test(model)) return LLAMA_4_TOKENS;
  if (MISTRAL.test(model)) return mistralTokens(size);
  if (!QWEN_VL.test(model)) return undefined;
  if (size === undefined) return QWEN_TOKENS_MAX;
  const patches = (size.width / QWEN_PATCH + 1) * (size.height / QWEN_PATCH + 1);
  return Math.min(QWEN_TOKENS_MAX, Math.max(QWEN_TOKENS_MIN, Math.ceil(patches)));
}

/**
 * A token for each patch, and one for the end of each row.
 * https://github.com/mistralai/mistral-common, src/mistral_common/tokens/tokenizers/image.py
 */
function mistralTokens(size: ImageSize | undefined): number {
  const { width, height } = size ?? { width: MISTRAL_SIDE_MAX, height: MISTRAL_SIDE_MAX };
  const ratio = Math.max(1, width / MISTRAL_SIDE_MAX, height / MISTRAL_SIDE_MAX);
  const [columns = 0, rows = 0] = [width, height].map((side) =>
    Math.ceil(Math.round(side / ratio) / MISTRAL_PATCH),
  );
  return (columns + 1) * Math.max(1, rows) + 1;
}
