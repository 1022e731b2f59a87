// The gateway: its server, its shutdown, and its readiness.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Duplex } from "node:stream";

import { readWhole } from "../core/whole.ts";
import { Connections } from "../proxy/connections.ts";
import { deny } from "../proxy/answers.ts";
import { Plan } from "../proxy/plan.ts";
import { RequestCarrier } from "../proxy/request-carrier.ts";
import { WebSockets } from "../proxy/web-socket/web-sockets.ts";
import { BudgetStore } from "../stores/index.ts";
import { checkUpstreams, readGatewayOptions } from "./gateway-options.ts";
import type { GatewayOptions, GatewaySettings, GatewayTls } from "./gateway-options.ts";
import { GatewayDoor } from "./gateway-door.ts";
import type { ProviderKeyList } from "./provider-keys.ts";

const HEADERS_TIMEOUT_MS = 20_000;
const CHECKING_MS = 5000;
/**
 * Longer than load balancers keep idle connections, so that they close them, and not the gateway.
 */
const KEEP_ALIVE_MS = 75_000;
const DRAIN_MS = 30_000;
const TIMER_MS_MAX = 2 ** 31 - 1;
const BAD_REQUEST = 400;
const NO_UPGRADE =
  "HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/** A gateway that is running. */
export interface BudgetGateway {
  /** Its address, such as `http://127.0.0.1:4321`. */
  readonly url: string;
  /** Replaces the certificate for new connections. @throws {TypeError} without TLS. */
  replaceTls(tls: GatewayTls): void;
  /**
   * Replaces the keys of the named providers, for later calls.
   *
   * @throws {RangeError} if an upstream is unknown, or a key is not ASCII text without spaces;
   * nothing changes then.
   */
  replaceProviderKeys(keys: ProviderKeyList): void;
  /**
   * Accepts no new connections, waits up to `drainMs` milliseconds (default: 30,000) for running
   * calls, and books the rest as they stand. The store stays open.
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

/**
 * Starts a gateway over a store: callers send keys from `KeyStore`, or tokens, and their calls draw
 * from the pools of those. Several gateways of one store know the same keys and pools.
 *
 * @throws {TypeError | RangeError} if an option is unknown or invalid, or if the store does not
 * support documents.
 *
 * @example
 * const store = new BudgetStore(new MemoryStore());
 * await store.template("users/*", { caps: { usd: 5 }, window: "day" });
 * const { key } = await new KeyStore(store).create({ pool: "users/ada" }, "ops");
 * const gateway = await startGateway(store, { providerKeys: { openai: ["sk-key"] } });
 * const headers = { authorization: `Bearer ${key}` };
 * console.log((await fetch(`${gateway.url}/budget`, { headers })).status); // 200
 * await gateway.close();
 */
export async function startGateway(
  store: BudgetStore,
  options: GatewayOptions = {},
): Promise<BudgetGateway> {
  if (!(store instanceof BudgetStore))
    throw new TypeError("Expected `store` to be a store, such as sqliteStore(…)");
  const settings = readGatewayOptions(options);
  const gateway = new RunningGateway(store, settings);
  await gateway.listen();
  return gateway;
}

class RunningGateway implements BudgetGateway {
  readonly #settings: GatewaySettings;
  readonly #connections: Connections;
  readonly #carrier: RequestCarrier;
  readonly #door: GatewayDoor;
  readonly #webSockets: WebSockets;
  readonly #server: Server;
  readonly #open = new Set<ServerResponse>();
  #url = "";
  #isClosing = false;

  constructor(store: BudgetStore, settings: GatewaySettings) {
    this.#settings = settings;
    this.#connections = new Connections(settings.idleTimeoutMs);
    const plan = new Plan({}, () => undefined);
    this.#carrier = new RequestCarrier({
      ...settings,
      connections: this.#connections,
      plan,
    });
    this.#door = new GatewayDoor(store, this.#carrier, settings);
    const { requestTimeoutMs: requestTimeout, tls } = settings;
    const timeouts = {
      requestTimeout,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeout),
      connectionsCheckingInterval: Math.min(CHECKING_MS, requestTimeout),
    };
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.#answer(request, response);
    this.#server =
      tls === undefined
        ? createServer(timeouts, answer)
        : createSecureServer({ ...timeouts, ...tls }, answer);
    this.#server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.#webSockets = new WebSockets({
      ...settings,
      plan,
      connections: this.#connections,
      admit: (request) => this.#door.socketErrand(request),
      onExchange: (exchange) => this.#carrier.keep(exchange),
    });
    this.#server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (/\bwebsocket\b/i.test(request.headers.upgrade ?? ""))
        this.#webSockets.answer(request, socket, head);
      else {
        socket.on("error", () => undefined);
        socket.end(NO_UPGRADE);
      }
    });
  }

  async listen(): Promise<void> {
    const { host, port, tls } = this.#settings;
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    const address = this.#server.address();
    const found = typeof address === "object" && address !== null ? address.port : port;
    const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
    const named = shown.includes(":") ? `[${shown}]` : shown;
    this.#url = `${tls === undefined ? "http" : "https"}://${named}:${found}`;
    this.#door.listensAt(this.#url);
  }

  get url(): string {
    return this.#url;
  }

  replaceTls(tls: GatewayTls): void {
    if (
      !("setSecureContext" in this.#server) ||
      typeof this.#server.setSecureContext !== "function"
    )
      throw new TypeError("This gateway was started without `tls`");
    Reflect.apply(this.#server.setSecureContext, this.#server, [tls]);
  }

  replaceProviderKeys(keys: ProviderKeyList): void {
    const { providerKeys, upstreams } = this.#settings;
    checkUpstreams(Object.keys(keys), upstreams);
    providerKeys.replace(keys);
  }

  async close({ drainMs = DRAIN_MS }: { readonly drainMs?: number } = {}): Promise<void> {
    readWhole("drainMs", drainMs, 0, TIMER_MS_MAX);
    this.#isClosing = true;
    this.#door.isReady = false;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeIdleConnections();
    await this.#drained(drainMs);
    await this.#door.close();
    this.#webSockets.close();
    this.#server.closeAllConnections();
    await closed;
    this.#connections.close();
    await this.#carrier.settle();
  }

  /** Resolves once nothing is in progress, or after that time. */
  async #drained(drainMs: number): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      late = setTimeout(resolve, drainMs);
    });
    const ended = [...this.#open].map((response) => once(response, "close"));
    await Promise.race([Promise.all(ended), tooLate]);
    clearTimeout(late);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // A caller that leaves while being answered triggers "close".
    for (const stream of [request, response]) stream.on("error", () => undefined);
    this.#open.add(response);
    response.once("close", () => this.#open.delete(response));
    if (this.#isClosing) response.setHeader("connection", "close");
    this.#door.answer(request, response).catch((error: unknown) => {
      deny(response, BAD_REQUEST, error instanceof Error ? error.message : String(error));
    });
  }
}
