// The routing of a request to a gateway: its sender, and the part of the gateway that answers.

import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";

import { BudgetError } from "../core/errors.ts";
import { CannotMeter } from "../meter/refusals.ts";
import { deny, send } from "../proxy/answers.ts";
import type { RequestCarrier } from "../proxy/request-carrier.ts";
import type { SocketDenial, SocketErrand } from "../proxy/web-socket/web-sockets.ts";
import { StoreUnavailable } from "../stores/index.ts";
import type { BudgetStore } from "../stores/index.ts";
import { loggedModel, loggedPath } from "./access-log.ts";
import { AdminDoor, GATEWAY_ROUTES } from "./admin/admin-door.ts";
import { isSpendLimitPath } from "./admin/spend-limits.ts";
import { alertRoutes } from "./admin/alert-routes.ts";
import { AlertSender } from "./alerts/alert-sender.ts";
import { answerAgent } from "./agent-door.ts";
import { budgetHeaders, budgetView } from "./budget-figures.ts";
import type { BudgetFigures } from "./budget-figures.ts";
import { addressOf } from "./caller-address.ts";
import { keyFromProtocols } from "./caller-headers.ts";
import { CappedCalls } from "./capped-calls.ts";
import { ExchangeDoor } from "./exchange-door.ts";
import type { Noted } from "./exchange-door.ts";
import { FailedKeys } from "./failed-keys.ts";
import type { GatewaySettings } from "./gateway-options.ts";
import { GatewayPools } from "./gateway-pools.ts";
import { Callers } from "./callers.ts";
import type { Caller, Unidentified } from "./caller.ts";
import { IncreaseRequests } from "./increase-requests.ts";
import type { WantedIncrease } from "./increase-requests.ts";
import { KeyStore } from "./key-store.ts";
import { KnownKeys } from "./known-keys.ts";
import { GatewayMetrics } from "./metrics.ts";
import { bodyOf, BodyTooLong } from "./web-request.ts";

const JSON_TYPE = { "content-type": "application/json", "cache-control": "no-store" };
const TOO_LONG = 413;
const UNAVAILABLE = 503;
/** How long the store may take to answer a readiness check. */
const READY_MS = 2000;

/** Answers the requests to a gateway. */
export class GatewayDoor {
  readonly #settings: GatewaySettings;
  readonly #store: BudgetStore;
  readonly #pools: GatewayPools;
  readonly #capped: CappedCalls;
  readonly #identities: Callers;
  readonly #exchanges: ExchangeDoor;
  readonly #requests: IncreaseRequests;
  readonly #metrics: GatewayMetrics = new GatewayMetrics();
  readonly #admin: AdminDoor;
  readonly #alerts: AlertSender;
  /** The names under which browsers may reach this gateway. */
  readonly #hosts = new Set<string>();
  /** Whether new requests are accepted. */
  isReady = true;

