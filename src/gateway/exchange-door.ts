// Calls to providers: their account, the gateway's key for them, and the budget headers of their
// answers.

import type { IncomingMessage, ServerResponse } from "node:http";

import { isWithin } from "../api/access.ts";
import { BudgetError, BudgetExceeded } from "../core/errors.ts";
import { PoolGone } from "../core/pool-gone.ts";
import { withoutFigures } from "../meter/hidden-refusal.ts";
import type { MeterSettings } from "../meter/settings.ts";
import { CannotMeter, refusedAnswer } from "../meter/refusals.ts";
import type { ExchangeReport } from "../meter/report.ts";
import { deny, send } from "../proxy/answers.ts";
import { statusForClient } from "../proxy/headers.ts";
import type { RequestCarrier } from "../proxy/request-carrier.ts";
import type { SocketDenial, SocketErrand } from "../proxy/web-socket/web-sockets.ts";
import { errorFormatAt } from "../proxy/refused-as.ts";
import { addressAt, upstreamProvider } from "../proxy/upstreams.ts";
import type { Upstream } from "../proxy/upstreams.ts";
import { budgetHeaders } from "./budget-figures.ts";
import {
  keepBack,
  replaceCredentials,
  replaceSocketCredentials,
  withoutKey,
} from "./caller-headers.ts";
import type { CappedCalls } from "./capped-calls.ts";
import type { GatewayPools, RequestAccount } from "./gateway-pools.ts";
import type { Caller } from "./caller.ts";
import { credentialsFor } from "./provider-keys.ts";
import type { ProviderKeys } from "./provider-keys.ts";
import { mayBeShared } from "./shared-routes.ts";
import { targetOf } from "./targets.ts";

/** The arguments of the exchange door. */
interface DoorSettings {
  readonly carrier: RequestCarrier;
  readonly pools: GatewayPools;
  readonly capped: CappedCalls;
  readonly meter: MeterSettings;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly providerKeys: ProviderKeys;
  /** Whether callers may see everything of the account at a provider. */
  readonly sharesProviderState: boolean;
}

/** What is noted of a request while it is answered. */
export interface Noted {
  upstream?: string;
  report?: ExchangeReport;
  /** The total booked by its exchanges. */
  bookedUsd?: number;
  /** The answer to a WebSocket request. */
  socketStatus?: number;
}

const FORBIDDEN = 403;
const NOT_FOUND = 404;
const PAYMENT_REQUIRED = 402;
const UNAVAILABLE = 503;
const STORE_AWAY = "the store of the budgets does not answer";

/** The destination of a request. */
interface Lead {
  /** The name of the upstream. */
  readonly name: string;
  readonly url: URL;
  readonly key: NonNullable<ReturnType<ProviderKeys["take"]>>;
}

/** Forwards calls to providers. */
export class ExchangeDoor {
  readonly #settings: DoorSettings;

  constructor(settings: DoorSettings) {
    this.#settings = settings;
  }

  /** Answers a call of a known caller. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    identity: Caller,
    noted: Noted,
  ): Promise<void> {
    const { carrier, pools, capped, providerKeys } = this.#settings;
    const { headers } = request;
    const found = this.#leadOf(request, noted);
    if ("status" in found) {
      await this.deny(request, response, found.status, found.message);
      return;
    }
    const { name, url, key } = found;
    const pool = await this.#opened(identity.pool, request, response);
    if (pool === undefined) return;
    replaceCredentials(headers, credentialsFor(name, key));
    const account = pools.account(identity.pool);
    const say = (): void => {
      const figures = pools.figures(identity.pool, identity.subtree);
      if (figures === undefined || response.headersSent) return;
      for (const [header, value] of Object.entries(budgetHeaders(figures, Date.now())))
        response.setHeader(header, value);
    };
    say();
    await carrier.carry(request, response, {
      pool: capped.sourceOf(pool),
      meter: this.#meterFor(identity, noted, account),
      upstream: name,
      url,
      onHeld: (amount) => account.held(amount),
      withhold: (answer) => this.#withheld(request, url, answer),
      onHead: (status, answered) => {
        providerKeys.answered(key, status, answered, Date.now());
        keepBack(answered);
        say();
      },
    });
  }

  /**
   * Returns the destination of a caller's WebSocket. Before each response, `isStill` is called to
   * check that the caller is still authorized.
   */
  async socketErrand(
    request: IncomingMessage,
    identity: Caller,
    noted: Noted,
    isStill: () => Promise<boolean>,
  ): Promise<SocketErrand | SocketDenial> {
    const { pools, capped, providerKeys } = this.#settings;
    const found = this.#leadOf(request, noted);
    if ("status" in found) return found;
    const { name, url, key } = found;
    try {
      await pools.open(identity.pool);
    } catch (error) {
      if (CannotMeter.is(error)) return { status: PAYMENT_REQUIRED, message: error.message };
      if (!BudgetError.is(error)) throw error;
      return { status: UNAVAILABLE, message: STORE_AWAY };
    }
    replaceSocketCredentials(request.headers, credentialsFor(name, key));
    const meter = this.#meterFor(identity, noted, pools.account(identity.pool));
    return {
      upstream: name,
      url,
      meter,
      async account() {
        try {
          if (!(await isStill()))
            return new CannotMeter("budget_missing", "the key of this session is no longer valid");
          return { pool: capped.sourceOf(await pools.open(identity.pool)), meter };
        } catch (error) {
          return CannotMeter.is(error) ? error : new CannotMeter("store_unavailable", STORE_AWAY);
        }
      },
      onOpened(status, headers) {
        noted.socketStatus = status;
        providerKeys.answered(key, status, headers, Date.now());
        keepBack(headers);
      },
    };
  }

