// Connections to upstreams, kept for the next request.

import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { AgentOptions, ClientRequest, IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

import { forwarded } from "./headers.ts";

/**
 * How connections are made. The way out is that of the environment (HTTP_PROXY, HTTPS_PROXY,
 * NO_PROXY) where Node.js knows it, from 24.5 on; older versions pass over the option.
 * https://nodejs.org/api/http.html#built-in-proxy-support
 */
const OPTIONS: AgentOptions = { keepAlive: true, proxyEnv: process.env };

/** The proxy of the environment that leads out to HTTPS; undefined where there is none. */
export function wayOut(env: NodeJS.ProcessEnv): URL | undefined {
  const address = env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "";
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** Connections to upstreams. */
export class Connections {
  readonly #http = new HttpAgent(OPTIONS);
  readonly #https = new HttpsAgent(OPTIONS);

  /**
   * Begins a request like that of the caller. Headers that are undefined are left out; one that
   * `isFresh` uses no connection that was used before.
   */
  request(
    url: URL,
    from: IncomingMessage,
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
      return httpsRequest(url, { ...options, agent: isFresh ? freshHttps() : this.#https });
    return httpRequest(url, { ...options, agent: isFresh ? freshHttp() : this.#http });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function freshHttp(): HttpAgent {
  return new HttpAgent({ ...OPTIONS, keepAlive: false });
}

function freshHttps(): HttpsAgent {
  return new HttpsAgent({ ...OPTIONS, keepAlive: false });
}
