// Rates of one model as integers, so that what a call costs is a sum of products: exact in numbers
// where it is below 2^53, and prepared once for each factor and each band of input lengths.

import { USAGE_CLASSES } from "../core/usage.ts";
import type { UsageClass, WholeUsage } from "../core/usage.ts";
import { nanoRateOf } from "./bill.ts";
import { decimalOf, tenTo } from "./decimal.ts";
import { rateOf } from "./rates.ts";
import type { Rates } from "./rates.ts";

/** Rates of one band of input lengths, times one factor: integers, in parts of a nano-dollar. */
interface PreparedBand {
  /** Undefined for a class without a rate. */
  readonly rates: { readonly [C in UsageClass]?: number | undefined };
  /** How many of them are a nano-dollar: a power of ten. */
  readonly scale: number;
}

/** Factors are few: those of the words for a service. */
const FACTORS_MAX = 32;

/** The rates of one model, prepared. */
export class PreparedRates {
  readonly #rates: Rates;
  /** Input lengths above which a rate changes. */
  readonly #limits: readonly number[];
  readonly #bands: Map<number, PreparedBand | undefined>[];

  constructor(rates: Rates) {
    this.#rates = rates;
    const tiers = Object.values(rates).flatMap((rate) =>
      typeof rate === "object" ? rate.tiers.map(({ above }) => above) : [],
    );
    this.#limits = [...new Set(tiers)].toSorted((one, other) => one - other);
    this.#bands = Array.from({ length: this.#limits.length + 1 }, () => new Map());
  }

  /** Returns in which band of input lengths a request is: in each, no rate changes. */
  bandOf(inputTokens: number): number {
    let band = 0;
    for (const limit of this.#limits) if (inputTokens > limit) band++;
    return band;
  }

  /**
   * Returns the cost of usage in nano-dollars, rounded up once; undefined if a used class has no
   * rate, or the sum cannot be computed exactly this way.
   */
  nanoUsd(usage: WholeUsage, inputTokens: number, factor: number): number | undefined {
    const band = this.#band(inputTokens, factor);
    if (band === undefined) return undefined;
    const { rates, scale } = band;
    let sum = 0;
    for (const name of USAGE_CLASSES) {
      const count = usage[name];
      if (count === 0) continue;
      const rate = rates[name];
      if (rate === undefined) return undefined;
      sum += count * rate;
    }
    // No part of a sum below 2^53 was rounded.
    if (sum > Number.MAX_SAFE_INTEGER) return undefined;
    const rest = sum % scale;
    return (sum - rest) / scale + (rest > 0 ? 1 : 0);
  }

  #band(inputTokens: number, factor: number): PreparedBand | undefined {
    const known = this.#bands[this.bandOf(inputTokens)];
    if (known === undefined) return undefined;
    const found = known.get(factor);
    if (found !== undefined || known.has(factor)) return found;
    if (known.size >= FACTORS_MAX) return undefined;
    const band = preparedBand(this.#rates, inputTokens, factor);
    known.set(factor, band);
    return band;
  }
}

/** Returns undefined where the rates are no numbers that integers can stand for. */
function preparedBand(rates: Rates, inputTokens: number, factor: number): PreparedBand | undefined {
  if (!Number.isFinite(factor) || factor < 0) return undefined;
  const times = decimalOf(factor);
  const decimals = USAGE_CLASSES.flatMap((name) => {
    const rate = rateOf(rates, name);
    if (rate === undefined) return [];
    const { digits, places } = nanoRateOf(name, rate, inputTokens);
    return [{ name, digits: digits * times.digits, places: places + times.places }];
  });
  const places = Math.max(0, ...decimals.map((each) => each.places));
  const integers = decimals.map(
    (each) => [each.name, Number(each.digits * tenTo(places - each.places))] as const,
  );
  const scale = 10 ** places;
  const isExact =
    Number.isSafeInteger(scale) && integers.every(([, rate]) => Number.isSafeInteger(rate));
  return isExact ? { rates: Object.fromEntries(integers), scale } : undefined;
}
