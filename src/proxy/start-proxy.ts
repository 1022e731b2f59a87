// The proxy: its server, and how it handles a request, step by step.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import process from "node:process";
import type { Duplex } from "node:stream";

import type { PoolSource } from "../meter/metered-pool.ts";
import type { MeterSettings } from "../meter/settings.ts";
import { deny, refuseWebSocket, send } from "./answers.ts";
import { Connections } from "./connections.ts";
import { admitCaller, KEY_IN_HEADER, STATUS_NAME } from "./gate.ts";
import { readProxyOptions } from "./proxy-options.ts";
import type { ProxyOptions, ProxySettings } from "./proxy-options.ts";
import { RequestCarrier } from "./request-carrier.ts";
import { tunnel } from "./tunnel.ts";
import { addressAt } from "./upstreams.ts";
import { passOver, WebSockets } from "./web-socket/web-sockets.ts";
import type { SocketDenial, SocketErrand } from "./web-socket/web-sockets.ts";

const HEADERS_TIMEOUT_MS = 20_000;
/** How often slow callers are checked. */
const CHECKING_MS = 5000;
const BAD_REQUEST = 400;
/** An offer of another protocol, such as h2c, may be ignored (RFC 9110 §7.8). */
const WEB_SOCKET = /\bwebsocket\b/i;

/** A proxy that is running. */
export interface BudgetProxy {
  /** The base before the name of an upstream, such as `http://127.0.0.1:4321/b/key`. */
  readonly url: string;
  /** The key of the proxy. */
  readonly key: string;
  /** Returns the base URL for an upstream, such as `urlOf("anthropic")`. */
  urlOf(upstream: string): string;
  /**
   * The base URL for an upstream without the key, which then must be in the header
   * `x-token-budget-key`: for programs whose base URL others can see.
   */
  keylessUrlOf(upstream: string): string;
  /**
   * @internal The descriptor of the listening socket, for another process; undefined on Windows.
   */
  readonly socket: number | undefined;
  /** Closes all connections. Running calls are booked as they stand. */
  close(): Promise<void>;
}

/**
 * Starts a proxy on 127.0.0.1 that forwards requests to providers, and reserves and books their
 * cost in a pool, as `meteredFetch` does. Point programs at it with their base URL:
 * `proxy.urlOf("openai") + "/v1"`.
 *
 * @throws {TypeError | RangeError} if an option is unknown or invalid.
 *
 * @example
 * const pool = new BudgetPool({ caps: { usd: 5 } });
 * const proxy = await startProxy(pool);
 * const client = new OpenAI({ baseURL: proxy.urlOf("openai") });
 * await proxy.close();
 */
export async function startProxy(
  pool: PoolSource,
  options: ProxyOptions = {},
): Promise<BudgetProxy> {
  const { port, meter, settings } = readProxyOptions(options);
  const running = new RunningProxy(pool, meter, settings);
  await running.listen(port);
  return running;
}

class RunningProxy implements BudgetProxy {
  readonly #pool: PoolSource;
  readonly #meter: MeterSettings;
  readonly #settings: ProxySettings;
  readonly #connections: Connections;
  readonly #server: Server;
  readonly #carrier: RequestCarrier;
  readonly #tunnels = new Set<Duplex>();
  readonly #webSockets: WebSockets;
  #hosts: ReadonlySet<string> = new Set();
  #origin = "";

