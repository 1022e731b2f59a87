// What a model costs: dollars for a million tokens, or for a thousand of what is counted.

import { checkKeys } from "../core/check-keys.ts";
import { describe } from "../core/describe.ts";
import { USAGE_CLASSES } from "../core/usage.ts";
import type { UsageClass } from "../core/usage.ts";

/** A price that depends on how long the whole input of a request is. */
export interface TieredRate {
  /** Dollars for a million tokens, up to the first tier. */
  readonly base: number;
  /** Each with what all tokens of a request cost whose input is longer than `above` tokens. */
  readonly tiers: readonly { readonly above: number; readonly rate: number }[];
}

/** Dollars for a million tokens; for a thousand, of what is counted (`webSearches`, `pages` …). */
export type Rate = number | TieredRate;

/**
 * Rates of a model, by class of usage. Reasoning costs what output does, and every kind of input
 * what text does, unless it has a rate of its own; a write to a cache for an hour 1.6 times what
 * one for five minutes does, a read of images from a cache what one of text does, and a read of
 * audio what audio costs without one. Audio, images and video that come out have no price without a
 * rate, nor has what is counted.
 */
export type Rates = { readonly [C in UsageClass]?: Rate | undefined };

/**
 * By how much a price changes with the way a request is served, by the provider's words for a
 * tier.
 */
export type Multipliers = Readonly<Record<string, number>>;

/** By how much a price changes on each axis of a service: 0.5 for half. */
export interface ServiceMultipliers {
  readonly tiers: Multipliers;
  readonly speeds: Multipliers;
  readonly places: Multipliers;
}

/** No word but those of the listed price. */
export const NO_MULTIPLIERS: ServiceMultipliers = { tiers: {}, speeds: {}, places: {} };

/** Whose rate a class has when it has none. */
const STANDS_IN: { readonly [C in UsageClass]?: UsageClass } = {
  cacheReadTokens: "inputTokens",
  cacheWriteTokens: "inputTokens",
  cacheWrite1hTokens: "inputTokens",
  cacheReadAudioTokens: "inputAudioTokens",
  cacheReadImageTokens: "cacheReadTokens",
  inputAudioTokens: "inputTokens",
  inputImageTokens: "inputTokens",
  inputVideoTokens: "inputTokens",
  reasoningTokens: "outputTokens",
};

/**
 * A write for an hour is twice the input where one for five minutes is 1.25 times, with every
 * seller of the only models that tell the two apart.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
 */
const HOUR_OVER_MINUTES = 1.6;
/** As many digits as keep a product of two decimals what it is on paper. */
const DIGITS = 12;

function forHour(rate: Rate): Rate {
  if (typeof rate === "number") return numberForHour(rate);
  const tiers = rate.tiers.map((tier) => ({ above: tier.above, rate: numberForHour(tier.rate) }));
  return { base: numberForHour(rate.base), tiers };
}

function numberForHour(rate: number): number {
  return Number((rate * HOUR_OVER_MINUTES).toPrecision(DIGITS));
}

/**
 * Returns the rate of a class, or of the class that stands in for it; undefined when it has no
 * price.
 */
export function rateOf(rates: Rates, name: UsageClass): Rate | undefined {
  const { cacheWriteTokens, cacheWrite1hTokens } = rates;
  if (name === "cacheWrite1hTokens" && cacheWriteTokens !== undefined)
    return cacheWrite1hTokens ?? forHour(cacheWriteTokens);
  for (let at: UsageClass | undefined = name; at !== undefined; at = STANDS_IN[at]) {
    if (rates[at] !== undefined) return rates[at];
  }
  return undefined;
}

/** Returns what a rate is for a request with so many tokens of input. */
export function rateFor(rate: Rate, inputTokens: number): number {
  if (typeof rate === "number") return rate;
  let found = rate.base;
  for (const tier of rate.tiers) if (inputTokens > tier.above) found = tier.rate;
  return found;
}

/** Returns all that a rate may be for a request with up to so many tokens of input. */
export function ratesUpTo(rate: Rate, inputTokens: number): readonly number[] {
  if (typeof rate === "number") return [rate];
  const reached = rate.tiers.filter(({ above }) => inputTokens > above);
  return [rate.base, ...reached.map((tier) => tier.rate)];
}

/**
 * Reads the rates of a user's own model.
 *
 * @throws {TypeError} on a class that does not exist, or without any rate.
 * @throws {RangeError} on a rate that is no non-negative number.
 */
export function readRates(rates: Rates, argument: string): Rates {
  if (typeof rates !== "object" || rates === null) {
    throw new TypeError(
      `Expected ${argument} to be rates such as { inputTokens: 3, outputTokens: 15 }, got ${describe(rates)}`,
    );
  }
  checkKeys(rates, USAGE_CLASSES, argument);
  const given = USAGE_CLASSES.filter((name) => rates[name] !== undefined);
  if (given.length === 0) throw new TypeError(`Expected ${argument} to have a rate, got none`);
  for (const name of given) checkRate(rates[name], `${argument}.${name}`);
  return rates;
}

function checkRate(rate: Rate | undefined, argument: string): void {
  const values =
    typeof rate === "object"
      ? [rate.base, ...rate.tiers.flatMap(({ above, rate: each }) => [above, each])]
      : [rate];
  for (const value of values) {
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
      throw new RangeError(
        `Expected ${argument} to be dollars for a million tokens, 0 or more, got ${describe(value)}`,
      );
    }
  }
}
