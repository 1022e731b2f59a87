// The proxy settings of the environment: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case.
// Node.js reads them itself from 24.5 on; this works on every version.

import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

const CONNECT_MS = 30_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/i;

/**
 * Returns the proxy for an address; undefined for a direct connection. This machine is always
 * reached directly.
 */
export function wayTo(url: URL, env: Environment): URL | undefined {
  if (LOOPBACK.test(url.hostname)) return undefined;
  const name = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const given = env[name] ?? env[name.toUpperCase()] ?? "";
  const address = given === "" || given.includes("://") ? given : `http://${given}`;
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return undefined;
  return isLeftOut(url, env["no_proxy"] ?? env["NO_PROXY"] ?? "") ? undefined : new URL(address);
}

/**
 * Returns whether a list such as `localhost,.corp.example,10.0.0.1:8080` includes a host, or is
 * `*`.
 */
function isLeftOut({ protocol, hostname, port }: URL, list: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  const known = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", at] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (name === "" || (at !== undefined && at !== known)) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}

/** Returns the authorization header for a proxy; undefined if its address has no user. */
export function authorizationFor({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

/**
 * Opens a tunnel through a proxy to a host and a port, such as `api.openai.com:443`.
 *
 * @throws {Error} if the proxy does not answer within 30 s, or refuses.
 */
export function openTunnel(way: URL, address: string): Promise<Socket> {
  const ask = way.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = ask({
      host: way.hostname.replace(/^\[|\]$/g, ""),
      port: way.port,
      method: "CONNECT",
      path: address,
      headers: { host: address, ...authorizationFor(way) },
      agent: false,
      timeout: CONNECT_MS,
    });
    asked.once("connect", (answer, socket: Socket, head: Buffer) => {
      const { statusCode: status = 0 } = answer;
      if (status < 200 || status > 299) {
        socket.destroy();
        reject(new Error(`the proxy ${way.host} refuses a tunnel to ${address} (${status})`));
        return;
      }
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asked.once("response", (answer) => {
      answer.destroy();
      reject(new Error(`the proxy ${way.host} refused a tunnel (${answer.statusCode})`));
    });
    asked.once("timeout", () => {
      asked.destroy(new Error(`the proxy ${way.host} does not answer within ${CONNECT_MS} ms`));
    });
    asked.once("error", (error) => {
      reject(new Error(`the proxy ${way.host}: ${error.message}`, { cause: error }));
    });
    asked.end();
  });
}
