// Differences between the many implementations of `fetch`, `Request`, `Response` and bodies.

import { at, has } from "../wire/json/untrusted.ts";
import { peekedBody } from "./peeked-body.ts";

/** Returns whether a value is a `Request`, whichever implementation made it. */
export function isRequest(input: unknown): input is Request {
  return typeof input === "object" && input !== null && !(input instanceof URL) && "url" in input;
}

/** Statuses of answers without a body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** Returns whether an answer with this status has no body. */
export function hasNoBody(status: number): boolean {
  return WITHOUT_BODY.has(status);
}

/** A header with which servers override the method. */
const OVERRIDE = "x-http-method-override";

/**
 * Returns the headers of a request; undefined for none. Computed once per call, because it is slow.
 */
export function headersIn(
  request: Request | undefined,
  init: RequestInit | undefined,
): Headers | undefined {
  const headers = init?.headers ?? request?.headers;
  return headers && new Headers(headers);
}

/** Returns the method that a server may see. */
export function methodOf(
  request: Request | undefined,
  init: RequestInit | undefined,
  headers: Headers | undefined,
): string {
  return headers?.get(OVERRIDE) ?? init?.method ?? request?.method ?? "GET";
}

/** The beginning of an `authorization` that signs the request and its body. */
const SIGNATURE = "AWS4-";

/** Returns whether a signature covers the body of a request. */
export function isSigned(headers: Headers | undefined): boolean {
  return headers?.get("authorization")?.startsWith(SIGNATURE) === true;
}

/** Returns the body of a request as text; the request stays readable. */
export async function readBody(
  request: Request | undefined,
  init: RequestInit | undefined,
): Promise<string> {
  const body = init?.body;
  if (typeof body === "string") return body;
  if (body !== undefined && body !== null) return new Response(body).text();
  return request === undefined ? "" : request.clone().text();
}

/** Returns the same request with this body, which is now text, and this signal. */
export function changedInit(
  init: RequestInit | undefined,
  request: Request | undefined,
  body: string | undefined,
  signal: AbortSignal | undefined,
): RequestInit | undefined {
  const signalled = signal === undefined ? init : { ...init, signal };
  if (body === undefined || init?.body === body) return signalled;
  const headers = new Headers(init?.headers ?? request?.headers);
  headers.delete("content-length");
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return { ...signalled, headers, body };
}

/** Headers that describe the body of one request, or its answer. */
const OF_ONE_REQUEST: readonly string[] = [
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "idempotency-key",
];

/** Returns another request like the first: its credentials and headers, with another body. */
export function besideInit(
  request: Request | undefined,
  init: RequestInit | undefined,
  body: string,
  signal: AbortSignal,
): RequestInit {
  const headers = new Headers(init?.headers ?? request?.headers);
  for (const name of OF_ONE_REQUEST) headers.delete(name);
  headers.set("content-type", "application/json");
  return { ...init, method: "POST", headers, body, signal };
}

/** Returns a header of a request; undefined if it is missing. */
export function headerIn(
  headers: Headers | undefined,
  init: RequestInit | undefined,
  name: string,
): string | undefined {
  const found = headers?.get(name) ?? undefined;
  // The content type of a form is set when it is sent.
  const isForm = found === undefined && name === "content-type" && init?.body instanceof FormData;
  return isForm ? "multipart/form-data" : found;
}

/** The most of such an answer that is read, in bytes. */
const ANSWER_BYTES_MAX = 65_536;

/**
 * Returns the text of a short answer.
 * @throws {Error} if it is too long.
 */
export async function shortText(answer: Response): Promise<string> {
  if (answer.body === null) return "";
  const { text, stream } = await peekedBody(toWebStream(answer.body), ANSWER_BYTES_MAX);
  await stream.cancel();
  if (text === undefined) throw new Error("The answer is too long");
  return text;
}

/**
 * Returns a body as a web stream: that of the runtime's own `fetch` is one, that of node-fetch is a
 * Node.js stream.
 *
 * @throws {TypeError} if it can be read in neither way.
 */
export function toWebStream(body: unknown): ReadableStream<Uint8Array> {
  if (isWebStream(body)) return body;
  if (!isIterable(body)) throw new TypeError("The answer's body is not a stream that can be read");
  const pieces = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done === true) controller.close();
        else
          controller.enqueue(typeof value === "string" ? new TextEncoder().encode(value) : value);
      },
      async cancel(reason) {
        await pieces.return?.(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function isWebStream(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof body === "object" && body !== null && "getReader" in body;
}

function isIterable(body: unknown): body is AsyncIterable<Uint8Array | string> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

const VERSIONS = at(globalThis, "process", "versions");
const IS_NODE = has(VERSIONS, "undici") && !has(VERSIONS, "bun") && !has(VERSIONS, "deno");

/** Returns whether an answer is one of Node.js's own `fetch`, as it was made. */
export function isOfNode(response: Response): boolean {
  return (
    IS_NODE &&
    Object.getPrototypeOf(response) === Response.prototype &&
    Object.getOwnPropertyNames(response).length === 0
  );
}
