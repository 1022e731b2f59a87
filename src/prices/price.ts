import type { Amount } from "../core/amount.ts";
import { describe } from "../core/describe.ts";
import { toUsd } from "../core/nano-usd.ts";
import { nanoUsdOf, unpriced } from "./bill.ts";
import { PriceUnknown } from "./errors.ts";
import { rateOf, ratesUpTo } from "./rates.ts";
import type { Multipliers, Rates } from "./rates.ts";
import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../core/usage.ts";
import type { Usage, UsageClass, WholeUsage } from "../core/usage.ts";

/** How a request is served, where that changes its price. */
export interface ServiceOptions {
  /**
   * The provider's word for it, such as `"batch"` or `"flex"`; a word without a multiplier is
   * `PriceUnknown`. Default: `"standard"`, the price as it is listed.
   */
  readonly service?: string | undefined;
}

/** How much of a model a call may use at the most, for a bound before it. */
export interface Bound {
  /** All tokens that go in, of whatever class. */
  readonly inputTokens: number;
  /** All tokens that come out. */
  readonly outputTokens: number;
  /** Whether what goes in, or comes out, may be other than text. Default: text only. */
  readonly media?: { readonly input?: boolean; readonly output?: boolean } | undefined;
}

/** What a price is made of. */
export interface PriceParts {
  readonly provider: string;
  readonly model: string;
  readonly rates: Rates | undefined;
  readonly multipliers: Multipliers;
  readonly context: number | undefined;
  readonly source: string;
}

const STANDARD = "standard";
/** Input that is text, for which a call may turn out to have read from or written to a cache. */
const TEXT_IN: readonly UsageClass[] = [
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "cacheWrite1hTokens",
];
const TEXT_OUT: readonly UsageClass[] = ["outputTokens", "reasoningTokens"];

/**
 * What one model costs, as it was when it was looked up. It never changes: keep it with a
 * reservation, and the commit is priced as the reservation was.
 */
export class Price {
  /** The provider, such as `"anthropic"`. */
  readonly provider: string;
  /** The model as the book has it, such as `"claude-opus-4-5"`. */
  readonly model: string;
  /** How many tokens fit into a request; undefined where nobody says. */
  readonly context: number | undefined;
  /** Where it is from: a page of the provider and the day of the table, or `"override"`. */
  readonly source: string;
  /** Dollars for a million tokens by class; undefined when only tokens are counted. */
  readonly rates: Rates | undefined;
  readonly #multipliers: Multipliers;

  /** @internal */
  constructor(parts: PriceParts) {
    this.provider = parts.provider;
    this.model = parts.model;
    this.context = parts.context;
    this.source = parts.source;
    this.rates = parts.rates;
    this.#multipliers = parts.multipliers;
    Object.freeze(this);
  }

  /**
   * What a call costs, in dollars: exact, and rounded up once to whole nano-dollars (10⁻⁹ USD). 0
   * when only tokens are counted.
   *
   * @throws {PriceUnknown} `PRICE_UNKNOWN` when a class that was used has no rate, or the way of
   * serving no multiplier.
   * @throws {TypeError | RangeError} on bad usage.
   */
  cost(usage: Usage, options: ServiceOptions = {}): number {
    return toUsd(this.#nanoUsd(readUsage(usage), options));
  }

  /**
   * What a call has used as an amount for a budget: all input, all output, their sum, dollars
   * (unless only tokens are counted), and one call.
   *
   * @throws as `cost`.
   */
  amount(usage: Usage, options: ServiceOptions = {}): Amount {
    const whole = readUsage(usage);
    return this.#amount(whole, this.#nanoUsd(whole, options));
  }

  /**
   * The most that a call can cost that stays within a bound: every token at the dearest rate of the
   * classes that it may turn out to be of, a write to a cache for an hour among them. What is
   * counted, such as searches, is to be added.
   *
   * @throws as `cost`.
   */
  ceiling(bound: Bound, options: ServiceOptions = {}): Amount {
    const { inputTokens, outputTokens } = bound;
    const total = readUsage({ inputTokens, outputTokens });
    return this.#amount(total, this.#nanoUsd(total, options, this.#dearest(bound)));
  }

  /**
   * The most that one token of output can cost in a call that stays within a bound: the `unit` for
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

  #dearest({ inputTokens, media }: Bound): Rates | undefined {
    const { rates } = this;
    if (rates === undefined) return undefined;
    const [goesIn, comesOut] = [
      media?.input === true ? INPUT_CLASSES : TEXT_IN,
      media?.output === true ? OUTPUT_CLASSES : TEXT_OUT,
    ];
    return {
      inputTokens: dearestOf(rates, goesIn, inputTokens),
      outputTokens: dearestOf(rates, comesOut, inputTokens),
    };
  }

  #nanoUsd(
    usage: WholeUsage,
    { service = STANDARD }: ServiceOptions,
    rates: Rates | undefined = this.rates,
  ): number {
    if (rates === undefined) return 0;
    const [missing] = unpriced(rates, usage);
    if (missing !== undefined) {
      throw this.#unknown(`has no price for ${missing}; add a rate with book.with()`);
    }
    return nanoUsdOf(rates, usage, this.#multiplier(service));
  }

  #multiplier(service: string): number {
    if (service === STANDARD) return 1;
    const multiplier = Object.hasOwn(this.#multipliers, service)
      ? this.#multipliers[service]
      : undefined;
    if (multiplier !== undefined) return multiplier;
    const known = [STANDARD, ...Object.keys(this.#multipliers)].join(", ");
    throw this.#unknown(`has no multiplier for the service ${describe(service)}; known: ${known}`);
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
