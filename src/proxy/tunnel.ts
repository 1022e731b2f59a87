// Tunnels to other hosts, for programs that read `HTTPS_PROXY`. None leads to a known provider,
// because traffic in a tunnel cannot be metered.

import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { providerAt } from "../wire/providers.ts";
import { isSameSecret } from "./same-secret.ts";
import { openTunnel, wayTo } from "./way-out.ts";

/** The user name that goes with the key, as in `http://token-budget:key@127.0.0.1:4321`. */
export const TUNNEL_USER = "token-budget";

const CONNECT_MS = 30_000;

/** The arguments of a tunnel. */
export interface TunnelSettings {
  readonly key: string;
  /** The environment, which may name a proxy. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with a host to which a tunnel was refused. */
  readonly onRefused: (host: string) => void;
}

/** Opens a tunnel, or refuses it. */
export function tunnel(
  request: IncomingMessage,
  caller: Duplex,
  head: Buffer,
  { key, env, onRefused }: TunnelSettings,
): void {
  caller.on("error", () => caller.destroy());
  if (!isSameSecret(request.headers["proxy-authorization"] ?? "", authorizationFor(key))) {
    refuse(caller, 407, "Proxy Authentication Required", "the key of this proxy is missing");
    return;
  }
  const target = targetOf(request.url ?? "");
  if (target === undefined) {
    refuse(caller, 400, "Bad Request", "a tunnel leads to a host and a port");
    return;
  }
  const provider = providerAt(new URL(`https://${target.hostname}`));
  if (provider !== undefined) {
    onRefused(target.hostname);
    refuse(
      caller,
      403,
      "Forbidden",
      `calls to ${provider.id} (${target.hostname}) bypass the budget: point the program at the proxy's base URL, or start it without --guard`,
    );
    return;
  }
  lead(caller, head, target, wayTo(new URL(`https://${target.host}`), env));
}

/** Returns a host and a port as a URL. */
function targetOf(address: string): URL | undefined {
  if (!/^[^/@?#]+:\d{1,5}$/.test(address) || !URL.canParse(`http://${address}`)) return undefined;
  return new URL(`http://${address}`);
}

function lead(caller: Duplex, head: Buffer, target: URL, way: URL | undefined): void {
  const port = Number(target.port === "" ? 80 : target.port);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  if (way !== undefined) {
    void joinThrough(way, `${target.hostname}:${port}`, caller, head);
    return;
  }
  const out = connect(port, host);
  out.setTimeout(CONNECT_MS, () => out.destroy(new Error("no answer in time")));
  const failed = (error: Error): void => refuse(caller, 502, "Bad Gateway", error.message);
  out.once("error", failed);
  out.once("connect", () => {
    out.off("error", failed);
    out.setTimeout(0);
    join(caller, head, out);
  });
  caller.once("close", () => out.destroy());
}

async function joinThrough(way: URL, address: string, caller: Duplex, head: Buffer): Promise<void> {
  try {
    join(caller, head, await openTunnel(way, address));
  } catch (error) {
    refuse(caller, 502, "Bad Gateway", error instanceof Error ? error.message : String(error));
  }
}

/** Copies bytes both ways until either side ends. */
function join(caller: Duplex, head: Buffer, out: Socket): void {
  out.on("error", () => caller.destroy());
  out.once("close", () => caller.destroy());
  caller.once("close", () => out.destroy());
  if (caller.destroyed) {
    out.destroy();
    return;
  }
  caller.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  if (head.length > 0) out.write(head);
  out.pipe(caller).pipe(out);
}

function authorizationFor(key: string): string {
  return `Basic ${Buffer.from(`${TUNNEL_USER}:${key}`).toString("base64")}`;
}

function refuse(caller: Duplex, status: number, reason: string, message: string): void {
  const body = `token-budget: ${message}\n`;
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="token-budget"\r\n' : "";
  caller.end(
    `HTTP/1.1 ${status} ${reason}\r\n${challenge}Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
