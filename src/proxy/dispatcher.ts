// Requests through the dispatcher of the runtime's own `fetch` (undici in Node.js). It costs about
// half as much as the client of `node:http`. Node.js does not guarantee access to it: if it is
// missing or unknown, requests use `node:http`.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { SecureContext } from "node:tls";

import { isReset } from "./node-request.ts";
import { SocketOpener } from "./open-socket.ts";
import type { Destination, SocketFigures } from "./open-socket.ts";
import { UpstreamAnswer, wrongStatus } from "./upstream-answer.ts";
import type { SentListener, SentRequest } from "./upstream-answer.ts";

/** A request with its complete body. */
export interface DispatchedRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

interface DispatchOptions {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer | null;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
}

type Connect = (
  destination: Destination,
  opened: Parameters<SocketOpener["open"]>[1],
) => ReturnType<SocketOpener["open"]>;

interface Agent {
  dispatch(options: DispatchOptions, handler: Handler): boolean;
  destroy(): Promise<void>;
}

type AgentClass = new (options: { readonly connect: Connect }) => Agent;

const GLOBAL = Symbol.for("undici.globalDispatcher.1");
const INFORMATIONAL_MAX = 199;
const TIMEOUTS: ReadonlySet<unknown> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);
const SOCKET_CLOSED = "UND_ERR_SOCKET";
/** The dispatcher adds no more bytes than these to what it is given. */
const BYTES_BESIDE_MAX = 200;

/** Requests through the dispatcher of the runtime. */
export class Dispatcher {
  readonly #agent: Agent;
  readonly #sockets: SocketOpener;
  readonly #idleTimeoutMs: number;

  private constructor(agent: Agent, sockets: SocketOpener, idleTimeoutMs: number) {
    this.#agent = agent;
    this.#sockets = sockets;
    this.#idleTimeoutMs = idleTimeoutMs;
  }

  /** Returns a dispatcher with connections of its own; undefined if the runtime has none. */
  static create(
    idleTimeoutMs: number,
    trusted: () => { readonly secureContext?: SecureContext },
  ): Dispatcher | undefined {
    const AgentOfRuntime = agentClass();
    if (AgentOfRuntime === undefined) return undefined;
    const sockets = new SocketOpener(idleTimeoutMs, trusted);
    const connect: Connect = (destination, opened) => sockets.open(destination, opened);
    return new Dispatcher(new AgentOfRuntime({ connect }), sockets, idleTimeoutMs);
  }

