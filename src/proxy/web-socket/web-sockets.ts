// WebSockets through the proxy: who may open one, where it leads, and what is sent on it.

import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

import { headersOf } from "../../meter/answer-head.ts";
import type { Exchange } from "../../meter/exchange.ts";
import { meterExchange } from "../../meter/meter-exchange.ts";
import type { Opened } from "../../meter/exchange-request.ts";
import type { PoolSource } from "../../meter/metered-pool.ts";
import type { MeterSettings } from "../../meter/settings.ts";
import type { CannotMeter } from "../../meter/refusals.ts";
import { realtimeModelOf, unmeteredSession } from "../../wire/openai/realtime.ts";
import { providerFor, UNKNOWN_PROVIDER } from "../../wire/providers.ts";
import type { SessionFacts } from "../../wire/wire.ts";
import { routeOf } from "../../wire/routes.ts";
import type { Connections } from "../connections.ts";
import { forwarded, headerOf, statusForClient } from "../headers.ts";
import { sendBeside } from "../send-beside.ts";
import { refusedSession } from "../refused-as.ts";
import { upstreamProvider } from "../upstreams.ts";
import type { Plan } from "../plan.ts";
import { CLOSE } from "./frames.ts";
import { askingHeaders, faultOf, openedBy, openingHead } from "./handshake.ts";
import { RealtimeSession } from "./realtime-session.ts";
import { ResponsesSession } from "./responses-session.ts";
import { SocketEnd } from "./socket-end.ts";

/** The account of a held response. */
interface SocketAccount {
  readonly pool: PoolSource;
  readonly meter: MeterSettings;
}

/** The destination of a WebSocket, and its account. */
export interface SocketErrand {
  /** The name of the upstream. */
  readonly upstream: string;
  readonly url: URL;
  /** The settings with which every response is metered; its account may add to them. */
  readonly meter: MeterSettings;
  /** Called before each response: the owner of the socket may have lost its access since. */
  readonly account: () => SocketAccount | Promise<SocketAccount | CannotMeter>;
  /** Receives the upstream's answer to the WebSocket request. */
  readonly onOpened?: ((status: number, headers: IncomingMessage["headers"]) => void) | undefined;
}

/** An answer instead of a WebSocket. */
export interface SocketDenial {
  readonly status: number;
  readonly message: string;
}

/** The arguments of WebSockets. */
export interface WebSocketSettings {
  readonly connections: Connections;
  readonly plan: Plan;
  readonly bodyBytesMax: number;
  readonly idleTimeoutMs: number;
  /** Returns the destination of a WebSocket request, if its sender may open one. */
  readonly admit: (
    request: IncomingMessage,
  ) => SocketErrand | SocketDenial | Promise<SocketErrand | SocketDenial>;
  readonly onExchange: (exchange: Exchange) => void;
}

interface Target {
  readonly errand: SocketErrand;
  readonly provider: string | undefined;
  /** The model of a realtime session; undefined if each request names its own. */
  readonly model: string | undefined;
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  421: "Misdirected Request",
  426: "Upgrade Required",
  429: "Too Many Requests",
  502: "Bad Gateway",
  503: "Service Unavailable",
};
const SWITCHED = 101;
const UPGRADE_REQUIRED = 426;

/** Opens WebSockets for callers. */
export class WebSockets {
  readonly #settings: WebSocketSettings;
  readonly #open = new Set<Duplex>();
  readonly #ends = new Set<SocketEnd>();

  constructor(settings: WebSocketSettings) {
    this.#settings = settings;
  }

