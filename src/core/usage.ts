// The usage of one model call, by the classes that are priced separately.

import { unknownKey } from "./check-keys.ts";
import { describe } from "./describe.ts";

/** The classes of input tokens. */
export const INPUT_CLASSES = [
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "cacheWrite1hTokens",
  "inputAudioTokens",
  "cacheReadAudioTokens",
  "inputImageTokens",
  "cacheReadImageTokens",
  "inputVideoTokens",
] as const;
/** The classes of output tokens. */
export const OUTPUT_CLASSES = [
  "outputTokens",
  "reasoningTokens",
  "outputAudioTokens",
  "outputImageTokens",
  "outputVideoTokens",
] as const;
/** The units by which a model may be sold instead of tokens. */
export const PIECE_CLASSES = [
  "searchUnits",
  "pages",
  "images",
  "characters",
  "audioSeconds",
  "videoSeconds",
] as const;
/** The classes that are counted, and priced by the thousand. */
export const COUNT_CLASSES: readonly [
  "webSearches",
  "requests",
  "fileSearches",
  "codeSessions",
  ...typeof PIECE_CLASSES,
] = ["webSearches", "requests", "fileSearches", "codeSessions", ...PIECE_CLASSES];

/** A class of usage that is counted and priced separately. */
export type UsageClass =
  | (typeof INPUT_CLASSES)[number]
  | (typeof OUTPUT_CLASSES)[number]
  | (typeof COUNT_CLASSES)[number];

/** All classes. */
export const USAGE_CLASSES: readonly UsageClass[] = [
  ...INPUT_CLASSES,
  ...OUTPUT_CLASSES,
  ...COUNT_CLASSES,
];

/**
 * The usage of one model call, by class. Every token belongs to exactly one class: `inputTokens`
 * are those neither read from a cache nor written to one, and `outputTokens` those that are not
 * reasoning. Omitted classes are 0.
 */
export interface Usage {
  /** Text input, apart from cache reads and writes. */
  readonly inputTokens?: number | undefined;
  /** Input read from a cache. */
  readonly cacheReadTokens?: number | undefined;
  /** Input written to a cache; for five minutes if the lifetime affects the price. */
  readonly cacheWriteTokens?: number | undefined;
  /** Input written to a cache for an hour. */
  readonly cacheWrite1hTokens?: number | undefined;
  readonly inputAudioTokens?: number | undefined;
  readonly cacheReadAudioTokens?: number | undefined;
  readonly inputImageTokens?: number | undefined;
  readonly cacheReadImageTokens?: number | undefined;
  readonly inputVideoTokens?: number | undefined;
  /** Text output, apart from reasoning. */
  readonly outputTokens?: number | undefined;
  /** Reasoning output; priced as output unless it has a price of its own. */
  readonly reasoningTokens?: number | undefined;
  readonly outputAudioTokens?: number | undefined;
  readonly outputImageTokens?: number | undefined;
  readonly outputVideoTokens?: number | undefined;
  /** Web searches by the provider's own tool. */
  readonly webSearches?: number | undefined;
  /** Requests, if a provider charges for each; 1 for one call. */
  readonly requests?: number | undefined;
  /** Searches of files stored at the provider, by its own tool. */
  readonly fileSearches?: number | undefined;
  /**
   * Sessions of provider-run code, in the billed unit: twenty minutes of a gigabyte at OpenAI, five
   * minutes at Anthropic.
   */
  readonly codeSessions?: number | undefined;
  /** Units of ranking: one is a query with up to a hundred documents. */
  readonly searchUnits?: number | undefined;
  /** Pages of documents that the provider read. */
  readonly pages?: number | undefined;
  /** Generated images that are priced each. */
  readonly images?: number | undefined;
  /** Characters converted to speech. */
  readonly characters?: number | undefined;
  /** Seconds of transcribed sound, rounded up. */
  readonly audioSeconds?: number | undefined;
  /** Seconds of generated video. */
  readonly videoSeconds?: number | undefined;
}

/** A count for each class that is not tokens. */
export type Counted = { readonly [C in (typeof COUNT_CLASSES)[number]]?: number | undefined };

/** Usage with every class. */
export type WholeUsage = { readonly [C in UsageClass]: number };

/** No usage. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of all the classes
const NOTHING = Object.fromEntries(USAGE_CLASSES.map((name) => [name, 0])) as Record<
  UsageClass,
  number
>;

/**
 * Reads usage; omitted classes are 0.
 *
 * @throws {TypeError} if a class does not exist.
 * @throws {RangeError} if a count is not a non-negative safe integer.
 */
export function readUsage(usage: Usage): WholeUsage {
  if (typeof usage !== "object" || usage === null) {
    throw new TypeError(
      `Expected \`usage\` to be an object such as { inputTokens: 1200 }, got ${describe(usage)}`,
    );
  }
  const whole = { ...NOTHING };
  for (const name in usage) {
    if (!isUsageClass(name)) throw unknownKey(name, USAGE_CLASSES, "usage");
    const count = usage[name] ?? 0;
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(
        `Expected \`usage.${name}\` to be a non-negative safe integer, got ${describe(count)}`,
      );
    }
    whole[name] = count;
  }
  return whole;
}

function isUsageClass(name: string): name is UsageClass {
  return Object.hasOwn(NOTHING, name);
}

/** Returns all tokens of some classes. */
export function sumOf(usage: WholeUsage, classes: readonly UsageClass[]): number {
  let sum = 0;
  for (const name of classes) sum += usage[name];
  return sum;
}
