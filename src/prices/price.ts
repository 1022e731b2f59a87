import type { Amount } from "../core/amount.ts";
import { asGiven, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { describe } from "../core/describe.ts";
import { toUsd } from "../core/nano-usd.ts";
import { nanoUsdOf, unpriced } from "./bill.ts";
import { PriceUnknown } from "./errors.ts";
import { rateOf, ratesUpTo } from "./rates.ts";
import type { Rates, ServiceMultipliers } from "./rates.ts";
import type { Service } from "../core/service.ts";
import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../core/usage.ts";
import type { Usage, UsageClass, WholeUsage } from "../core/usage.ts";

/** The service of a request, and a factor of your own. */
export interface ServiceOptions extends Service {
  /**
   * What the listed price is multiplied with; in place of the words of the service.
   *
   * @default the product of the multipliers of `tier`, `speed` and `place`
   */
  readonly factor?: number | undefined;
}

/** The multiplier of a service, with the words that are unknown. */
export interface ServiceFactor {
  /** What the listed price is multiplied with. */
  readonly factor: number;
  /** The words that have no multiplier: the dearest known one of their axis is taken for them. */
  readonly unknown: readonly string[];
}

/** The most that a call may use of a model, for a bound before it. */
export interface Bound {
  /** All tokens that go in, of whatever class. */
  readonly inputTokens: number;
  /** All tokens that come out. */
  readonly outputTokens: number;
  /**
   * Whether what goes in, or comes out, may be other than text.
   *
   * @default text only
   */
  readonly media?: { readonly input?: boolean; readonly output?: boolean } | undefined;
  /**
   * How many of the tokens that go in are read from a cache, at the price of a read.
   *
   * @default 0
   */
  readonly cacheReadTokens?: number | undefined;
  /**
   * For how long the call may write to a cache at most: not at all, five minutes, or an hour.
   *
   * @default "1h"
   */
  readonly cacheWrites?: "none" | "5m" | "1h" | undefined;
}

/** What a price is made of. */
export interface PriceParts {
  readonly provider: string;
  readonly model: string;
  readonly rates: Rates | undefined;
  readonly multipliers: ServiceMultipliers;
  readonly context: number | undefined;
  readonly outputMax: number | undefined;
  readonly source: string;
  readonly isGuess?: boolean;
}

/** Classes that a call may turn out to be of without a write to a cache, and with one. */
const NOT_WRITTEN: Readonly<Record<"none" | "5m" | "1h", readonly UsageClass[]>> = {
  none: ["cacheWriteTokens", "cacheWrite1hTokens"],
  "5m": ["cacheWrite1hTokens"],
  "1h": [],
};
/** Input that is text, for which a call may turn out to have read from or written to a cache. */
const TEXT_IN: readonly UsageClass[] = [
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "cacheWrite1hTokens",
];
const TEXT_OUT: readonly UsageClass[] = ["outputTokens", "reasoningTokens"];

/**
 * The price of one model, as of the moment it was looked up. It never changes: keep it with a
 * reservation, and the commit is priced as the reservation was.
 */
export class Price {
  /** The provider, such as `"anthropic"`. */
  readonly provider: string;
  /** The model as the book has it, such as `"claude-opus-4-5"`. */
  readonly model: string;
  /** How many tokens fit into a request; undefined if unknown. */
  readonly context: number | undefined;
  /** The most tokens of one answer; undefined if unknown. */
  readonly outputMax: number | undefined;
  /**
   * Whether the model is not in the book, and the dearest rates of its provider stand for its own.
   */
  readonly isGuess: boolean;
  /** Where it is from: a page of the provider and the day of the table, or `"override"`. */
  readonly source: string;
  /** Dollars for a million tokens by class; undefined when only tokens are counted. */
  readonly rates: Rates | undefined;
  readonly #multipliers: ServiceMultipliers;

  /** @internal */
  constructor(parts: PriceParts) {
    this.provider = parts.provider;
    this.model = parts.model;
    this.context = parts.context;
    this.outputMax = parts.outputMax;
    this.isGuess = parts.isGuess === true;
    this.source = parts.source;
    this.rates = parts.rates;
    this.#multipliers = parts.multipliers;
    Object.freeze(this);
  }

  /**
   * Returns what a call costs, in dollars: exact, and rounded up once to whole nano-dollars (10⁻⁹
   * USD). 0 when only tokens are counted.
   *
   * @throws {PriceUnknown} `PRICE_UNKNOWN` when a class that was used has no rate, or the way of
   * serving no multiplier.
   * @throws {TypeError | RangeError} on bad usage.
   */
  cost(usage: Usage, options: ServiceOptions = {}): number {
    return toUsd(this.#nanoUsd(readUsage(usage), options));
  }

  /**
   * Returns what a call has used, as an amount for a budget: all input, all output, their sum,
   * dollars (unless only tokens are counted), and one call.
   *
   * @throws as `cost`.
   */
  amount(usage: Usage, options: ServiceOptions = {}): Amount {
    const whole = readUsage(usage);
    return this.#amount(whole, this.#nanoUsd(whole, options));
  }

  /**
   * Returns the most that a call within a bound can cost: every token at the highest rate of the
   * classes that it may turn out to be of, a write to a cache for an hour among them. What is
   * counted, such as searches, is to be added.
   *
   * @throws as `cost`.
   */
  ceiling(bound: Bound, options: ServiceOptions = {}): Amount {
    const { outputTokens } = bound;
    const cacheReadTokens = Math.min(bound.inputTokens, bound.cacheReadTokens ?? 0);
    const inputTokens = bound.inputTokens - cacheReadTokens;
    const total = readUsage({ inputTokens, cacheReadTokens, outputTokens });
    return this.#amount(total, this.#nanoUsd(total, options, this.#dearest(bound)));
  }

  /**
   * Returns the most that one token of output can cost in a call within a bound: the `unit` for
   * `reserveUpTo`, beside a `fixed` of `ceiling({ ...bound, outputTokens: 0 })`. Dollars are
   * rounded up to whole nano-dollars for each token.
   *
   * @throws as `cost`.
   */
  outputUnit(bound: Bound, options: ServiceOptions = {}): Amount {
    const one = readUsage({ outputTokens: 1 });
    const usd = toUsd(this.#nanoUsd(one, options, this.#dearest(bound)));
    return { outputTokens: 1, ...(this.rates !== undefined && { usd }) };
  }

  /**
   * Returns the factor of the list price for a service, by axis (tier × speed × place). A
   * word without a multiplier counts as the highest known one of its axis, and is listed. Never
   * throws.
   */
  factorFor({ tier, speed, place }: Service): ServiceFactor {
    const { tiers, speeds, places } = this.#multipliers;
    const unknown: string[] = [];
    const product =
      factorOn(tiers, tier, unknown) *
      factorOn(speeds, speed, unknown) *
      factorOn(places, place, unknown);
    if (product === 1) return { factor: 1, unknown };
    // 6 × 1.1 is 6.6, whatever a binary fraction makes of it.
    const factor = Number(product.toPrecision(FACTOR_DIGITS));
    return { factor, unknown };
  }

  #dearest({ inputTokens, media, cacheWrites = "1h" }: Bound): Rates | undefined {
    const { rates } = this;
    if (rates === undefined) return undefined;
    const [all, comesOut] = [
      media?.input === true ? INPUT_CLASSES : TEXT_IN,
      media?.output === true ? OUTPUT_CLASSES : TEXT_OUT,
    ];
    const goesIn = all.filter((name) => !NOT_WRITTEN[cacheWrites].includes(name));
    return {
      inputTokens: dearestOf(rates, goesIn, inputTokens),
      cacheReadTokens: dearestOf(rates, ["cacheReadTokens"], inputTokens),
      outputTokens: dearestOf(rates, comesOut, inputTokens),
    };
  }

  #nanoUsd(
    usage: WholeUsage,
    options: ServiceOptions,
    rates: Rates | undefined = this.rates,
  ): number {
    const { factor, ...service } = readOptions(options, SERVICE);
    if (rates === undefined) return 0;
    const [missing] = unpriced(rates, usage);
    if (missing !== undefined) {
      throw this.#unknown(`has no price for ${missing}; add a rate with priceBook.with()`);
    }
    return nanoUsdOf(rates, usage, factor ?? this.#knownFactor(service));
  }

  #knownFactor(service: Service): number {
    const { factor, unknown } = this.factorFor(service);
    const [word] = unknown;
    if (word === undefined) return factor;
    const { tiers, speeds, places } = this.#multipliers;
    const known = ["standard", ...Object.keys({ ...tiers, ...speeds, ...places })].join(", ");
    throw this.#unknown(`has no multiplier for the service ${describe(word)}; known: ${known}`);
  }

  #unknown(what: string): PriceUnknown {
    const name = `${this.provider}/${this.model}`;
    return new PriceUnknown(name, `The model "${name}" ${what}`);
  }

  #amount(usage: WholeUsage, nanoUsd: number): Amount {
    return {
      inputTokens: sumOf(usage, INPUT_CLASSES),
      outputTokens: sumOf(usage, OUTPUT_CLASSES),
      ...(this.rates !== undefined && { usd: toUsd(nanoUsd) }),
      calls: 1,
    };
  }
}