  /** Returns whether a request asks for a WebSocket. */
  answer(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on("error", () => stream.destroy());
    this.#open.add(stream);
    stream.once("close", () => this.#open.delete(stream));
    this.#lead(request, stream, head).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      deny(stream, { status: 502, message: `the upstream did not open the WebSocket: ${reason}` });
    });
  }

  /** Closes all of them. */
  close(): void {
    for (const end of this.#ends) end.close(CLOSE.goingAway, "token-budget: the proxy ends");
    for (const stream of this.#open) stream.destroy();
  }

  async #lead(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const fault = faultOf(request);
    const found = fault === undefined ? await this.#settings.admit(request) : undefined;
    const target = found === undefined ? { status: 400, message: fault ?? "" } : targetOf(found);
    if ("status" in target) {
      deny(stream, target);
      return;
    }
    const { connections, bodyBytesMax } = this.#settings;
    const { key, headers } = askingHeaders();
    const { onOpened } = target.errand;
    const sent = connections.request(target.errand.url, request, headers, true);
    stream.once("close", () => sent.destroy());
    const opened = await openedBy(sent, key, request.headers["sec-websocket-protocol"]);
    onOpened?.(opened.kind === "declined" ? opened.status : SWITCHED, opened.answer.headers);
    if (opened.kind === "declined" && hasNone(opened.status)) {
      const message = `the upstream takes no WebSockets here (${opened.status}); send requests by HTTP`;
      deny(stream, { status: UPGRADE_REQUIRED, message });
      return;
    }
    if (opened.kind === "declined") {
      const lines = Object.entries(forwarded(opened.answer.headers)).flatMap(([name, value]) =>
        name === "content-length" ? [] : [`${name}: ${String(value)}`],
      );
      answerPlainly(stream, opened.status, lines, opened.body);
      return;
    }
    if (stream.destroyed) {
      opened.stream.destroy();
      return;
    }
    stream.write(openingHead(request, opened.answer));
    this.#open.add(opened.stream);
    opened.stream.once("close", () => this.#open.delete(opened.stream));
    const caller = new SocketEnd(stream, { isServer: true, bytesMax: bodyBytesMax });
    const upstream = new SocketEnd(opened.stream, { isServer: false, bytesMax: bodyBytesMax });
    this.#ends.add(caller);
    stream.once("close", () => this.#ends.delete(caller));
    this.#sessionOf(target, request, opened.answer, caller, upstream).begin(head, opened.head);
  }

  #sessionOf(
    { errand, provider, model }: Target,
    request: IncomingMessage,
    answer: IncomingMessage,
    caller: SocketEnd,
    upstream: SocketEnd,
  ): ResponsesSession | RealtimeSession {
    const { connections, onExchange, idleTimeoutMs, plan } = this.#settings;
    const { url } = errand;
    plan.seen(provider, answer.headers);
    const about = { method: "POST", url, provider };
    const asSocket = new URL(url);
    asSocket.protocol = url.protocol.replace("http", "ws");
    const beside = sendBeside(connections, asPost(request));
    const open = async (
      body: string,
      signal: AbortSignal,
      session?: SessionFacts,
    ): Promise<Opened> => {
      const account = await errand.account();
      if (account instanceof Error) return refusedSession(account, errand.meter, about);
      const { pool, meter } = account;
      const settings = session === undefined ? meter : { ...meter, wait: undefined };
      const refused = await plan.refuse(meter, about);
      if (refused !== undefined) return refused;
      return await meterExchange(pool, settings, {
        ...about,
        url: asSocket,
        body: () => Promise.resolve(body),
        signal,
        session,
        header: (name) => headerOf(request, name),
        send: (to, text, until) => beside(asRequest(to), text, until),
      });
    };
    const context = {
      onExchange,
      headers: headersOf(answer.headers),
      statusFor: (status: number) => statusForClient(status, request),
      passesUnmetered: errand.meter.unmetered === "pass",
      idleTimeoutMs,
    };
    if (model === undefined) return new ResponsesSession(caller, upstream, { ...context, open });
    return new RealtimeSession(caller, upstream, {
      ...context,
      model,
      open: (body, facts, signal) => open(body, signal, facts),
    });
  }
}

/** Returns the metered destination of a request, if it is metered on a WebSocket. */
function targetOf(errand: SocketErrand | SocketDenial): Target | SocketDenial {
  if ("status" in errand) return errand;
  const { url, meter, upstream } = errand;
  const provider = meter.provider ?? upstreamProvider(upstream, url);
  const known = provider === undefined ? UNKNOWN_PROVIDER : providerFor(provider);
  const route = routeOf("POST", url.pathname, known);
  const wire = route.kind === "billable" ? route.wire : undefined;
  if (wire === "openai-responses") return { errand, provider, model: undefined };
  const unmetered = wire === "openai-realtime" ? unmeteredSession(url) : undefined;
  if (unmetered !== undefined) return { status: UPGRADE_REQUIRED, message: unmetered };
  if (wire === "openai-realtime") return { errand, provider, model: realtimeModelOf(url) };
  return {
    status: UPGRADE_REQUIRED,
    message: `a WebSocket at ${url.pathname} is not metered, and may cost money; HTTP requests are metered`,
  };
}

/** Returns the address of a WebSocket in the form for requests. */
function asRequest(url: URL): URL {
  const plain = new URL(url);
  plain.protocol = url.protocol.replace("ws", "http");
  return plain;
}

/** Whether a status means that there is no WebSocket; clients fall back to HTTP after a 426. */
function hasNone(status: number): boolean {
  return status < 400 || status === 404 || status === 405 || status === 501;
}

/** Sends a separate request with the credentials of a WebSocket. */
function asPost({ headers }: IncomingMessage): Pick<IncomingMessage, "method" | "headers"> {
  const passed = Object.entries(headers).filter(([name]) => !name.startsWith("sec-websocket-"));
  return { method: "POST", headers: Object.fromEntries(passed) };
}

function deny(stream: Duplex, { status, message }: SocketDenial): void {
  const error = { message: `token-budget: ${message}`, type: "proxy_error", code: "proxy_error" };
  const lines = ["content-type: application/json", "x-should-retry: false"];
  answerPlainly(stream, status, lines, Buffer.from(JSON.stringify({ error })));
}

/** Writes an answer that opens nothing by hand: the server has handed over the connection. */
function answerPlainly(
  stream: Duplex,
  status: number,
  lines: readonly string[],
  body: Buffer,
): void {
  if (stream.destroyed) return;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_TEXTS[status] ?? ""}`,
    ...lines,
    `content-length: ${body.length}`,
    "connection: close",
    "\r\n",
  ];
  stream.end(Buffer.concat([Buffer.from(head.join("\r\n"), "latin1"), body]));
}

/**
 * Returns a request to a server that was asked for another protocol, such as h2c: such an offer may
 * be ignored (RFC 9110 §7.8).
 */
export function passOver(
  server: Server,
  request: IncomingMessage,
  stream: Duplex,
  head: Buffer,
): void {
  const { method = "GET", url = "/", httpVersion, rawHeaders } = request;
  const named = (request.headers.connection ?? "").toLowerCase().split(",");
  const dropped = new Set(["upgrade", "connection", ...named.map((each) => each.trim())]);
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = rawHeaders.slice(at, at + 2);
    if (!dropped.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  const plain = Buffer.from([...lines, "\r\n"].join("\r\n"), "latin1");
  stream.unshift(Buffer.concat([plain, head]));
  server.emit("connection", stream);
}
