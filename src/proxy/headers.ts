// Headers about one connection, not about the message (RFC 9110 §7.6.1), and those that would turn
// a message into another request.

import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";

/** The header with the key of the proxy, for programs that set a header from a variable. */
export const KEY_HEADER = "x-token-budget-key";

const NOT_FORWARDED: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  // Some servers use these as the method: a free GET would be a POST there.
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  KEY_HEADER,
]);

/** Returns the headers to forward, without those that `connection` names. */
export function forwarded(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = headers.connection?.toLowerCase();
  const passed: OutgoingHttpHeaders = {};
  for (const name in headers) {
    const isNamed = named?.split(",").some((each) => each.trim() === name) === true;
    if (!NOT_FORWARDED.has(name) && !isNamed) passed[name] = headers[name];
  }
  return passed;
}

/** Returns a header of a request; undefined if it is missing. */
export function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const found = headers[name.toLowerCase()];
  return Array.isArray(found) ? found.join(",") : found;
}

/** Codex retries after a 402, and not after a 400 (0.169). */
const CODEX = /^codex/i;
const PAYMENT_REQUIRED = 402;
const BAD_REQUEST = 400;

/** Returns a refusal status that the requesting client does not retry. */
export function statusForClient(status: number, request: IncomingMessage): number {
  const isCodex = CODEX.test(request.headers["user-agent"] ?? "");
  return status === PAYMENT_REQUIRED && isCodex ? BAD_REQUEST : status;
}