const FACTOR_DIGITS = 12;
const SERVICE = {
  tier: asGiven<string>,
  speed: asGiven<string>,
  place: asGiven<string>,
  factor: asGiven<number>,
} satisfies TableFor<ServiceOptions>;

/** Words with which providers say that nothing but the listed price is meant. */
const LISTED: ReadonlySet<string> = new Set([
  "",
  "auto",
  "default",
  "standard",
  "standard_only",
  "on_demand",
  "global",
  "not_available",
]);

function factorOn(
  multipliers: Readonly<Record<string, number>>,
  word: string | undefined,
  unknown: string[],
): number {
  if (word === undefined) return 1;
  const plain = word.toLowerCase();
  if (Object.hasOwn(multipliers, plain)) return multipliers[plain] ?? 1;
  if (LISTED.has(plain)) return 1;
  unknown.push(word);
  return Math.max(1, ...Object.values(multipliers));
}

/** The highest rate of some classes, for up to so much input; undefined when none has any. */
function dearestOf(
  rates: Rates,
  classes: readonly UsageClass[],
  inputTokens: number,
): number | undefined {
  let dearest: number | undefined;
  for (const name of classes) {
    const rate = rateOf(rates, name);
    if (rate === undefined) continue;
    for (const each of ratesUpTo(rate, inputTokens)) dearest = Math.max(dearest ?? 0, each);
  }
  return dearest;
}
