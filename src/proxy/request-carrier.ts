// Handles a request whose sender and destination are known: reserves money for it, forwards it to
// the upstream, and carries its answer back.

import type { IncomingMessage, ServerResponse } from "node:http";

import type { AmountView } from "../core/amount.ts";
import type { Exchange } from "../meter/exchange.ts";
import { meterExchange } from "../meter/meter-exchange.ts";
import type { ExchangeRequest, HeldExchange, Opened } from "../meter/exchange-request.ts";
import type { FailedPool } from "../meter/failed-pool.ts";
import type { LikelyRequest } from "../meter/known-requests.ts";
import { KNOWN_TOOLS } from "../meter/known-tools.ts";
import { knownRequestsModule } from "../meter/loaded-beside.ts";
import type { PoolSource } from "../meter/metered-pool.ts";
import type { MeterSettings } from "../meter/settings.ts";
import { BAD_GATEWAY, deny, send } from "./answers.ts";
import type { Connections } from "./connections.ts";
import { carry } from "./forward.ts";
import type { Carried } from "./forward.ts";
import { GivenBody } from "./given-body.ts";
import { headerOf, statusForClient } from "./headers.ts";
import { hear } from "./node-request.ts";
import { ownAddresses } from "./own-addresses.ts";
import type { Plan } from "./plan.ts";
import { refuseSigned } from "./refused-as.ts";
import { sendBeside } from "./send-beside.ts";
import { upstreamProvider } from "./upstreams.ts";

/** How requests are carried. */
interface CarrierSettings {
  readonly connections: Connections;
  readonly plan: Plan;
  readonly bodyBytesMax: number;
  readonly idleTimeoutMs: number;
}

/** The destination of a request, and the account it draws from. */
export interface Errand {
  readonly pool: PoolSource;
  readonly meter: MeterSettings;
  /** The name of the upstream. */
  readonly upstream: string;
  readonly url: URL;
  /** Answers a free request that may not pass; returns whether it did. */
  readonly withhold?: ((response: ServerResponse) => boolean) | undefined;
  /** Receives what is held for the request, before it is sent. */
  readonly onHeld?: ((amount: AmountView) => void) | undefined;
  /** Receives the headers of the answer, before the caller does. */
  readonly onHead?: ((status: number, headers: IncomingMessage["headers"]) => void) | undefined;
}

/** Holds a request that is like an earlier one; undefined for any other. */
async function openLike(
  pool: PoolSource,
  meter: MeterSettings,
  request: Omit<LikelyRequest, "text" | "address"> &
    Pick<ExchangeRequest, "method" | "body" | "address">,
): Promise<HeldExchange | FailedPool | undefined> {
  const { address, method } = request;
  const known = knownRequestsModule();
  if (known === undefined || typeof pool === "function" || address === undefined) return undefined;
  // Only then, because the body of a free request is passed on as it arrives.
  if (method !== "POST" || !known.isKnownAddress(meter, address)) return undefined;
  let text: string;
  try {
    text = await request.body();
  } catch {
    // It fails again where it is read next.
    return undefined;
  }
  return known.openKnown(pool, meter, { ...request, address, text }, KNOWN_TOOLS);
}

/** Carries requests, and tracks the running ones. */
export class RequestCarrier {
  readonly #settings: CarrierSettings;
  /** Running exchanges, to be settled when the carrier closes. */
  readonly #exchanges = new Set<Exchange>();

  constructor(settings: CarrierSettings) {
    this.#settings = settings;
  }

