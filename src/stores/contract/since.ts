// Options of a start time.

import { describe } from "../../core/describe.ts";

/**
 * Reads a time in milliseconds since 1970; 0 by default.
 * @throws {RangeError} if it is invalid.
 */
export function readSince(since: number | Date = 0, name: string): number {
  const sinceMs = since instanceof Date ? since.getTime() : since;
  if (typeof sinceMs === "number" && Number.isFinite(sinceMs)) return sinceMs;
  throw new RangeError(
    `Expected \`${name}\` to be a valid Date or milliseconds since 1970, got ${describe(since)}`,
  );
}
