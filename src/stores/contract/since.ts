// The option `since`, of all that is asked for from a time on.

import { describe } from "../../core/describe.ts";

/** Reads an instant; 0 if it is left out. @throws {RangeError} if it is no instant. */
export function readSince(since: number | Date = 0): number {
  const sinceMs = since instanceof Date ? since.getTime() : since;
  if (typeof sinceMs === "number" && Number.isFinite(sinceMs)) return sinceMs;
  throw new RangeError(
    `Expected \`since\` to be a valid Date or milliseconds since 1970, got ${describe(since)}`,
  );
}
