// Whole numbers of a range, as options have them.

import { describe } from "./describe.ts";

/** Fails unless a value is a whole number of a range. @throws {TypeError | RangeError} */
export function readWhole(argument: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  const Kind = typeof value === "number" ? RangeError : TypeError;
  throw new Kind(
    `Expected \`${argument}\` to be a whole number from ${min} to ${max}, got ${describe(value)}`,
  );
}
