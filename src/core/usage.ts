// What one model call has used, by the classes that are priced apart from each other.

import { unknownKey } from "./check-keys.ts";
import { describe } from "./describe.ts";

/** The classes of tokens that go into a model. */
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
/** The classes of tokens that come out of a model. */
export const OUTPUT_CLASSES = [
  "outputTokens",
  "reasoningTokens",
  "outputAudioTokens",
  "outputImageTokens",
  "outputVideoTokens",
] as const;
/** What a model may be sold by in place of tokens. */
export const PIECE_CLASSES = [
  "searchUnits",
  "pages",
  "images",
  "characters",
  "audioSeconds",
  "videoSeconds",
] as const;
/** What is counted, and priced by the thousand. */
export const COUNT_CLASSES: readonly [
  "webSearches",
  "requests",
  "fileSearches",
  "codeSessions",
  ...typeof PIECE_CLASSES,
] = ["webSearches", "requests", "fileSearches", "codeSessions", ...PIECE_CLASSES];

/** Something that is counted and priced by itself. */
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
 * The usage of one model call, by class. Every token is in one class only: `inputTokens` are those
 * that were neither read from a cache nor written to one, `outputTokens` those that are no
 * reasoning. What is left out is 0.
 */
export interface Usage {
  /** Text that went in, apart from what a cache was read from or written with. */
  readonly inputTokens?: number | undefined;
  /** Input that was read from a cache. */
  readonly cacheReadTokens?: number | undefined;
  /** Input that was written to a cache, for five minutes where the time is priced. */
  readonly cacheWriteTokens?: number | undefined;
  /** Input that was written to a cache for an hour. */
  readonly cacheWrite1hTokens?: number | undefined;
  readonly inputAudioTokens?: number | undefined;
  readonly cacheReadAudioTokens?: number | undefined;
  readonly inputImageTokens?: number | undefined;
  readonly cacheReadImageTokens?: number | undefined;
  readonly inputVideoTokens?: number | undefined;
  /** Text that came out, apart from reasoning. */
  readonly outputTokens?: number | undefined;
  /** Reasoning that came out; priced as output unless it has a price of its own. */
  readonly reasoningTokens?: number | undefined;
  readonly outputAudioTokens?: number | undefined;
  readonly outputImageTokens?: number | undefined;
  readonly outputVideoTokens?: number | undefined;
  /** Searches of the web by the provider's own tool. */
  readonly webSearches?: number | undefined;
  /** Requests, where a provider takes money for each; 1 for one call. */
  readonly requests?: number | undefined;
  /** Searches of files that the provider keeps, by its own tool. */
  readonly fileSearches?: number | undefined;
  /**
   * Sessions of code that the provider runs, in the unit that it bills: twenty minutes of a
   * gigabyte at OpenAI, five minutes at Anthropic.
   */
  readonly codeSessions?: number | undefined;
  /** Units of ranking: a query with up to a hundred documents is one. */
  readonly searchUnits?: number | undefined;
  /** Pages of documents that were read. */
  readonly pages?: number | undefined;
  /** Images that were made, where each has a price. */
  readonly images?: number | undefined;
  /** Characters that were spoken. */
  readonly characters?: number | undefined;
  /** Seconds of sound that were heard, rounded up. */
  readonly audioSeconds?: number | undefined;
  /** Seconds of video that were made. */
  readonly videoSeconds?: number | undefined;
}

/** How much there is of what is counted. */
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
 * Reads usage: classes that are left out are 0.
 *
 * @throws {TypeError} on a class that does not exist.
 * @throws {RangeError} on what is no non-negative safe integer.
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
