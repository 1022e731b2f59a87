// How an exchange ended, from what is seen of it.

import type { Ending } from "./settlement-table.ts";

/**
 * Statuses with which a gateway says that it, or its caller, has given up on a server that may go
 * on working. 499 is nginx' word for a caller that has gone, and some providers bill it.
 */
const TIMED_OUT: ReadonlySet<number> = new Set([408, 499, 504, 524]);
/** What a connection that was never made fails with: in Node.js, and in undici. */
const UNSENT_CODES: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ERR_INVALID_URL",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
const CAUSES_MAX = 5;

/** Whether a status is a success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The ending of an answer with a status; that of a success is known to the caller. */
export function endingOf(status: number, ofSuccess: "answered" | "interrupted"): Ending {
  if (isSuccess(status)) return ofSuccess;
  return TIMED_OUT.has(status) ? "timed out" : "declined";
}

/** The ending of a request without an answer. */
export function endingOfFailure(error: unknown): Ending {
  let at: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX; depth++) {
    if (typeof at !== "object" || at === null) break;
    if (UNSENT_CODES.has(Reflect.get(at, "code"))) return "unsent";
    at = Reflect.get(at, "cause");
  }
  return "lost";
}
