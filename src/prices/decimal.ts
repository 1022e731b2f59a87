// Exact decimals.

/** An exact decimal: `digits` × 10^−`places`. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

/** Cached: rates are few, and used for every call. */
const DECIMALS_MAX = 1000;
const decimals = new Map<number, Decimal>();

/** Returns a number as the decimal that it is printed as (docs/decisions/0005). */
export function decimalOf(value: number): Decimal {
  const known = decimals.get(value);
  if (known !== undefined) return known;
  const made = madeDecimal(value);
  if (decimals.size < DECIMALS_MAX) decimals.set(value, made);
  return made;
}

function madeDecimal(value: number): Decimal {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), places: fraction.length - Number(exponent) };
}

/** Cached: small powers are used for every call. */
const POWERS: readonly bigint[] = Array.from({ length: 32 }, (_, places) => 10n ** BigInt(places));

/** Returns a power of ten. */
export function tenTo(places: number): bigint {
  return POWERS[places] ?? 10n ** BigInt(places);
}
