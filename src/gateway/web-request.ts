// Converts between `node:http` and handlers that take a `Request` and return a `Response`.

import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

/** A handler of requests. */
export type WebHandler = (request: Request) => Promise<Response>;

/** The longest body of a request to the gateway itself. */
const BODY_BYTES_MAX = 1_048_576;

/** Thrown for a body that is longer than the gateway's own paths allow. */
export class BodyTooLong extends Error {
  override readonly name = "BodyTooLong";
}

/**
 * Returns a request for a handler; it is aborted when the caller leaves.
 * @throws {BodyTooLong}
 */
export async function webRequestOf(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
): Promise<Request> {
  const method = request.method ?? "GET";
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined && !name.startsWith(":")) headers.set(name, String(value));
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? await bodyOf(request) : undefined;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return new Request(new URL(request.url ?? "/", origin), {
    method,
    headers,
    signal: gone.signal,
    ...(body !== undefined && body.length > 0 && { body: new Uint8Array(body) }),
  });
}

/** Returns the body of a request. @throws {BodyTooLong} */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream without an encoding
    const read = Buffer.from(piece as Uint8Array);
    bytes += read.length;
    if (bytes > BODY_BYTES_MAX)
      throw new BodyTooLong(`the request is longer than ${BODY_BYTES_MAX} bytes`);
    pieces.push(read);
  }
  return Buffer.concat(pieces);
}

/** Sends the response of a handler, piece by piece. */
export async function sendWebResponse(response: ServerResponse, answer: Response): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of answer.headers) if (name !== "set-cookie") headers[name] = value;
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  response.writeHead(answer.status, headers);
  if (answer.body === null || response.req.method === "HEAD") {
    await answer.body?.cancel();
    response.end();
    return;
  }
  response.flushHeaders();
  const reader = answer.body.getReader();
  const leave = (): void => void reader.cancel().catch(() => undefined);
  response.once("close", leave);
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one piece after the other
    const { done, value } = await reader.read();
    if (done || response.destroyed) break;
    // oxlint-disable-next-line no-await-in-loop -- a caller that reads slowly is waited for
    if (!response.write(value))
      // oxlint-disable-next-line no-await-in-loop -- as above
      await Promise.race([once(response, "drain"), once(response, "close")]);
  }
  response.off("close", leave);
  response.end();
}
