// Tunnels to other hosts, for programs that read `HTTPS_PROXY`: none leads to a provider that is
// known, because what goes through a tunnel cannot be metered.

import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { providerAt } from "../wire/providers.ts";

/** The name that goes with the key, as in `http://token-budget:key@127.0.0.1:4321`. */
export const TUNNEL_USER = "token-budget";

const CONNECT_MS = 30_000;
const HTTPS = 443;

/** What a tunnel is opened with. */
export interface TunnelSettings {
  readonly key: string;
  /** The proxy that leads out; undefined where there is none. */
  readonly way: URL | undefined;
  /** A tunnel to this host was refused. */
  readonly onRefused: (host: string) => void;
}

/** Opens a tunnel, or says why not. */
export function tunnel(
  request: IncomingMessage,
  caller: Duplex,
  head: Buffer,
  { key, way, onRefused }: TunnelSettings,
): void {
  caller.on("error", () => caller.destroy());
  if (!isEqual(request.headers["proxy-authorization"] ?? "", authorizationFor(key))) {
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
      `calls to ${provider.id} (${target.hostname}) go past the budget: point the program at its base URL, or start it without --guard`,
    );
    return;
  }
  lead(caller, head, target, way);
}

/** A host and a port, as a URL. */
function targetOf(address: string): URL | undefined {
  if (!/^[^/@?#]+:\d{1,5}$/.test(address) || !URL.canParse(`http://${address}`)) return undefined;
  return new URL(`http://${address}`);
}

function lead(caller: Duplex, head: Buffer, target: URL, way: URL | undefined): void {
  const port = Number(target.port === "" ? 80 : target.port);
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const out =
    way === undefined ? connect(port, host) : connect(Number(way.port || HTTPS), way.hostname);
  out.setTimeout(CONNECT_MS, () => out.destroy(new Error("no answer in time")));
  let isOpen = false;
  out.once("connect", () => {
    if (way === undefined) open();
    else throughWay(out, way, `${target.hostname}:${port}`, open);
  });
  out.on("error", (error) => {
    if (isOpen) caller.destroy();
    else refuse(caller, 502, "Bad Gateway", error.message);
  });
  caller.once("close", () => out.destroy());
  function open(): void {
    isOpen = true;
    out.setTimeout(0);
    caller.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) out.write(head);
    out.pipe(caller).pipe(out);
  }
}

/** Asks the proxy that leads out for a tunnel of its own. */
function throughWay(out: Socket, way: URL, address: string, open: () => void): void {
  const login = `${decodeURIComponent(way.username)}:${decodeURIComponent(way.password)}`;
  const authorization =
    way.username === ""
      ? ""
      : `Proxy-Authorization: Basic ${Buffer.from(login).toString("base64")}\r\n`;
  out.write(`CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\n${authorization}\r\n`);
  let answer = Buffer.alloc(0);
  out.on("data", function read(piece: Buffer) {
    answer = Buffer.concat([answer, piece]);
    const end = answer.indexOf("\r\n\r\n");
    if (end < 0 && answer.length < 16_384) return;
    out.off("data", read);
    out.pause();
    if (/^HTTP\/1\.\d 2\d\d/.test(answer.toString("latin1", 0, 32))) {
      out.unshift(answer.subarray(end + 4));
      open();
    } else out.destroy(new Error("the proxy that leads out refuses the tunnel"));
  });
}

function authorizationFor(key: string): string {
  return `Basic ${Buffer.from(`${TUNNEL_USER}:${key}`).toString("base64")}`;
}

/** Compares in a time that tells nothing. */
function isEqual(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function refuse(caller: Duplex, status: number, reason: string, message: string): void {
  const body = `token-budget: ${message}\n`;
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="token-budget"\r\n' : "";
  caller.end(
    `HTTP/1.1 ${status} ${reason}\r\n${challenge}Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
