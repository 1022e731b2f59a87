// `--usd 5/day,50/month`: several caps at once, as nested pools. The longest period is the named
// pool, and each shorter one a child of the previous: work, work/day.

import { toNanoUsd } from "../../core/nano-usd.ts";
import { PERIODS } from "./caps.ts";
import { UsageError } from "../command-line.ts";
import type { ParsedArguments } from "../command-line.ts";

/** A cap in dollars per period. */
export interface PeriodCap {
  readonly usd: string;
  readonly per: (typeof PERIODS)[number];
}

/** Returns whether a cap in dollars is given per period. */
export function isByPeriod(usd: number | string | undefined): usd is string {
  return typeof usd === "string" && usd.includes("/");
}

/**
 * Returns the lowest amount of caps by period.
 * @throws {UsageError | RangeError} if one is invalid.
 */
export function lowestAmountOf(text: string): string {
  const amounts = text.split(",").map((part) => periodCapIn(part.trim(), text).usd);
  return amounts.reduce((one, other) => (Number(other) < Number(one) ? other : one));
}

/**
 * Returns the caps by period in --usd, the longest first; none if it is a plain amount.
 *
 * @throws {UsageError | RangeError} if one is invalid.
 */
export function periodCapsOf(given: ParsedArguments): readonly PeriodCap[] {
  const text = given.text("usd");
  if (!isByPeriod(text)) return [];
  for (const flag of ["per", "tokens", "input-tokens", "output-tokens", "calls"])
    if (given.text(flag) !== undefined)
      throw new UsageError(`--${flag} needs a plain --usd, got --usd ${text}`);
  const caps = text.split(",").map((part) => periodCapIn(part.trim(), text));
  if (new Set(caps.map(({ per }) => per)).size < caps.length)
    throw new UsageError(`Expected each period once in --usd, got "${text}"`);
  return caps.toSorted((one, other) => PERIODS.indexOf(other.per) - PERIODS.indexOf(one.per));
}

function periodCapIn(part: string, text: string): PeriodCap {
  const [amount = "", period = ""] = part.split("/");
  const per = PERIODS.find((each) => each === period);
  if (per === undefined)
    throw new UsageError(
      `Expected --usd to be dollars for each of ${PERIODS.join(", ")}, such as 5/day,50/month, got "${text}"`,
    );
  const usd = amount.replace(/^\$/, "");
  toNanoUsd(usd, "--usd");
  return { usd, per };
}
