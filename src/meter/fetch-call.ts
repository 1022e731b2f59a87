// One metered call to a function like `fetch`: held, forwarded, watched and settled.

import type { Exchange } from "./exchange.ts";
import { hasNoBody, isOfNode, toWebStream } from "./fetch-parts.ts";
import { meterExchange } from "./meter-exchange.ts";
import type { ExchangeRequest, HeldExchange } from "./exchange-request.ts";
import type { PoolSource } from "./metered-pool.ts";
import type { MeterSettings } from "./settings.ts";
import { loadedBeside } from "./loaded-beside.ts";
import { peekedBody } from "./peeked-body.ts";
import type { PeekedBody } from "./peeked-body.ts";
import type { AnswerWatcher } from "./watched-answer.ts";
import { watchedBody } from "./watched-body.ts";
import type { WatchedBody } from "./watched-body.ts";

/** A call, and how it is made. */
export interface FetchCall extends Omit<ExchangeRequest, "signal"> {
  readonly signal: AbortSignal | undefined;
  /** Throws the reason of a refusal that is not answered in the provider's form. */
  readonly refuse?: (error: Error) => never;
  /** Makes the call unchanged. */
  readonly pass: () => Promise<Response>;
  /** Makes the call with this body, or unchanged without one, and with this signal. */
  readonly forward: Forward;
}

/** The longest rejection that is read, in bytes. */
const REJECTION_BYTES_MAX = 65_536;

/**
 * Makes a call after reserving its maximum cost, and books its actual cost at the end of its
 * answer.
 */
export async function meterCall(
  pool: PoolSource,
  settings: MeterSettings,
  call: FetchCall,
): Promise<Response> {
  const { pass, forward, signal, refuse, ...request } = call;
  const opened = await meterExchange(pool, settings, {
    ...request,
    ...(signal !== undefined && { signal }),
  });
  if (opened.kind === "passed") return pass();
  if (opened.kind === "refused") {
    refuse?.(opened.error);
    const { body, status, headers } = opened.answer;
    return new Response(body, { status, headers });
  }
  return forwardHeld(opened, signal, forward);
}

/** Sends a request with this body, or its own, and with this signal. */
export type Forward = (
  body: string | undefined,
  signal: AbortSignal | undefined,
) => Promise<Response>;

/** Forwards a request, and watches its answer. */
export async function forwardHeld(
  { exchange, body }: HeldExchange,
  signal: AbortSignal | undefined,
  forward: Forward,
): Promise<Response> {
  if (signal?.aborted === true) {
    await exchange.notSent(signal.reason);
    throw signal.reason;
  }
  // The caller's signal ends the request, but not reading on for the usage after an answer's end.
  const own = signal === undefined ? undefined : new AbortController();
  const abort = (): void => own?.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const stopWatching = (): void => signal?.removeEventListener("abort", abort);
  try {
    const response = await answerOf(exchange, body, (text) => forward(text, own?.signal), signal);
    const { status, headers } = response;
    exchange.responded(status, headers);
    // Few callers read a body of zero bytes, so a finished answer is settled at once.
    if (response.body === null || hasNoBody(status) || headers.get("content-length") === "0") {
      stopWatching();
      await exchange.end();
      return response;
    }
    const watcher =
      exchange.isOnePiece && isOfNode(response) ? watcherModule()?.watchedAnswer : undefined;
    stopWatching();
    return answered({ response, exchange, signal, abort }, watcher);
  } catch (error) {
    stopWatching();
    await exchange.failed(error);
    throw error;
  }
}

/**
 * Returns the answer; if it rejects what was written into the request, that of a second attempt.
 */
async function answerOf(
  exchange: Exchange,
  body: string | undefined,
  forward: (body: string | undefined) => Promise<Response>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const first = await forward(body);
  if (first.body === null || !exchange.mayRetry(first.status)) return first;
  const { text, stream } = await rejectionOf(first, exchange, signal);
  const again = text === undefined ? undefined : exchange.retry(text);
  if (again === undefined) return copyOf(first, stream);
  return forward(again);
}

