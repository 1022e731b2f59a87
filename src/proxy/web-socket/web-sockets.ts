// Web sockets through the proxy: who may open one, where it leads, and what is said on it.

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

/** On whose account a response is held. */
export interface SocketAccount {
  readonly pool: PoolSource;
  readonly meter: MeterSettings;
}

/** Where a web socket leads, and on whose account. */
export interface SocketErrand {
  /** The name of the upstream. */
  readonly upstream: string;
  readonly url: URL;
  /** What every response is metered with; its account may add to it. */
  readonly meter: MeterSettings;
  /** Asked before each response: who has opened the socket may have lost their key since. */
  readonly account: () => SocketAccount | Promise<SocketAccount | CannotMeter>;
  /** Receives what the upstream has answered to the request for a web socket. */
  readonly onOpened?: ((status: number, headers: IncomingMessage["headers"]) => void) | undefined;
}

/** An answer in place of a web socket. */
export interface SocketDenial {
  readonly status: number;
  readonly message: string;
}

/** What web sockets are led with. */
export interface WebSocketSettings {
  readonly connections: Connections;
  readonly plan: Plan;
  readonly bodyBytesMax: number;
  readonly idleTimeoutMs: number;
  /** Where a request for a web socket leads, if its sender may have one. */
  readonly admit: (
    request: IncomingMessage,
  ) => SocketErrand | SocketDenial | Promise<SocketErrand | SocketDenial>;
  readonly onExchange: (exchange: Exchange) => void;
}

interface Target {
  readonly errand: SocketErrand;
  readonly provider: string | undefined;
  /** The model of a realtime session; undefined where each request names its own. */
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

/** Opens web sockets for callers. */
export class WebSockets {
  readonly #settings: WebSocketSettings;
  readonly #open = new Set<Duplex>();
  readonly #ends = new Set<SocketEnd>();

  constructor(settings: WebSocketSettings) {
    this.#settings = settings;
  }

  /** Returns a request for a web socket. */
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

/** What a request leads to, if that is metered on a web socket. */
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

/** The address of a web socket, as one for requests. */
function asRequest(url: URL): URL {
  const plain = new URL(url);
  plain.protocol = url.protocol.replace("ws", "http");
  return plain;
}

/** Whether a status says that there is no web socket; clients do without one after a 426. */
function hasNone(status: number): boolean {
  return status < 400 || status === 404 || status === 405 || status === 501;
}

/** A request of its own with the credentials of a web socket. */
function asPost({ headers }: IncomingMessage): Pick<IncomingMessage, "method" | "headers"> {
  const passed = Object.entries(headers).filter(([name]) => !name.startsWith("sec-websocket-"));
  return { method: "POST", headers: Object.fromEntries(passed) };
}

function deny(stream: Duplex, { status, message }: SocketDenial): void {
  const error = { message: `token-budget: ${message}`, type: "proxy_error", code: "proxy_error" };
  const lines = ["content-type: application/json", "x-should-retry: false"];
  answerPlainly(stream, status, lines, Buffer.from(JSON.stringify({ error })));
}

/** An answer that opens nothing, written by hand: the server has given up the connection. */
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
 * Hands a request back to a server that asked for another protocol than web sockets, such as h2c,
 * without asking for it: such an offer may be passed over (RFC 9110 §7.8).
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
