// The ending of an exchange, from what was observed.

/**
 * How an exchange ended.
 *
 * - `"answered"`: with a success, to its end.
 * - `"interrupted"`: a success of which the end is missing: aborted by the caller, or cut.
 * - `"declined"`: by the provider, before any work: 4xx, 429, 5xx, and an error in place of an
 *   answer.
 * - `"timed out"`: a gateway gave up: 408, 499, 504 and 524. The work may have been done.
 * - `"lost"`: without an answer, after the request was sent.
 * - `"unsent"`: the request never left.
 */
export type Ending = "answered" | "interrupted" | "declined" | "timed out" | "lost" | "unsent";

/**
 * Statuses with which a gateway says that it, or its caller, has given up on a server that may
 * continue to work. 499 is nginx's status for a disconnected caller, and some providers bill it.
 */
const TIMED_OUT: ReadonlySet<number> = new Set([408, 499, 504, 524]);
/** The errors of a connection that was never established, in Node.js and undici. */
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

/** Returns whether a status is a success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Returns the ending of an answer with a status; the caller knows that of a success. */
export function endingOf(status: number, ofSuccess: "answered" | "interrupted"): Ending {
  if (isSuccess(status)) return ofSuccess;
  return TIMED_OUT.has(status) ? "timed out" : "declined";
}

/** Returns the ending of a request without an answer. */
export function endingOfFailure(error: unknown): Ending {
  let at: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX; depth++) {
    if (typeof at !== "object" || at === null) break;
    if (UNSENT_CODES.has(Reflect.get(at, "code"))) return "unsent";
    at = Reflect.get(at, "cause");
  }
  return "lost";
}
