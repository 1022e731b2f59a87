// What a model costs: dollars per million tokens, or per thousand of what is counted.

import { checkKeys } from "../core/check-keys.ts";
import { describe } from "../core/describe.ts";
import { USAGE_CLASSES } from "../core/usage.ts";
import type { UsageClass } from "../core/usage.ts";
import { readWhole } from "../core/whole.ts";

/** A price that depends on the length of the whole input of a request. */
export interface TieredRate {
  /** Dollars per million tokens, up to the first tier. */
  readonly base: number;
  /**
   * The tiers, in any order: each is the price of all tokens of a request whose input is longer
   * than `above` tokens. The highest `above` that is passed counts.
   */
  readonly tiers: readonly { readonly above: number; readonly rate: number }[];
}

/** Dollars per million tokens; per thousand for counted classes (`webSearches`, `pages` …). */
export type Rate = number | TieredRate;

/**
 * Rates of a model, by class of usage. A class without a rate of its own costs as follows:
 * reasoning like output; every kind of input like text; a cache write for an hour 1.6 times one for
 * five minutes; a cache read of images like one of text; a cache read of audio like audio. Audio,
 * image and video output, and counted classes, have no price without a rate.
 */
export type Rates = { readonly [C in UsageClass]?: Rate | undefined };

/** How a price changes with the service of a request, by the provider's words for a tier. */
export type Multipliers = Readonly<Record<string, number>>;

/** How a price changes on each axis of a service: 0.5 for half. */
export interface ServiceMultipliers {
  readonly tiers: Multipliers;
  readonly speeds: Multipliers;
  readonly places: Multipliers;
}

/** Only the words for the list price. */
export const NO_MULTIPLIERS: ServiceMultipliers = { tiers: {}, speeds: {}, places: {} };

/** The class whose rate applies if a class has none. */
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
 * A write for an hour costs twice the input, and one for five minutes 1.25 times, at every seller
 * of the only models that distinguish them.
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
  let passed = -1;
  for (const { above, rate: each } of rate.tiers) {
    if (inputTokens <= above || above < passed) continue;
    found = each;
    passed = above;
  }
  return found;
}

/** Returns all possible values of a rate for a request with up to this many tokens of input. */
export function ratesUpTo(rate: Rate, inputTokens: number): readonly number[] {
  if (typeof rate === "number") return [rate];
  const reached = rate.tiers.filter(({ above }) => inputTokens > above);
  return [rate.base, ...reached.map((tier) => tier.rate)];
}

/**
 * Reads the rates of a custom model.
 *
 * @throws {TypeError} if a class does not exist, or no rate is given.
 * @throws {RangeError} if a rate is not a non-negative number.
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
  if (typeof rate !== "object" || rate === null) return checkDollars(rate, argument);
  const { base, tiers } = rate;
  if (!Array.isArray(tiers)) {
    throw new TypeError(
      `Expected ${argument} to be a number or { base, tiers: [{ above, rate }] }, got tiers of ${describe(tiers)}`,
    );
  }
  checkDollars(base, argument);
  for (const [index, { above, rate: each }] of tiers.entries()) {
    readWhole(`${argument}.tiers[${index}].above`, above, 0, Number.MAX_SAFE_INTEGER);
    checkDollars(each, argument);
  }
}

function checkDollars(value: unknown, argument: string): void {
  if (isFactor(value)) return;
  throw new RangeError(
    `Expected ${argument} to be dollars for a million tokens, 0 or more, got ${describe(value)}`,
  );
}

/**
 * Reads a factor of the list price.
 *
 * @throws {RangeError} if it is not a finite number of 0 or more.
 */
export function readFactor(factor: number, argument: string): number {
  if (isFactor(factor)) return factor;
  throw new RangeError(
    `Expected ${argument} to be a factor of the list price, such as 0.5 for half, got ${describe(factor)}`,
  );
}

function isFactor(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
