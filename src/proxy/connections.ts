// Connections to upstreams, kept for the next request. They go out as the environment says.

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
import { forwarded } from "./headers.ts";
import { authorizationFor, openTunnel, wayTo } from "./way-out.ts";

interface Request {
  readonly method: string | undefined;
  readonly headers: OutgoingHttpHeaders;
}

type OnSocket = (error: Error | null, socket: Duplex) => void;

/** Connections over TLS, through a tunnel where the environment names a proxy. */
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
      // Where there is an error, nothing looks at the socket.
      Reflect.apply(done ?? (() => undefined), undefined, [error]);
    }
  }
}

/** Connections to upstreams. */
export class Connections {
  readonly #http = new HttpAgent({ keepAlive: true });
  #https: SecureAgent | undefined;
  #trusted: { readonly secureContext?: SecureContext } | undefined;

  /**
   * Begins a request like that of the caller. Headers that are undefined are left out; one that
   * `isFresh` uses no connection that was used before.
   */
  request(
    url: URL,
    from: Pick<IncomingMessage, "method" | "headers">,
    headers: Readonly<Record<string, string | undefined>>,
    isFresh = false,
  ): ClientRequest {
    const passed = { ...forwarded(from.headers), ...headers, host: url.host };
    const options = {
      method: from.method,
      headers: Object.fromEntries(
        Object.entries(passed).filter(([, value]) => value !== undefined),
      ),
    };
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
  }

  #secureAgent(keepAlive: boolean): SecureAgent {
    // Read at the first request that needs it: there are hundreds of certificates to look at.
    this.#trusted ??= trusted(process.env);
    return new SecureAgent({ keepAlive, ...this.#trusted });
  }
}

/** A request that is not secret names its whole address to the proxy (RFC 9112 §3.2.2). */
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
