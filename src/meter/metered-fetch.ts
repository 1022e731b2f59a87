// The meter around `fetch`.

import type { Exchange } from "./exchange.ts";
import { meterExchange } from "./meter-exchange.ts";
import type { Opened } from "./meter-exchange.ts";
import { checkPoolSource } from "./metered-pool.ts";
import type { PoolSource } from "./metered-pool.ts";
import { METER_KEYS, readMeterOptions } from "./options.ts";
import type { MeterOptions } from "./options.ts";
import { checkKeys } from "../core/check-keys.ts";
import { watchedBody } from "./watched-body.ts";

type Fetch = typeof globalThis.fetch;

/** How `meteredFetch` goes about it. */
export interface MeteredFetchOptions extends MeterOptions {
  /** What requests are made with. Default: the `fetch` of the runtime, at the time of the call. */
  readonly fetch?: Fetch | undefined;
}

/** Statuses without a body. */
const EMPTY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/**
 * A `fetch` that cannot overspend, for any client that takes one: it holds the most that a call may
 * cost before it is made, and books what it has cost when the answer has ended.
 *
 * `pool` is a pool of any kind, or a function such as `currentBudget` that answers one for each
 * call. A call that does not fit is answered, without any request, by an error of status 402 in the
 * provider's own shape, which clients do not retry; `budgetExceededFrom` finds the refusal in what
 * they throw. Requests that cost nothing pass untouched. Answers pass byte for byte, as they come;
 * their end waits until the books are up to date.
 *
 * @throws {TypeError | RangeError} on a pool that is none, or on an option that does not exist or
 * is not allowed.
 */
export function meteredFetch(pool: PoolSource, options: MeteredFetchOptions = {}): Fetch {
  checkKeys(options, ["fetch", ...METER_KEYS], "options");
  const { fetch: given, ...rest } = options;
  const settings = readMeterOptions(rest);
  checkPoolSource(pool);
  return async (input, init) => {
    const forward = given ?? globalThis.fetch;
    const request = isRequest(input) ? input : undefined;
    const url = new URL(isRequest(input) ? input.url : input);
    const method = init?.method ?? request?.method ?? "GET";
    const signal = init?.signal ?? request?.signal;
    const opened = await meterExchange(pool, settings, {
      method,
      url,
      body: () => readBody(request, init),
      ...(signal !== undefined && signal !== null && { signal }),
    });
    if (opened.kind === "passed") return forward(input, init);
    if (opened.kind === "refused") {
      const { body, status, headers } = opened.answer;
      return new Response(body, { status, headers });
    }
    return watched(opened, () => forward(input, changed(init, request, opened.body)), signal);
  };
}

/** Forwards a request, and watches its answer. */
async function watched(
  { exchange }: Extract<Opened, { kind: "held" }>,
  forward: () => Promise<Response>,
  signal: AbortSignal | null | undefined,
): Promise<Response> {
  let response: Response;
  try {
    if (signal?.aborted === true) await exchange.notSent(signal.reason);
    response = await forward();
  } catch (error) {
    await exchange.failed(error);
    throw error;
  }
  const { status, statusText, headers, body } = response;
  exchange.responded(status, headers.get("content-type") ?? "");
  if (body === null || EMPTY.has(status)) {
    await exchange.end();
    return response;
  }
  const passed = watchedBody(body, exchange);
  abandoned.register(passed, exchange);
  const answer = new Response(passed, { status, statusText, headers });
  for (const name of ["url", "redirected", "type"] as const)
    Object.defineProperty(answer, name, { value: response[name] });
  return answer;
}

/**
 * Bodies that nobody has read to their end, and nobody can any more. A body lives as long as its
 * reader, the answer that it came with may go before.
 */
const abandoned = new FinalizationRegistry<Exchange>((exchange) => {
  void exchange.interrupted();
});

function isRequest(input: unknown): input is Request {
  return typeof input === "object" && input !== null && !(input instanceof URL) && "url" in input;
}

/** The body of a request as text; the request stays readable. */
async function readBody(
  request: Request | undefined,
  init: RequestInit | undefined,
): Promise<string> {
  const body = init?.body;
  if (typeof body === "string") return body;
  if (body !== undefined && body !== null) return new Response(body).text();
  return request === undefined ? "" : request.clone().text();
}

/** The same request with this body, which is text now whatever it was. */
function changed(
  init: RequestInit | undefined,
  request: Request | undefined,
  body: string,
): RequestInit {
  if (init?.body === body) return init;
  const headers = new Headers(init?.headers ?? request?.headers);
  headers.delete("content-length");
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return { ...init, headers, body };
}
