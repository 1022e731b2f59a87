// Headers that are about one connection, and not about the message (RFC 9110 §7.6.1), and those
// that would make another request of it.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

/** The header that holds the key of the proxy, for programs that read a variable into one. */
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
  // Some servers take these for the method: a GET that costs nothing would be a POST there.
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  KEY_HEADER,
]);

/** The headers to forward. What `connection` names is left out too. */
export function forwarded(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = headers.connection?.toLowerCase();
  const passed: OutgoingHttpHeaders = {};
  for (const name in headers) {
    const isNamed = named?.split(",").some((each) => each.trim() === name) === true;
    if (!NOT_FORWARDED.has(name) && !isNamed) passed[name] = headers[name];
  }
  return passed;
}
