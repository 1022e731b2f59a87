import type { Amount } from "../core/amount.ts";
import { asGiven, optional, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { describe } from "../core/describe.ts";
import { toUsd } from "../core/nano-usd.ts";
import { nanoUsdOf, unpriced } from "./bill.ts";
import { PriceUnknown } from "./errors.ts";
import { PreparedRates } from "./prepared.ts";
import { rateOf, ratesUpTo, readFactor } from "./rates.ts";
import type { Rates, ServiceMultipliers } from "./rates.ts";
import type { Service } from "../core/service.ts";
import { INPUT_CLASSES, OUTPUT_CLASSES, readUsage, sumOf } from "../core/usage.ts";
import type { Usage, UsageClass, WholeUsage } from "../core/usage.ts";

/** The service of a request, and a factor of your own. */
export interface ServiceOptions extends Service {
  /**
   * The factor of the list price, instead of the words of the service.
   *
   * @default the product of the multipliers of `tier`, `speed` and `place`
   */
  readonly factor?: number | undefined;
}

/** The multiplier of a service, and the unknown words in it. */
export interface ServiceFactor {
  /** The factor of the list price. */
  readonly factor: number;
  /** Words without a multiplier: the highest known one of their axis applies to them. */
  readonly unknown: readonly string[];
}

/** The most that a call may use of a model, for an upper bound. */
export interface Bound {
  /** All input tokens, of whatever class. */
  readonly inputTokens: number;
  /** All output tokens. */
  readonly outputTokens: number;
  /**
   * Whether input, or output, may be other than text.
   *
   * @default text only
   */
  readonly media?: { readonly input?: boolean; readonly output?: boolean } | undefined;
  /**
   * How many of the input tokens are read from a cache, at the price of a read.
   *
   * @default 0
   */
  readonly cacheReadTokens?: number | undefined;
  /**
   * The longest lifetime of a cache write that the call may make: none, five minutes, or an hour.
   *
   * @default "1h"
   */
  readonly cacheWrites?: "none" | "5m" | "1h" | undefined;
}

/** The parts of a price. */
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

/** Classes that a call's tokens may belong to, without a cache write and with one. */
const NOT_WRITTEN: Readonly<Record<"none" | "5m" | "1h", readonly UsageClass[]>> = {
  none: ["cacheWriteTokens", "cacheWrite1hTokens"],
  "5m": ["cacheWrite1hTokens"],
  "1h": [],
};
/** Text input, which a call may have read from a cache or written to one. */
const TEXT_IN: readonly UsageClass[] = [
  "inputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "cacheWrite1hTokens",
];
const TEXT_OUT: readonly UsageClass[] = ["outputTokens", "reasoningTokens"];

/** The highest rates of a bound. */
interface Dearest {
  readonly rates: Rates;
  readonly prepared: PreparedRates;
}

/**
 * The price of one model, as of the moment it was looked up. It never changes: keep it with a
 * reservation, so that the commit is priced like the reservation.
 */
export class Price {
  /** The provider, such as `"anthropic"`. */
  readonly provider: string;
  /** The model under its name in the book, such as `"claude-opus-4-5"`. */
  readonly model: string;
  /** How many tokens fit into a request; undefined if unknown. */
  readonly context: number | undefined;
  /** The most tokens of one answer; undefined if unknown. */
  readonly outputMax: number | undefined;
  /** Whether the model is not in the book, so that the highest rates of its provider apply. */
  readonly isGuess: boolean;
  /** The source: a page of the provider and the date of the table, or `"override"`. */
  readonly source: string;
  /** Dollars per million tokens by class; undefined if only tokens are counted. */
  readonly rates: Rates | undefined;
  readonly #multipliers: ServiceMultipliers;
  #preparedRates: PreparedRates | undefined;
  /** The highest rates by what a bound depends on. */
  readonly #dearest = new Map<string, Dearest>();

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
   * USD). 0 if only tokens are counted.
   *
   * @throws {PriceUnknown} `PRICE_UNKNOWN` if a used class has no rate, or the service has no
   * multiplier.
   * @throws {TypeError | RangeError} if the usage or the factor is invalid.
   */
  cost(usage: Usage, options: ServiceOptions = {}): number {
    return toUsd(this.#nanoUsd(readUsage(usage), this.#factorIn(options)));
  }

  /**
   * Returns what a call used as an amount for a budget: all input, all output, their sum, dollars
   * (unless only tokens are counted), and one call.
   *
   * @throws as `cost`.
   */
  amount(usage: Usage, options: ServiceOptions = {}): Amount {
    const whole = readUsage(usage);
    return this.#amount(whole, this.#nanoUsd(whole, this.#factorIn(options)));
  }

  /**
   * Returns the most that a call within a bound can cost: every token at the highest rate of the
   * classes it may belong to, including a cache write for an hour. Counted classes, such as
   * searches, must be added.
   *
   * @throws as `cost`.
   */
  ceiling(bound: Bound, options: ServiceOptions = {}): Amount {
    const { outputTokens } = bound;
    const cacheReadTokens = Math.min(bound.inputTokens, bound.cacheReadTokens ?? 0);
    const inputTokens = bound.inputTokens - cacheReadTokens;
    const total = readUsage({ inputTokens, cacheReadTokens, outputTokens });
    const factor = this.#factorIn(options);
    return this.#amount(total, this.#nanoUsd(total, factor, this.#dearestOf(bound)));
  }

  /**
   * Returns the most that one output token can cost in a call within a bound: the `unit` for
   * `reserveUpTo`, with a `fixed` of `ceiling({ ...bound, outputTokens: 0 })`. Dollars are rounded
   * up to whole nano-dollars per token.
   *
   * @throws as `cost`.
   */
  outputUnit(bound: Bound, options: ServiceOptions = {}): Amount {
    const one = readUsage({ outputTokens: 1 });
    const usd = toUsd(this.#nanoUsd(one, this.#factorIn(options), this.#dearestOf(bound)));
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
    // 6 × 1.1 is 6.6, despite the binary fraction.
    const factor = Number(product.toPrecision(FACTOR_DIGITS));
    return { factor, unknown };
  }

  /**
   * Returns in which band of input lengths a call is: in each, no rate changes.
   *
   * @internal
   */
  bandOf(inputTokens: number): number {
    return this.rates === undefined ? 0 : this.#prepared(this.rates).bandOf(inputTokens);
  }

  #dearestOf(bound: Bound): Dearest | undefined {
    const { rates } = this;
    if (rates === undefined) return undefined;
    const { media, inputTokens, cacheWrites = "1h" } = bound;
    const band = this.#prepared(rates).bandOf(inputTokens);
    const key = `${media?.input === true} ${media?.output === true} ${cacheWrites} ${band}`;
    let found = this.#dearest.get(key);
    if (found === undefined) {
      const dearest = dearestRates(rates, bound);
      found = { rates: dearest, prepared: new PreparedRates(dearest) };
      this.#dearest.set(key, found);
    }
    return found;
  }

  #factorIn(options: ServiceOptions): ServiceFactor {
    // Written out for the one option that the meter has, once for every amount.
    let own: number | undefined;
    let others = 0;
    for (const name in options)
      if (name === "factor") own = options.factor;
      else others++;
    if (own !== undefined && others === 0)
      return { factor: readFactor(own, "factor"), unknown: NONE_UNKNOWN };
    const { factor: given, ...service } = readOptions(options, SERVICE);
    return given === undefined ? this.factorFor(service) : { factor: given, unknown: NONE_UNKNOWN };
  }

  #nanoUsd(usage: WholeUsage, known: ServiceFactor, dearest?: Dearest): number {
    const rates = dearest?.rates ?? this.rates;
    if (rates === undefined) return 0;
    const [word] = known.unknown;
    if (word === undefined) {
      const inputTokens = sumOf(usage, INPUT_CLASSES);
      const prepared = dearest?.prepared ?? this.#prepared(rates);
      const nanoUsd = prepared.nanoUsd(usage, inputTokens, known.factor);
      if (nanoUsd !== undefined) return nanoUsd;
    }
    const [missing] = unpriced(rates, usage);
    if (missing !== undefined) {
      throw this.#unknown(`has no price for ${missing}; add a rate with priceBook.with()`);
    }
    if (word !== undefined) throw this.#unknownService(word);
    return nanoUsdOf(rates, usage, known.factor);
  }

  #prepared(rates: Rates): PreparedRates {
    this.#preparedRates ??= new PreparedRates(rates);
    return this.#preparedRates;
  }

  #unknownService(word: string): PriceUnknown {
    const { tiers, speeds, places } = this.#multipliers;
    const known = ["standard", ...Object.keys({ ...tiers, ...speeds, ...places })].join(", ");
    return this.#unknown(`has no multiplier for the service ${describe(word)}; known: ${known}`);
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

const NONE_UNKNOWN: readonly string[] = [];
const FACTOR_DIGITS = 12;
const SERVICE = {
  tier: asGiven<string>,
  speed: asGiven<string>,
  place: asGiven<string>,
  factor: optional(readFactor),
} satisfies TableFor<ServiceOptions>;

/** Words that providers use for the list price. */
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

/** Returns the highest rates that a call within a bound may be billed at. */
function dearestRates(rates: Rates, { inputTokens, media, cacheWrites = "1h" }: Bound): Rates {
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

/**
 * Returns the highest rate of some classes, for up to this much input; undefined if none has one.
 */
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
