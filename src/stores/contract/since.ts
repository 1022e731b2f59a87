// Since when something is asked for.

import { describe } from "../../core/describe.ts";

/** Reads a time, 0 by default; in milliseconds since 1970. @throws {RangeError} on any other. */
export function readSince(since: number | Date = 0, name: string): number {
  const sinceMs = since instanceof Date ? since.getTime() : since;
  if (typeof sinceMs === "number" && Number.isFinite(sinceMs)) return sinceMs;
  throw new RangeError(
    `Expected \`${name}\` to be a valid Date or milliseconds since 1970, got ${describe(since)}`,
  );
}
