// Connections to upstreams, kept for later requests. They follow the proxy settings of the
// environment: direct ones use the runtime's dispatcher, others `node:http`.

import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type {
  ClientRequest,
  ClientRequestArgs,
  IncomingMessage,
  OutgoingHttpHeaders,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import process from "node:process";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";

import { trusted } from "./certificates.ts";
import { Dispatcher } from "./dispatcher.ts";
import { forwarded } from "./headers.ts";
import { hear } from "./node-request.ts";
import type { SentListener, SentRequest } from "./upstream-answer.ts";
import { authorizationFor, openTunnel, wayTo } from "./way-out.ts";

interface Request {
  readonly method: string | undefined;
  readonly headers: OutgoingHttpHeaders;
}

/** A request with its complete body. */
export interface WholeRequest {
  readonly url: URL;
  /** The caller's own headers. */
  readonly from: Pick<IncomingMessage, "method" | "headers">;
  /** Replacements for the caller's headers; undefined removes one. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | Buffer;
  /** Whether to avoid a connection that was used before. */
  readonly isFresh: boolean;
}

type OnSocket = (error: Error | null, socket: Duplex) => void;

/** Connections over TLS, through a tunnel if the environment names a proxy. */
class SecureAgent extends HttpsAgent {
  override createConnection(
    options: ClientRequestArgs,
    done?: OnSocket,
  ): Duplex | null | undefined {
    const { host, port } = options;
    const address = `${host?.includes(":") === true ? `[${host}]` : host}:${port ?? 443}`;
    const way = wayTo(new URL(`https://${address}`), process.env);
    if (way === undefined) return super.createConnection(options, done);
    void this.#throughTunnel(way, address, options, done);
    return undefined;
  }

  async #throughTunnel(
    way: URL,
    address: string,
    options: ClientRequestArgs,
    done?: OnSocket,
  ): Promise<void> {
    try {
      const socket = await openTunnel(way, address);
      const secured = super.createConnection(Object.assign({}, options, { socket }));
      if (secured !== null && secured !== undefined) done?.(null, secured);
    } catch (error) {
      // After an error, nothing uses the socket.
      Reflect.apply(done ?? (() => undefined), undefined, [error]);
    }
  }
}

/** Connections to upstreams. */
export class Connections {
  readonly #http = new HttpAgent({ keepAlive: true });
  #https: SecureAgent | undefined;
  #trusted: { readonly secureContext?: SecureContext } | undefined;
  readonly #idleTimeoutMs: number;
  #dispatcher: Dispatcher | undefined;

  /** @param idleTimeoutMs How long an upstream may be silent. */
  constructor(idleTimeoutMs: number) {
    this.#idleTimeoutMs = idleTimeoutMs;
  }

  /** Sends a request like the caller's, and reports its outcome. */
  send(request: WholeRequest, listener: SentListener): SentRequest {
    const { url, from, headers, body, isFresh } = request;
    const dispatcher = isFresh ? undefined : this.#dispatcherFor(url);
    if (dispatcher !== undefined) {
      const { method = "GET" } = from;
      return dispatcher.send(
        { url, method, headers: passedOn(url, from, headers), body },
        listener,
      );
    }
    const sent = this.request(url, from, headers, isFresh);
    const heard = hear(sent, this.#idleTimeoutMs, listener);
    sent.end(body);
    return heard;
  }

  #dispatcherFor(url: URL): Dispatcher | undefined {
    if (wayTo(url, process.env) !== undefined) return undefined;
    this.#dispatcher ??= Dispatcher.create(this.#idleTimeoutMs, () => this.#certificates());
    return this.#dispatcher;
  }

  /**
   * Begins a request like the caller's. Undefined headers are omitted; one that `isFresh` uses no
   * connection that was used before.
   */
  request(
    url: URL,
    from: Pick<IncomingMessage, "method" | "headers">,
    headers: Readonly<Record<string, string | undefined>>,
    isFresh = false,
  ): ClientRequest {
    const options = { method: from.method, headers: passedOn(url, from, headers) };
    if (url.protocol === "https:")
      return httpsRequest(url, {
        ...options,
        agent: isFresh ? this.#secureAgent(false) : (this.#https ??= this.#secureAgent(true)),
      });
    const way = wayTo(url, process.env);
    if (way !== undefined) return askProxy(way, url, options);
    return httpRequest(url, { ...options, agent: isFresh ? new HttpAgent() : this.#http });
  }

  close(): void {
    this.#http.destroy();
    this.#https?.destroy();
    void this.#dispatcher?.close();
  }

  #secureAgent(keepAlive: boolean): SecureAgent {
    return new SecureAgent({ keepAlive, ...this.#certificates() });
  }

  /** Read with the first request that needs it: there are hundreds of certificates. */
  #certificates(): { readonly secureContext?: SecureContext } {
    this.#trusted ??= trusted(process.env);
    return this.#trusted;
  }
}

/** Returns the headers of a caller's request as they are forwarded to an upstream. */
function passedOn(
  url: URL,
  from: Pick<IncomingMessage, "headers">,
  headers: Readonly<Record<string, string | undefined>>,
): OutgoingHttpHeaders {
  const passed = forwarded(from.headers);
  for (const [name, value] of Object.entries(headers))
    if (value === undefined) delete passed[name];
    else passed[name] = value;
  passed.host = url.host;
  return passed;
}

/** A plain HTTP request names its full address to the proxy (RFC 9112 §3.2.2). */
function askProxy(way: URL, url: URL, { method, headers }: Request): ClientRequest {
  const ask = way.protocol === "https:" ? httpsRequest : httpRequest;
  const address = new URL(url);
  address.username = "";
  address.password = "";
  address.hash = "";
  return ask({
    host: way.hostname.replace(/^\[|\]$/g, ""),
    port: way.port,
    method,
    path: address.href,
    headers: { ...headers, ...authorizationFor(way) },
    agent: false,
  });
}
