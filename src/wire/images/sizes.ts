// How many tokens an image has at the most that OpenAI's models make, by its size and quality.
// https://developers.openai.com/api/docs/guides/image-generation#cost-and-latency

/** The first models make three sizes. */
const FIRST = /^gpt-image-1(?:$|[.-])/;
const FIRST_TOKENS: Readonly<Record<string, readonly [square: number, other: number]>> = {
  low: [272, 408],
  medium: [1056, 1584],
  high: [4160, 6240],
};
const SQUARE = "1024x1024";

/** Tokens of a million pixels (2²⁰): no documented image of the later ones has more. */
const LATER_TOKENS: Readonly<Record<string, number>> = { low: 220, medium: 1800, high: 7100 };
const MILLION_PIXELS = 2 ** 20;
/** 3840×2160, the largest that is taken. */
const PIXELS_MAX = 3840 * 2160;
const SIZE = /^(\d{2,5})x(\d{2,5})$/;
/** What models say or think beside an image. */
const BESIDE_TOKENS = 4096;
/** Each image that is shown before it is finished. */
const PARTIAL_TOKENS = 100;

/** What a request says of its images. */
export interface ImageWishes {
  readonly model: string;
  /** `"1024x1024"`; the largest where it says nothing. */
  readonly size: string | undefined;
  /** The best where it says nothing. */
  readonly quality: string | undefined;
  /** How many are shown before each is finished. */
  readonly partials: number;
}

/** Returns the most tokens of one image. */
export function imageOutputTokens({ model, size, quality, partials }: ImageWishes): number {
  const name = model.slice(model.lastIndexOf("/") + 1);
  const beside = partials * PARTIAL_TOKENS;
  if (FIRST.test(name)) {
    const [square, other] = FIRST_TOKENS[quality ?? ""] ?? FIRST_TOKENS["high"] ?? [0, 0];
    return (size === SQUARE ? square : other) + beside;
  }
  const millions = Math.max(1, pixelsOf(size) / MILLION_PIXELS);
  const each = LATER_TOKENS[quality ?? ""] ?? LATER_TOKENS["high"] ?? 0;
  return Math.ceil(millions * each) + beside + BESIDE_TOKENS;
}

function pixelsOf(size: string | undefined): number {
  const [, width, height] = SIZE.exec(size ?? "") ?? [];
  if (width === undefined || height === undefined) return PIXELS_MAX;
  return Number(width) * Number(height);
}
