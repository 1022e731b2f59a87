// Headers that are about one connection, and not about the message (RFC 9110 §7.6.1).

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

const OF_CONNECTION: ReadonlySet<string> = new Set([
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
]);

/** The headers to forward. What `connection` names is left out too. */
export function forwarded(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = headers.connection?.toLowerCase();
  const passed: OutgoingHttpHeaders = {};
  for (const name in headers) {
    const isNamed = named?.split(",").some((each) => each.trim() === name) === true;
    if (!OF_CONNECTION.has(name) && !isNamed) passed[name] = headers[name];
  }
  return passed;
}
