// Usage times rates, computed exactly: every product is an integer, and the sum is rounded up once,
// to whole nano-dollars.

import { QUANTITY_MAX } from "../core/quantities.ts";
import { decimalOf, tenTo } from "./decimal.ts";
import type { Decimal } from "./decimal.ts";
import { rateFor, rateOf } from "./rates.ts";
import type { Rate, Rates } from "./rates.ts";
import { COUNT_CLASSES, INPUT_CLASSES, sumOf, USAGE_CLASSES } from "../core/usage.ts";
import type { UsageClass, WholeUsage } from "../core/usage.ts";

const COUNTED: ReadonlySet<UsageClass> = new Set<UsageClass>(COUNT_CLASSES);
const TOKENS_PRICED = 6; // a million of them
const COUNT_PRICED = 3; // a thousand of them
const NANO_DIGITS = 9;

/** Returns the used classes that have no rate. */
export function unpriced(rates: Rates, usage: WholeUsage): readonly UsageClass[] {
  return USAGE_CLASSES.filter((name) => usage[name] > 0 && rateOf(rates, name) === undefined);
}

/** Returns what one of a class costs in nano-dollars, with so much input. */
export function nanoRateOf(name: UsageClass, rate: Rate, inputTokens: number): Decimal {
  const { digits, places } = decimalOf(rateFor(rate, inputTokens));
  const priced = COUNTED.has(name) ? COUNT_PRICED : TOKENS_PRICED;
  return { digits, places: places + priced - NANO_DIGITS };
}

/**
 * Returns the cost of usage in nano-dollars, rounded up. Classes without a rate cost nothing; check
 * `unpriced` first.
 *
 * @throws {RangeError} if it is more than 2^53 − 1 nano-dollars.
 */
export function nanoUsdOf(rates: Rates, usage: WholeUsage, multiplier: number): number {
  const inputTokens = sumOf(usage, INPUT_CLASSES);
  let sum: Decimal = { digits: 0n, places: 0 };
  for (const name of USAGE_CLASSES) {
    const rate = usage[name] === 0 ? undefined : rateOf(rates, name);
    if (rate === undefined) continue;
    const { digits, places } = nanoRateOf(name, rate, inputTokens);
    sum = plus(sum, { digits: digits * BigInt(usage[name]), places });
  }
  const factor = decimalOf(multiplier);
  const nano = roundedUp(sum.digits * factor.digits, sum.places + factor.places);
  if (nano > QUANTITY_MAX) {
    throw new RangeError(
      `Usage that costs more than ${QUANTITY_MAX} nano-dollars cannot be booked`,
    );
  }
  return Number(nano);
}

function plus(one: Decimal, other: Decimal): Decimal {
  const places = Math.max(one.places, other.places);
  return { digits: scaled(one, places) + scaled(other, places), places };
}

function scaled({ digits, places }: Decimal, to: number): bigint {
  if (places === to) return digits;
  return digits * tenTo(to - places);
}

function roundedUp(digits: bigint, places: number): bigint {
  if (places <= 0) return digits * tenTo(-places);
  const unit = tenTo(places);
  return (digits + unit - 1n) / unit;
}