/**
 * Reads as much of a rejection as needed to see the reason. A call that ends or is aborted
 * meanwhile was rejected as well.
 */
async function rejectionOf(
  answer: Response,
  exchange: Exchange,
  signal: AbortSignal | undefined,
): Promise<PeekedBody> {
  const reading = peekedBody(toWebStream(answer.body), REJECTION_BYTES_MAX);
  try {
    const read = await (signal === undefined ? reading : beforeAbort(reading, signal));
    if (signal?.aborted === true) throw signal.reason;
    return read;
  } catch (error) {
    exchange.responded(answer.status, answer.headers);
    await exchange.interrupted();
    throw error;
  }
}

/** Resolves like a promise, unless a signal aborts before; rejects with its reason then. */
async function beforeAbort<T>(something: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([something, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener("abort", abort);
    something.catch(() => undefined);
  }
}

function copyOf(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers } = response;
  const copy = new Response(body, { status, statusText, headers: ownHeaders(headers) });
  for (const name of ["url", "redirected", "type"] as const)
    Object.defineProperty(copy, name, { value: response[name] });
  return copy;
}

/** Headers of another implementation are copied one by one. */
function ownHeaders(headers: Headers): Headers | [string, string][] {
  return headers instanceof Headers ? headers : [...headers];
}

/** An answer, and how its request is aborted. */
interface Answer {
  readonly response: Response;
  readonly exchange: Exchange;
  readonly signal: AbortSignal | undefined;
  readonly abort: () => void;
}

/** Returns an answer that reports all that is read of it: the response itself, or a copy. */
function answered(
  { response, exchange, signal, abort }: Answer,
  watcher: AnswerWatcher | undefined,
): Response {
  const body = toWebStream(response.body);
  const taken: TakenBody = { body: undefined };
  const asStream = (): Response => {
    const given = watchedBody(body, exchange, abort);
    const { stream } = given;
    taken.body = new WeakRef(given);
    bodies.set(stream, given);
    abandoned.register(stream, unsettled(exchange));
    return copyOf(response, stream);
  };
  if (signal !== undefined) endOnAbort(signal, exchange, taken, abort);
  if (watcher === undefined) return asStream();
  const held = unsettled(exchange);
  abandoned.register(response, held);
  return watcher(response, {
    exchange,
    signal,
    asStream,
    onTaken: () => (held.exchange = undefined),
  });
}

/** The body that a caller reads, which an abort ends. It is collected if no one else has it. */
interface TakenBody {
  body: WeakRef<WatchedBody> | undefined;
}

/** How to end a body that a caller may still read. */
const bodies = new WeakMap<ReadableStream<Uint8Array>, WatchedBody>();

/**
 * Ends an exchange when its caller aborts. A signal may live as long as the program, so nothing
 * here references the answer: it settles when it is collected.
 */
function endOnAbort(
  signal: AbortSignal,
  exchange: Exchange,
  taken: TakenBody,
  abort: () => void,
): void {
  const onAbort = (): void => {
    const given = taken.body?.deref();
    // Data on its way is read before the request is aborted.
    if (given !== undefined) {
      given.abort(signal.reason);
      return;
    }
    void exchange.interrupted();
    abort();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  exchange.whenSettled(() => signal.removeEventListener("abort", onAbort));
  if (signal.aborted) onAbort();
}

/** Loaded beside the first answer that it is for, which does not wait: it is copied. */
const watcherModule = loadedBeside(() => import("./watched-answer.ts"));

/**
 * Answers that were never read to their end, and no longer can be. A body lives as long as its
 * reader; its answer may be collected earlier.
 */
const abandoned = new FinalizationRegistry<Unsettled>(({ exchange }) => {
  void exchange?.interrupted();
});

/** The exchange of a body; undefined once it is settled. */
interface Unsettled {
  exchange: Exchange | undefined;
}

/**
 * Unregisters an exchange once it is settled: its registration would last until the body is
 * collected. Created here so that nothing in it references that body.
 */
function unsettled(exchange: Exchange): Unsettled {
  const held: Unsettled = { exchange };
  exchange.whenSettled(() => (held.exchange = undefined));
  return held;
}