  constructor(store: BudgetStore, carrier: RequestCarrier, settings: GatewaySettings) {
    this.#settings = settings;
    this.#store = store;
    this.#pools = new GatewayPools(store, settings.allowsUncapped, settings.slices);
    this.#capped = new CappedCalls({ store, open: (path) => this.#pools.open(path) });
    this.#requests = new IncreaseRequests(store);
    const keys = new KeyStore(store);
    this.#identities = new Callers(new KnownKeys(keys), settings.tokens, new FailedKeys());
    const { mail, sendsAlerts } = settings;
    this.#alerts = new AlertSender(store, { mail, ...settings.alerts });
    if (sendsAlerts) this.#alerts.start();
    this.#admin = new AdminDoor({
      store,
      keys,
      identities: this.#identities,
      routes: [...GATEWAY_ROUTES, ...alertRoutes(this.#alerts)],
      hosts: this.#hosts,
      isSecure: settings.tls !== undefined,
    });
    const { meter } = settings;
    this.#exchanges = new ExchangeDoor({
      ...settings,
      carrier,
      pools: this.#pools,
      capped: this.#capped,
      meter: {
        ...meter,
        onExchange: (report) => {
          this.#metrics.exchanged(report);
          meter.onExchange?.(report);
        },
      },
    });
  }

  /** The address of the gateway. */
  listensAt(url: string): void {
    const { host, port } = new URL(url);
    const own = this.#settings.hosts ?? [
      host,
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
    ];
    for (const each of own) this.#hosts.add(each);
  }

  async close(): Promise<void> {
    await this.#alerts.close();
  }

  /** Answers one request. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (path === "/healthz") {
      send(response, 200, "ok\n", { "content-type": "text/plain" });
      return;
    }
    if (path === "/readyz") {
      await this.#showReadiness(response);
      return;
    }
    const noted: Noted & { identity?: Caller } = {};
    const address = addressOf(request, this.#settings.forwardedHops);
    this.#note(request, address, noted, response, () =>
      response.headersSent ? response.statusCode : 0,
    );
    if (isAdminPath(path)) {
      await this.#answerAdmin(request, response, address);
      return;
    }
    const told = this.#identities.of(request.headers, address);
    let identity: Caller | Unidentified;
    try {
      identity = told instanceof Promise ? await told : told;
    } catch (error) {
      const what = BudgetError.is(error) ? "the store of the budgets" : "the issuer of tokens";
      const message = `${what} does not answer; try again later`;
      await this.#exchanges.deny(request, response, UNAVAILABLE, message);
      return;
    }
    if (path === "/metrics" && this.#settings.openMetrics) {
      this.#showMetrics(response);
      return;
    }
    if ("status" in identity) {
      await this.#turnAway(request, response, identity);
      return;
    }
    noted.identity = identity;
    await this.#answerTo(identity, path, { request, response, noted });
  }

  /** Returns the destination of a WebSocket request, if its sender may open one. */
  async socketErrand(request: IncomingMessage): Promise<SocketErrand | SocketDenial> {
    if (!this.isReady) return { status: UNAVAILABLE, message: "this gateway is about to end" };
    const noted: Noted & { identity?: Caller } = {};
    const address = addressOf(request, this.#settings.forwardedHops);
    this.#note(request, address, noted, request.socket, () => noted.socketStatus ?? 0);
    keyFromProtocols(request.headers);
    const credentials = { ...request.headers };
    const found = await this.#socketErrandOf(request, credentials, { address, noted });
    if ("status" in found) noted.socketStatus = found.status;
    return found;
  }

  async #socketErrandOf(
    request: IncomingMessage,
    credentials: IncomingMessage["headers"],
    { address, noted }: { readonly address: string; readonly noted: Noted & { identity?: Caller } },
  ): Promise<SocketErrand | SocketDenial> {
    try {
      const identity = await this.#identities.of(credentials, address);
      if ("status" in identity) {
        this.#metrics.turnedAway(identity.status);
        return { status: identity.status, message: identity.message };
      }
      noted.identity = identity;
      return await this.#exchanges.socketErrand(request, identity, noted, async () => {
        const now = await this.#identities.of(credentials, address);
        return !("status" in now) && now.pool === identity.pool;
      });
    } catch (error) {
      const what = BudgetError.is(error) ? "the store of the budgets" : "the issuer of tokens";
      return { status: UNAVAILABLE, message: `${what} does not answer; try again later` };
    }
  }

  async #answerAdmin(
    request: IncomingMessage,
    response: ServerResponse,
    address: string,
  ): Promise<void> {
    try {
      await this.#admin.answer(request, response, address);
    } catch (error) {
      answerError(response, error);
    }
  }

  async #answerTo(
    identity: Caller,
    path: string,
    {
      request,
      response,
      noted,
    }: {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
      readonly noted: Noted;
    },
  ): Promise<void> {
    try {
      if (path === "/budget") await this.#showBudget(identity, response);
      else if (path === "/mcp") await this.#answerAgent(identity, request, response);
      else if (path === "/metrics") {
        if (identity.role === "admin") this.#showMetrics(response);
        else deny(response, 403, "metrics are shown to keys of admins");
      } else await this.#exchanges.answer(request, response, identity, noted);
    } catch (error) {
      answerError(response, error);
    }
  }

  async #turnAway(
    request: IncomingMessage,
    response: ServerResponse,
    { status, message, waitS }: Unidentified,
  ): Promise<void> {
    this.#metrics.turnedAway(status);
    if (status === 401) response.setHeader("www-authenticate", "Bearer");
    if (waitS !== undefined) response.setHeader("retry-after", String(waitS));
    await this.#exchanges.deny(request, response, status, message);
  }

  async #showReadiness(response: ServerResponse): Promise<void> {
    const text = { "content-type": "text/plain" };
    if (!this.isReady) {
      send(response, UNAVAILABLE, "draining\n", text);
      return;
    }
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      late = setTimeout(() => reject(new Error("too late")), READY_MS);
    });
    try {
      await Promise.race([this.#store.documents.read("versions", "keys"), tooLate]);
      send(response, 200, "ready\n", text);
    } catch {
      send(response, UNAVAILABLE, "the store does not answer\n", text);
    } finally {
      clearTimeout(late);
    }
  }

  #showMetrics(response: ServerResponse): void {
    const type = "text/plain; version=0.0.4; charset=utf-8";
    send(response, 200, this.#metrics.text(), { "content-type": type });
  }

  async #showBudget({ pool, subtree }: Caller, response: ServerResponse): Promise<void> {
    try {
      const figures = await this.#pools.figuresNow(pool, subtree);
      const headers = { ...JSON_TYPE, ...budgetHeaders(figures, Date.now()) };
      send(response, 200, JSON.stringify(await this.#viewOf(figures)), headers);
    } catch (error) {
      if (!CannotMeter.is(error)) throw error;
      deny(response, 402, error.message);
    }
  }

  /** Returns what a caller may still spend, with the remainders of model and provider caps. */
  async #viewOf(figures: BudgetFigures): Promise<Readonly<Record<string, unknown>>> {
    const below = await this.#store.snapshots(await this.#capped.pathsBelow(figures.pool));
    return budgetView(figures, Date.now(), below);
  }

  async #answerAgent(
    identity: Caller,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      deny(response, 405, "this MCP server keeps no stream open: send messages by POST");
      return;
    }
    if (request.headers.origin !== undefined) {
      deny(response, 403, "web pages may not use this gateway");
      return;
    }
    const { status, body } = await answerAgent(String(await bodyOf(request)), identity, {
      status: async ({ pool, subtree }) =>
        await this.#viewOf(await this.#pools.figuresNow(pool, subtree)),
      ask: async ({ pool, name }, wanted) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every part is checked
        const asked = await this.#requests.ask(pool, name, wanted as unknown as WantedIncrease);
        return { ...asked };
      },
    });
    if (body === undefined) response.writeHead(status).end();
    else send(response, status, body, JSON_TYPE);
  }

  /** Logs the outcome of a request, once it is answered. */
  #note(
    request: IncomingMessage,
    address: string,
    noted: Noted & { identity?: Caller },
    answer: EventEmitter,
    status: () => number,
  ): void {
    const at = Date.now();
    const since = performance.now();
    this.#metrics.open++;
    answer.once("close", () => {
      this.#metrics.open--;
      const { identity, report, upstream, bookedUsd } = noted;
      const entry = {
        at,
        method: request.method ?? "GET",
        path: loggedPath(request.url ?? "/"),
        status: status(),
        ms: performance.now() - since,
        address,
        key: identity?.id,
        pool: identity?.pool,
        upstream,
        model: loggedModel(report?.model),
        outcome: report?.outcome,
        heldUsd: report?.held?.usd,
        bookedUsd,
      };
      this.#metrics.answered(entry);
      try {
        this.#settings.onRequest(entry);
      } catch {
        // The log is the user's own code.
      }
    });
  }
}

function isAdminPath(path: string): boolean {
  const isConsole = path === "/console" || path.startsWith("/console/");
  return isConsole || path.startsWith("/api/") || isSpendLimitPath(path);
}

/**
 * Answers for an error.
 * @throws an error that neither the caller nor the store caused.
 */
function answerError(response: ServerResponse, error: unknown): void {
  if (StoreUnavailable.is(error))
    deny(response, UNAVAILABLE, "the store of the budgets does not answer; try again later");
  else if (error instanceof BodyTooLong) deny(response, TOO_LONG, error.message);
  else throw error;
}
