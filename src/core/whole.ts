// Options that are integers of a range.

import { describe } from "./describe.ts";

/**
 * Checks that a value is an integer of a range.
 * @throws {TypeError | RangeError} if it is not.
 */
export function readWhole(argument: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  const Kind = typeof value === "number" ? RangeError : TypeError;
  throw new Kind(
    `Expected \`${argument}\` to be a whole number from ${min} to ${max}, got ${describe(value)}`,
  );
}
