// Money: the only place where dollars become nano-dollars and come back (R1).

import { describe } from "./describe.ts";
import { QUANTITY_MAX } from "./quantities.ts";

/** US dollars at the edge: a number (`0.0036`) or a decimal string (`"0.0036"`). */
export type Usd = number | string;

const NANO_PER_USD = 1e9;
/**
 * The maximum error of the two roundings in the product: twice 2^-52, to be safe. Unless a half is
 * that close, rounding the product is exact.
 */
const ROUNDINGS = 2 ** -51;
const NANO_DIGITS = 9;
const DIGITS_MAX = String(QUANTITY_MAX).length;
const USD_ALLOWED = "dollars from 0 to 9007199.254740991, as a number or a decimal string";
const DECIMAL = /^(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;

/**
 * Converts dollars to integer nano-dollars, rounded half up once.
 *
 * A number means its printed decimal: `0.1` is 100,000,000 nano-dollars, and `0.1 + 0.2` (which
 * prints as 0.30000000000000004) is 300,000,000.
 *
 * @throws {RangeError} if `usd` is negative, not finite, not a decimal, or past $9,007,199.25 (2^53
 * − 1 nano-dollars).
 * @throws {TypeError} if `usd` is neither a number nor a string.
 *
 * @example
 * toNanoUsd("0.0036"); // => 3_600_000
 */
export function toNanoUsd(usd: Usd, argument = "usd"): number {
  if (typeof usd === "number") {
    const scaled = usd * NANO_PER_USD;
    const nano = Math.floor(scaled + 0.5);
    const error = Math.abs(scaled - nano) + scaled * ROUNDINGS;
    if (scaled >= 0 && error < 0.5) return nano;
  }
  return nanoUsdFromText(usd, argument);
}

function nanoUsdFromText(usd: Usd, argument: string): number {
  if (typeof usd !== "number" && typeof usd !== "string") {
    throw new TypeError(`Expected \`${argument}\` to be ${USD_ALLOWED}, got ${describe(usd)}`);
  }
  const match = DECIMAL.exec(String(usd));
  const whole = match?.[1] ?? "";
  const digits = whole + (match?.[2] ?? "");
  if (digits === "") throw usdOutOfRange(usd, argument);
  const significant = digits.replace(/^0+/, "").length;
  if (significant === 0) return 0;
  // Digits from `point` on are less than a nano-dollar; the first of them decides the rounding.
  const point = whole.length + Number(match?.[3] ?? 0) + NANO_DIGITS;
  if (point < 0) return 0;
  if (significant - digits.length + point > DIGITS_MAX) throw usdOutOfRange(usd, argument);
  const roundUp = (digits[point] ?? "0") >= "5" ? 1 : 0;
  const nano = Number(digits.slice(0, point).padEnd(point, "0")) + roundUp;
  if (nano > QUANTITY_MAX) throw usdOutOfRange(usd, argument);
  return nano;
}

function usdOutOfRange(given: Usd, argument: string): RangeError {
  return new RangeError(`Expected \`${argument}\` to be ${USD_ALLOWED}, got ${describe(given)}`);
}

/**
 * Converts integer nano-dollars to the nearest number of dollars; exact to the nano-dollar below
 * $8,388,608.
 *
 * @example
 * toUsd(3_600_000); // => 0.0036
 */
export function toUsd(nanoUsd: number): number {
  return nanoUsd / NANO_PER_USD;
}
