// The meter around `fetch`.

import type { Exchange } from "./exchange.ts";
import { meterExchange } from "./meter-exchange.ts";
import type { Opened } from "./meter-exchange.ts";
import { checkPoolSource } from "./metered-pool.ts";
import type { PoolSource } from "./metered-pool.ts";
import { METER_KEYS, readMeterOptions } from "./options.ts";
import type { MeterOptions } from "./options.ts";
import { checkKeys } from "../core/check-keys.ts";
import { changedInit, isRequest, methodOf, readBody, toWebStream } from "./fetch-parts.ts";
import { watchedBody } from "./watched-body.ts";

type Fetch = typeof globalThis.fetch;

/** The options of `meteredFetch`. */
export interface MeteredFetchOptions extends MeterOptions {
  /**
   * The `fetch` that makes the requests.
   *
   * @default the `fetch` of the runtime, at the time of the call
   */
  readonly fetch?: Fetch | undefined;
}

/** Statuses without a body. */
const EMPTY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/**
 * A `fetch` that cannot overspend, for any client that takes one: it holds the most that a call may
 * cost before it is made, and books what it has cost when the answer has ended.
 *
 * `pool` is a pool of any kind, or a function such as `currentBudget` that returns one for each
 * call. A call that does not fit waits while others hold the room, and is answered otherwise,
 * without any request, by an error of status 402 in the provider's own shape, which clients do not
 * retry; `budgetExceededFrom` finds the refusal in what they throw. Requests that cost nothing
 * pass untouched. Answers pass byte for byte, as they come; their end waits until the books are up
 * to date.
 *
 * @throws {TypeError | RangeError} if `pool` is not a pool, or an option does not exist or is not
 * allowed.
 * @example
 *   const pool = new BudgetPool({ caps: { usd: 5 } });
 *   const client = new OpenAI({ fetch: meteredFetch(pool) });
 */
export function meteredFetch(pool: PoolSource, options: MeteredFetchOptions = {}): Fetch {
  checkArguments(pool, options);
  checkKeys(options, ["fetch", ...METER_KEYS], "options");
  const { fetch: given, ...rest } = options;
  const settings = readMeterOptions(rest);
  checkPoolSource(pool);
  return async (input, init) => {
    const forward = given ?? globalThis.fetch;
    const request = isRequest(input) ? input : undefined;
    const url = new URL(isRequest(input) ? input.url : input);
    const signal = init?.signal ?? request?.signal ?? undefined;
    const opened = await meterExchange(pool, settings, {
      method: methodOf(request, init),
      url,
      body: () => readBody(request, init),
      ...(signal !== undefined && { signal }),
    });
    if (opened.kind === "passed") return forward(input, init);
    if (opened.kind === "refused") {
      const { body, status, headers } = opened.answer;
      return new Response(body, { status, headers });
    }
    return watched(opened, signal, (body, own) =>
      forward(input, changedInit(init, request, body, own)),
    );
  };
}

/** Mistakes that types do not keep JavaScript from, and that would be silent. */
function checkArguments(pool: unknown, options: unknown): void {
  const isAddress = typeof pool === "string" || pool instanceof URL || isRequest(pool);
  if (isAddress)
    throw new TypeError(
      "meteredFetch makes a fetch, and is none: write `fetch: meteredFetch(pool)`, with a pool",
    );
  if (typeof options === "function")
    throw new TypeError(
      "Expected `options` to be an object: write `meteredFetch(pool, { fetch: yourFetch })`",
    );
  if (typeof options === "object" && options !== null && "reserveUpTo" in options)
    throw new TypeError("The pool comes first: write `meteredFetch(pool, { fetch: yourFetch })`");
}

type HeldExchange = Extract<Opened, { kind: "held" }>;
type Forward = (body: string | undefined, signal: AbortSignal | undefined) => Promise<Response>;

/** Forwards a request, and watches its answer. */
async function watched(
  { exchange, body }: HeldExchange,
  signal: AbortSignal | undefined,
  forward: Forward,
): Promise<Response> {
  if (signal?.aborted === true) {
    await exchange.notSent(signal.reason);
    throw signal.reason;
  }
  // The caller's signal ends the request, but not the reading on for usage after an answer's end.
  const own = signal === undefined ? undefined : new AbortController();
  const abort = (): void => own?.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const stopWatching = (): void => signal?.removeEventListener("abort", abort);
  try {
    const response = await answerOf(exchange, body, (text) => forward(text, own?.signal));
    const { status, headers } = response;
    exchange.responded(status, headers.get("content-type") ?? "");
    if (response.body === null || EMPTY.has(status)) {
      stopWatching();
      await exchange.end();
      return response;
    }
    return answered(response, exchange, signal, () => {
      stopWatching();
      return abort;
    });
  } catch (error) {
    stopWatching();
    await exchange.failed(error);
    throw error;
  }
}

/** The answer; when it rejects what was written into the request, that of one more try. */
async function answerOf(
  exchange: Exchange,
  body: string | undefined,
  forward: (body: string | undefined) => Promise<Response>,
): Promise<Response> {
  const first = await forward(body);
  if (!exchange.mayRetry(first.status)) return first;
  const text = await first.text();
  const again = exchange.retry(text);
  if (again !== undefined) return forward(again);
  return copyOf(first, text);
}

function copyOf(response: Response, body: string | ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers } = response;
  const copy = new Response(body, { status, statusText, headers: [...headers] });
  for (const name of ["url", "redirected", "type"] as const)
    Object.defineProperty(copy, name, { value: response[name] });
  return copy;
}

function answered(
  response: Response,
  exchange: Exchange,
  signal: AbortSignal | undefined,
  takeOver: () => () => void,
): Response {
  const { stream, abort } = watchedBody(toWebStream(response.body), exchange);
  const abortRequest = takeOver();
  if (signal !== undefined) {
    const onAbort = (): void => {
      abort(signal.reason);
      // What is on its way is read first.
      void exchange.settled.then(abortRequest);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    void exchange.settled.then(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) onAbort();
  }
  abandoned.register(stream, exchange);
  return copyOf(response, stream);
}

/**
 * Bodies that nothing has read to their end, and nothing can any more. A body lives as long as its
 * reader, the answer that it came with may go before.
 */
const abandoned = new FinalizationRegistry<Exchange>((exchange) => {
  void exchange.interrupted();
});