  /** Returns the destination of a request, and the provider's key for it. */
  #leadOf({ headers, url: path = "/" }: IncomingMessage, noted: Noted): Lead | SocketDenial {
    const { upstreams, providerKeys } = this.#settings;
    if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined)
      return {
        status: FORBIDDEN,
        message: "web pages may not use this gateway: a key in a page is no secret",
      };
    const target = targetOf(withoutKey(path), headers, upstreams);
    const url = target && addressAt(target.upstream, target.path);
    if (target === undefined || url === undefined) {
      const known = providerKeys.upstreams.join(", ");
      return { status: NOT_FOUND, message: `unknown path; begin it with an upstream: ${known}` };
    }
    const { name } = target.upstream;
    noted.upstream = name;
    const key = providerKeys.take(name, Date.now());
    if (key !== undefined) return { name, url, key };
    const message = `this gateway has no key for ${name}; its administrator sets one`;
    return { status: NOT_FOUND, message };
  }

  /** Returns the pool of a caller, or answers with an error. */
  async #opened(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Awaited<ReturnType<GatewayPools["open"]>> | undefined> {
    try {
      return await this.#settings.pools.open(path);
    } catch (error) {
      if (!(error instanceof Error) || !BudgetError.is(error)) throw error;
      const isMissing = CannotMeter.is(error);
      const shown = isMissing ? error : new Error(STORE_AWAY);
      const wire = await this.#errorFormatOf(request);
      const { status, headers, body } = refusedAnswer(shown, wire);
      send(response, statusForClient(status, request), body, headers);
      return undefined;
    }
  }

  /**
   * Refuses a request in the format that errors have at its path: that of a provider, or the
   * gateway's own.
   */
  async deny(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    message: string,
  ): Promise<void> {
    deny(response, status, message, await this.#errorFormatOf(request));
  }

  async #errorFormatOf({ headers, method = "GET", url: path = "/" }: IncomingMessage) {
    const target = targetOf(withoutKey(path), headers, this.#settings.upstreams);
    const url = target && addressAt(target.upstream, target.path);
    if (target === undefined || url === undefined) return undefined;
    return await errorFormatAt({
      method,
      url,
      provider: upstreamProvider(target.upstream.name, url),
    });
  }

  #withheld(request: IncomingMessage, url: URL, response: ServerResponse): boolean {
    const { method = "GET" } = request;
    if (this.#settings.sharesProviderState || mayBeShared(method, url)) return false;
    void this.deny(
      request,
      response,
      FORBIDDEN,
      `${method} ${url.pathname} would show objects of other callers at the provider; request one by its id`,
    );
    return true;
  }

  #meterFor({ name, pool, subtree }: Caller, noted: Noted, account: RequestAccount): MeterSettings {
    const { meter, pools, capped } = this.#settings;
    return {
      ...meter,
      label: name,
      shown: (error) =>
        BudgetExceeded.is(error) && !isWithin(error.pool, subtree) ? withoutFigures(error) : error,
      onExchange: (report) => {
        noted.report = report;
        account.settled(report.booked);
        if (report.booked !== undefined)
          noted.bookedUsd = (noted.bookedUsd ?? 0) + report.booked.usd;
        if (PoolGone.is(report.error)) {
          for (const path of [pool, report.error.pool]) pools.forget(path);
          capped.forget(report.error.pool);
        }
        meter.onExchange?.(report);
      },
    };
  }
}