  constructor(pool: PoolSource, meter: MeterSettings, settings: ProxySettings) {
    this.#pool = pool;
    this.#meter = meter;
    this.#settings = settings;
    this.#connections = new Connections(settings.idleTimeoutMs);
    this.#carrier = new RequestCarrier({ ...settings, connections: this.#connections });
    const { requestTimeoutMs: requestTimeout } = settings;
    const timeouts = {
      requestTimeout,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeout),
      connectionsCheckingInterval: Math.min(CHECKING_MS, requestTimeout),
    };
    this.#server = createServer(timeouts, (request, response) => {
      // A caller that leaves while being answered triggers "close".
      for (const stream of [request, response]) stream.on("error", () => undefined);
      this.#answer(request, response).catch((error: unknown) => {
        deny(response, BAD_REQUEST, error instanceof Error ? error.message : String(error));
      });
    });
    this.#server.on("connect", (request, caller: Duplex, head: Buffer) => {
      this.#tunnel(request, caller, head);
    });
    this.#webSockets = new WebSockets({
      ...settings,
      connections: this.#connections,
      admit: (request) => this.#socketErrand(request),
      onExchange: (exchange) => this.#carrier.keep(exchange),
    });
    this.#server.on("upgrade", (request, caller: Duplex, head: Buffer) => {
      if (WEB_SOCKET.test(request.headers.upgrade ?? ""))
        this.#webSockets.answer(request, caller, head);
      else passOver(this.#server, request, caller, head);
    });
  }

  /** Opens a tunnel, if tunnels are enabled. */
  #tunnel(request: IncomingMessage, caller: Duplex, head: Buffer): void {
    const { key, onTunnelRefused: onRefused } = this.#settings;
    this.#tunnels.add(caller);
    caller.once("close", () => this.#tunnels.delete(caller));
    if (onRefused === undefined) caller.destroy();
    else tunnel(request, caller, head, { key, env: process.env, onRefused });
  }

  /** Returns the destination of a WebSocket. */
  #socketErrand(request: IncomingMessage): SocketErrand | SocketDenial {
    const { key, upstreams } = this.#settings;
    const admitted = admitCaller(request, key, this.#hosts);
    if ("status" in admitted) return admitted;
    const upstream = upstreams.get(admitted.upstream);
    const url = upstream && addressAt(upstream, admitted.path);
    if (url === undefined) return { status: 404, message: "unknown upstream" };
    const account = { pool: this.#pool, meter: this.#meter };
    return { upstream: admitted.upstream, url, meter: this.#meter, account: () => account };
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    const found = typeof address === "object" && address !== null ? address.port : port;
    this.#hosts = new Set([`127.0.0.1:${found}`, `localhost:${found}`]);
    this.#origin = `http://127.0.0.1:${found}`;
  }

  get url(): string {
    return `${this.#origin}/b/${this.#settings.key}`;
  }

  get key(): string {
    return this.#settings.key;
  }

  get socket(): number | undefined {
    const handle: unknown = Reflect.get(this.#server, "_handle");
    const descriptor: unknown =
      typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
    return typeof descriptor === "number" && descriptor >= 0 ? descriptor : undefined;
  }

  urlOf(upstream: string): string {
    return `${this.url}/${upstream}`;
  }

  keylessUrlOf(upstream: string): string {
    return `${this.#origin}/b/${KEY_IN_HEADER}/${upstream}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    for (const caller of this.#tunnels) caller.destroy();
    this.#webSockets.close();
    this.#connections.close();
    await closed;
    await this.#carrier.settle();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { key, upstreams } = this.#settings;
    if (WEB_SOCKET.test(request.headers.upgrade ?? "")) {
      refuseWebSocket(response);
      return;
    }
    const admitted = admitCaller(request, key, this.#hosts);
    if ("status" in admitted) {
      deny(response, admitted.status, admitted.message);
      return;
    }
    const upstream = upstreams.get(admitted.upstream);
    const url = upstream && addressAt(upstream, admitted.path);
    if (upstream === undefined && admitted.upstream === STATUS_NAME) {
      await this.#showFigures(response);
      return;
    }
    if (url === undefined) {
      const known = [...upstreams.keys()].join(", ");
      deny(response, 404, `unknown upstream; known: ${known}`);
      return;
    }
    const errand = { pool: this.#pool, meter: this.#meter, upstream: admitted.upstream, url };
    await this.#carrier.carry(request, response, errand);
  }

  /** Answers with the budget's figures. */
  async #showFigures(response: ServerResponse): Promise<void> {
    const pool = typeof this.#pool === "function" ? this.#pool() : this.#pool;
    const figures = await pool?.snapshot?.();
    if (figures === undefined) deny(response, 404, "this budget shows no figures");
    else send(response, 200, JSON.stringify(figures), { "content-type": "application/json" });
  }
}
