// Serves a handler of web requests over node:http, on this machine alone.

import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

import type { RequestHandler } from "../../console/index.ts";

/** A server that listens. */
export interface WebServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

const ADDRESS = "127.0.0.1";
const HEADER_MS = 10_000;
const REQUEST_MS = 30_000;

/** Listens on 127.0.0.1. @throws {Error} with code `EADDRINUSE` when the port is taken. */
export async function listenWith(
  port: number,
  handlerFor: (port: number) => RequestHandler,
): Promise<WebServer> {
  const server = createServer({ headersTimeout: HEADER_MS, requestTimeout: REQUEST_MS });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, ADDRESS, resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const bound = (server.address() as AddressInfo).port;
  const handle = handlerFor(bound);
  server.on("request", (incoming, outgoing) => {
    outgoing.on("error", () => undefined);
    void answer(handle, incoming, outgoing);
  });
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  handle: RequestHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const left = new AbortController();
  outgoing.once("close", () => left.abort());
  try {
    const response = await handle(requestOf(incoming, left.signal));
    outgoing.statusCode = response.status;
    for (const [name, value] of response.headers) outgoing.setHeader(name, value);
    if (response.body === null || incoming.method === "HEAD") {
      outgoing.end();
      return;
    }
    outgoing.flushHeaders();
    await written(response.body, outgoing, left.signal);
  } catch {
    if (!outgoing.headersSent) outgoing.statusCode = 400;
    outgoing.end();
  }
}

/** Writes a body as fast as the client reads it. */
async function written(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  left: AbortSignal,
): Promise<void> {
  const reader = body.getReader();
  left.addEventListener("abort", () => {
    reader.cancel().catch(() => undefined);
  });
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- pieces come one after the other
    const { done, value } = await reader.read();
    if (done) break;
    if (!outgoing.write(value) && !left.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- the client reads slowly
      await new Promise<void>((resolve) => {
        outgoing.once("drain", resolve);
        left.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }
  outgoing.end();
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", headers, url = "/" } = incoming;
  const given = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) given.set(name, Array.isArray(value) ? value.join(", ") : value);
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(new URL(url.startsWith("/") ? url : "/", `http://${headers.host}`), {
    method,
    headers: given,
    signal,
    ...(hasBody && { body: streamOf(incoming), duplex: "half" }),
  });
}

function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same class by another name
  return Readable.toWeb(incoming) as ReadableStream<Uint8Array>;
}
