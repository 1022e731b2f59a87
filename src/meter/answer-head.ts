// The cost of a call from the headers of its answer, by the option `reportedUsd`.

import type { Provider } from "../wire/provider.ts";
import { isSuccess } from "./endings.ts";

/** Headers of an answer. */
export interface AnswerHeaders {
  /** Returns the value of a header, case-insensitively; null if it is missing. */
  get(name: string): string | null;
}

/** The status and headers of an answer, for the option `reportedUsd`. */
export interface AnswerHead {
  /** Undefined if the transport does not know it, as with the AI SDK. */
  readonly status: number | undefined;
  readonly headers: AnswerHeaders;
  readonly provider: string | undefined;
  /** The model as the request names it. */
  readonly model: string | undefined;
}

/** Reads the cost of a call, in dollars, from the headers of its answer. */
export type ReportedUsd = (answer: AnswerHead) => number | undefined;

/** The cost of a call from its headers in dollars, or why it is unknown. */
export interface HeadCharge {
  readonly usd: number | undefined;
  readonly doubts: readonly string[];
}

/** A charge of more than this many dollars for one call is ignored. */
export const CHARGE_MAX = 100_000;

/**
 * Returns the cost that the headers report, or undefined. Never throws: the answer was paid for.
 */
export function headCharge(
  reportedUsd: ReportedUsd | undefined,
  head: AnswerHead,
): HeadCharge | undefined {
  if (reportedUsd === undefined) return undefined;
  try {
    const usd = reportedUsd(head);
    if (usd === undefined) return undefined;
    if (typeof usd === "number" && usd >= 0 && usd <= CHARGE_MAX) return { usd, doubts: [] };
    return { usd: undefined, doubts: ["`reportedUsd` did not return a number of dollars"] };
  } catch {
    return { usd: undefined, doubts: ["`reportedUsd` threw an error"] };
  }
}

/**
 * Returns the cost of an answer from a cache of whole answers; undefined if its headers do not
 * report one.
 */
export function cachedCharge(
  { isCached }: Provider,
  { status = 0, headers }: AnswerHead,
): HeadCharge | undefined {
  const isFree = isSuccess(status) && isCached?.((name) => headers.get(name)) === true;
  return isFree ? { usd: 0, doubts: [] } : undefined;
}

const NO_HEADERS: AnswerHeaders = { get: () => null };

/** Headers as Node.js and the AI SDK have them: an object with names in any case. */
export function headersOf(given: unknown): AnswerHeaders {
  if (typeof given !== "object" || given === null) return NO_HEADERS;
  return {
    get(wanted) {
      const name = wanted.toLowerCase();
      // Node.js has all names in lower case.
      const known: unknown = Object.hasOwn(given, name) ? Reflect.get(given, name) : undefined;
      const value = known ?? valueOfAnyCase(given, name);
      return typeof value === "string" ? value : null;
    },
  };
}

function valueOfAnyCase(given: object, name: string): unknown {
  return Object.entries(given).find(([each]) => each.toLowerCase() === name)?.[1];
}
