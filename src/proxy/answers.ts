// The proxy's own answers.

import type { ServerResponse } from "node:http";

/** The upstream gave no answer, or an invalid one. */
export const BAD_GATEWAY = 502;

/** Sends a text. */
export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/**
 * The proxy's own errors, for people and for clients of any provider. A failure of the upstream may
 * be temporary, so clients decide whether to retry.
 */
export function deny(response: ServerResponse, status: number, message: string): void {
  const error = { message: `token-budget: ${message}`, type: "proxy_error", code: "proxy_error" };
  send(response, status, JSON.stringify({ error }), {
    "content-type": "application/json",
    ...(status !== BAD_GATEWAY && { "x-should-retry": "false" }),
  });
}

/** A WebSocket request without `connection: upgrade` is invalid. */
export function refuseWebSocket(response: ServerResponse): void {
  response.writeHead(426, { connection: "close", "content-length": 0 });
  response.end();
}