  /** Settles an exchange in `settle`, unless it is over by then. */
  keep(exchange: Exchange): void {
    this.#exchanges.add(exchange);
    exchange.whenSettled(() => this.#exchanges.delete(exchange));
  }

  /** Settles the running exchanges as they stand. */
  async settle(): Promise<void> {
    await Promise.all([...this.#exchanges].map((exchange) => exchange.abandoned()));
  }

  /** Reserves for, forwards and answers one request. */
  async carry(request: IncomingMessage, response: ServerResponse, errand: Errand): Promise<void> {
    const { bodyBytesMax, plan, connections } = this.#settings;
    const { url, meter, pool } = errand;
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const given = new GivenBody(request, bodyBytesMax);
    const provider = upstreamProvider(errand.upstream, url);
    const about = { method: request.method ?? "GET", url, provider };
    const signed = refuseSigned(request.headers.authorization, meter, about);
    const refused = (signed && (await signed)) ?? (await plan.refuse(meter, about));
    const asked = {
      ...about,
      // A pool that is found for each call goes with settings that hold for that call alone.
      address: typeof pool === "function" ? undefined : `${provider} ${url.href}`,
      body: () => given.text(),
      form: () => given.form(),
      isLong: Number(request.headers["content-length"]) > bodyBytesMax,
      signal: gone.signal,
      header: (name: string) => headerOf(request, name),
      send: sendBeside(connections, request),
    };
    const like = refused ?? (await openLike(pool, meter, asked));
    const opened =
      like === undefined || like.kind === "failed"
        ? await meterExchange(like ?? pool, meter, asked)
        : like;
    const onHead: Carried["onHead"] = (status, headers) => {
      plan.seen(provider, headers);
      errand.onHead?.(status, headers);
    };
    if (opened.kind === "refused") {
      const { status, headers, body } = opened.answer;
      send(response, statusForClient(status, request), body, headers);
      return;
    }
    if (opened.kind === "held") {
      errand.onHeld?.(opened.exchange.held);
      await this.#carry(url, given, response, opened, { signal: gone.signal, onHead });
    } else if (errand.withhold?.(response) !== true)
      this.#pass(url, request, response, errand.onHead);
  }

  /** Forwards a free request, piece by piece. */
  #pass(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
    onHead: Carried["onHead"],
  ): void {
    const { connections, idleTimeoutMs } = this.#settings;
    const readdress = ownAddresses(request, url);
    carry(response, {
      exchange: undefined,
      readdress,
      onHead,
      ask: (_sending, listener) => {
        const headers = readdress && { "accept-encoding": "identity" };
        const sent = connections.request(url, request, { ...headers });
        request.pipe(sent);
        return hear(sent, idleTimeoutMs, listener);
      },
      idleTimeoutMs,
      canRepeat: false,
      onFailure: (message) => deny(response, BAD_GATEWAY, message),
    });
  }

  /** Forwards a request for which money is held. */
  async #carry(
    url: URL,
    given: GivenBody,
    response: ServerResponse,
    { exchange, body: written }: Extract<Opened, { kind: "held" }>,
    { signal, onHead }: { readonly signal: AbortSignal } & Pick<Carried, "onHead">,
  ): Promise<void> {
    this.keep(exchange);
    const { connections, idleTimeoutMs } = this.#settings;
    let first: string | Buffer;
    try {
      const isAsItCame = written === undefined || written === given.read;
      first = isAsItCame ? await given.bytes() : written;
    } catch (error) {
      await exchange.notSent(error);
      throw error;
    }
    if (signal.aborted) {
      await exchange.notSent(new Error("the caller has gone"));
      return;
    }
    // A read request, such as for the state of running work, has no body.
    const isRead = given.request.method === "GET";
    const ask: Carried["ask"] = ({ body = first, isFresh }, listener) => {
      const headers = {
        // Usage is read from an uncompressed answer.
        "accept-encoding": "identity",
        "content-length": isRead ? undefined : String(Buffer.byteLength(body)),
        // A changed body is sent uncompressed.
        ...(typeof body === "string" && { "content-encoding": undefined }),
      };
      const from = given.request;
      return connections.send({ url, from, headers, body, isFresh }, listener);
    };
    carry(response, {
      exchange,
      readdress: ownAddresses(given.request, url),
      onHead,
      ask,
      idleTimeoutMs,
      canRepeat: true,
      onFailure: (message) => deny(response, BAD_GATEWAY, message),
    });
  }
}
