// How many tokens an image has for Amazon's Nova models.
// https://docs.aws.amazon.com/nova/latest/userguide/modalities-image.html

import type { ImageSize } from "../media/image-size.ts";

const NOVA = /amazon\.nova-/;
/** An image is enlarged until its shorter side is as long as this. */
const SHORT = 900;
/** It gets the nearest of some ratios of its sides, which is at most a half from its own. */
const RATIO_STEP = 0.5;
const RATIO_MAX = 9;
/** Of the examples of the page none has fewer pixels for a token: 506 to 700. */
const PIXELS_A_TOKEN = 500;
/** Larger images are not taken. */
const SIDE_MAX = 8000;

/** Returns the most tokens of an image; undefined for another model, and without its size. */
export function novaImageTokens(model: string, size: ImageSize | undefined): number | undefined {
  if (!NOVA.test(model) || size === undefined) return undefined;
  const [short = 1, long = 1] = [size.width, size.height].toSorted((a, b) => a - b);
  const ratio = Math.min(RATIO_MAX, long / short + RATIO_STEP);
  const shown = Math.min(SIDE_MAX, Math.max(SHORT, short));
  return Math.ceil((shown * Math.min(SIDE_MAX, Math.ceil(shown * ratio))) / PIXELS_A_TOKEN);
}
