// Headers that are about one connection, and not about the message (RFC 9110 §7.6.1).

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";

const OF_CONNECTION: readonly string[] = [
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
];

/** The headers to forward. What `connection` names is left out too. */
export function forwarded(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = new Set([...OF_CONNECTION, ...named]);
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name, value]) => value !== undefined && !dropped.has(name.toLowerCase()),
    ),
  );
}