  /** Sends a request, and reports its outcome. */
  send({ url, method, headers, body }: DispatchedRequest, listener: SentListener): SentRequest {
    const path = url.pathname + url.search;
    const handler = new Handler(listener, (error) => this.#causeOf(error, path, headers, body));
    const timeout = { headersTimeout: this.#idleTimeoutMs, bodyTimeout: this.#idleTimeoutMs };
    const request = {
      origin: url.origin,
      path,
      method,
      headers,
      body: body.length === 0 ? null : body,
      ...timeout,
    };
    this.#agent.dispatch(request, handler);
    return handler;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #causeOf(
    error: Error,
    path: string,
    headers: OutgoingHttpHeaders,
    body: string | Buffer,
  ): Failure {
    const code: unknown = Reflect.get(error, "code");
    if (TIMEOUTS.has(code))
      return {
        error: new Error(`upstream sent nothing for ${this.#idleTimeoutMs} ms`),
        isStale: false,
      };
    const isClosed = code === SOCKET_CLOSED || isReset(error);
    const figures = this.#sockets.figuresOf(error) ?? figuresIn(error);
    const isUsedBefore =
      figures !== undefined &&
      figures.bytesRead > 0 &&
      figures.bytesWritten > bytesOf(path, headers, body);
    return { error, isStale: isClosed && isUsedBefore };
  }
}

interface Failure {
  readonly error: Error;
  readonly isStale: boolean;
}

/** The callbacks of the dispatcher; the same in undici 6 (Node.js 20) and 7 (Node.js 24). */
class Handler implements SentRequest {
  readonly #listener: SentListener;
  readonly #causeOf: (error: Error) => Failure;
  #abort: (() => void) | undefined;
  #answer: UpstreamAnswer | undefined;
  #isOver = false;

  constructor(listener: SentListener, causeOf: (error: Error) => Failure) {
    this.#listener = listener;
    this.#causeOf = causeOf;
  }

  destroy(): void {
    this.#abort?.();
    this.#fail({ error: new Error("the connection was closed"), isStale: false });
  }

  onConnect(abort: () => void): void {
    this.#abort = abort;
    if (this.#isOver) abort();
  }

  onHeaders(status: number, raw: readonly Buffer[], resume: () => void): boolean {
    if (status <= INFORMATIONAL_MAX && status >= 100) return true;
    const wrong = wrongStatus(status);
    if (wrong !== undefined) {
      this.#fail({ error: wrong, isStale: false });
      this.#abort?.();
      return true;
    }
    if (this.#isOver) return true;
    this.#isOver = true;
    const destroy = (): void => this.#abort?.();
    this.#answer = new UpstreamAnswer(status, headersIn(raw), { resume, destroy });
    this.#listener.onAnswer(this.#answer);
    return !this.#answer.isPaused;
  }

  onData(piece: Buffer): boolean {
    return this.#answer?.push(piece) ?? true;
  }

  onComplete(): void {
    this.#answer?.end(true);
  }

  onError(error: Error): void {
    if (this.#answer === undefined) this.#fail(this.#causeOf(error));
    else this.#answer.end(false);
  }

  #fail({ error, isStale }: Failure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onFailure(error, isStale);
  }
}

function agentClass(): AgentClass | undefined {
  // The runtime loads its `fetch` when part of it is first used.
  if (Reflect.get(globalThis, GLOBAL) === undefined) void new Headers();
  const known: unknown = Reflect.get(globalThis, GLOBAL);
  if (typeof known !== "object" || known === null) return undefined;
  const found: unknown = known.constructor;
  return isAgentClass(found) ? found : undefined;
}

/** A program may have set another dispatcher, which behaves differently. */
function isAgentClass(found: unknown): found is AgentClass {
  if (typeof found !== "function" || found.name !== "Agent") return false;
  const methods: unknown = found.prototype;
  return typeof methods === "object" && methods !== null && "dispatch" in methods;
}

/** Headers as `node:http` has them: the first value of a single-valued header counts. */
function headersIn(raw: readonly Buffer[]): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = String(raw[at]).toLowerCase();
    const value = raw[at + 1]?.toString("latin1") ?? "";
    const before = headers[name];
    if (name === "set-cookie") headers[name] = [...(headers[name] ?? []), value];
    else if (before === undefined) headers[name] = value;
    else if (!SAID_ONCE.has(name)) headers[name] = `${String(before)}, ${value}`;
  }
  return headers;
}

/** https://nodejs.org/api/http.html#messageheaders: later ones of these are dropped. */
const SAID_ONCE: ReadonlySet<string> = new Set([
  "age",
  "content-length",
  "content-type",
  "etag",
  "expires",
  "last-modified",
  "location",
  "retry-after",
  "server",
]);

function figuresIn(error: Error): SocketFigures | undefined {
  const socket: unknown = Reflect.get(error, "socket");
  if (typeof socket !== "object" || socket === null) return undefined;
  const { bytesRead = 0, bytesWritten = 0 } = socket as Partial<SocketFigures>;
  return { bytesRead, bytesWritten };
}

/** At least as many bytes as a request takes on a connection. */
function bytesOf(path: string, headers: OutgoingHttpHeaders, body: string | Buffer): number {
  let bytes = path.length + Buffer.byteLength(body) + BYTES_BESIDE_MAX;
  for (const [name, value] of Object.entries(headers))
    for (const each of Array.isArray(value) ? value : [value])
      bytes += name.length + String(each).length + 4;
  return bytes;
}
