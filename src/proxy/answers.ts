// The proxy's own answers.

import type { ServerResponse } from "node:http";

import type { Wire } from "../wire/wire.ts";

/** No answer of the upstream, or none that is one. */
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
 * The proxy's own errors, for people and for clients of any provider. A fault of the upstream may
 * pass: clients decide themselves whether to try again. Where the format of the request is known,
 * they look like errors of its provider.
 */
export function deny(response: ServerResponse, status: number, text: string, wire?: Wire): void {
  const message = `token-budget: ${text}`;
  const notice = { code: "proxy_error", message, status, evidence: undefined };
  const error = { message, type: "proxy_error", code: "proxy_error" };
  send(response, status, JSON.stringify(wire?.refusal(notice) ?? { error }), {
    "content-type": "application/json",
    ...(status !== BAD_GATEWAY && { "x-should-retry": "false" }),
  });
}

/** A WebSocket request without `connection: upgrade` is invalid. */
export function refuseWebSocket(response: ServerResponse): void {
  response.writeHead(426, { connection: "close", "content-length": 0 });
  response.end();
}
