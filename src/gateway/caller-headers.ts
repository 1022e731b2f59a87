// The headers of a caller: its credential, and those that must not leave the gateway. A provider
// sees the gateway as its one customer, so nothing of a caller may contradict that.

import type { IncomingHttpHeaders } from "node:http";

import { KEY_HEADER } from "../proxy/headers.ts";
import { isKeyText } from "./key-text.ts";

/** Where clients send keys: OpenAI's, Anthropic's, Google's and Azure's. */
const CREDENTIALS = [KEY_HEADER, "x-api-key", "x-goog-api-key", "api-key"] as const;
/** https://www.rfc-editor.org/rfc/rfc7519 in its compact form. */
const TOKEN = /^[\w-]{2,}\.[\w-]{2,}\.[\w-]*$/;
const LENGTH_MAX = 8192;

/** Headers that name a payer, the origin of a request, or a signer. */
const WITHHELD: readonly RegExp[] = [
  /^(?:authorization|cookie|api-key|x-api-key|x-goog-api-key|x-token-budget-key)$/,
  /^(?:openai-organization|openai-project|x-goog-user-project|x-goog-iam-.*)$/,
  /^(?:forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|cf-.*|baggage)$/,
  /^x-amz-.*$/,
  /^(?:origin|referer|sec-.*)$/,
  /^idempotency-replayed$/,
];

/** A cache of names of headers, with a limit because callers may invent any. */
const WITHHELD_NAMES = new Map<string, boolean>();
const NAMES_MAX = 1000;

/** Headers of answers about the account of the gateway. */
const KEPT_BACK: readonly string[] = [
  "set-cookie",
  "openai-organization",
  "openai-project",
  "anthropic-organization-id",
];

/** Headers in which a caller describes itself. */
export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "unclear" }
  | { readonly kind: "key" | "token"; readonly text: string };

/** Returns the credential of a request; two different ones count as none. */
export function credentialOf(headers: IncomingHttpHeaders): Credential {
  let found: string | undefined;
  const bearer = headers.authorization;
  if (bearer !== undefined && /^bearer /i.test(bearer)) found = usable(bearer.slice(7).trim());
  for (const name of CREDENTIALS) {
    const given = headers[name];
    if (given === undefined) continue;
    const text = usable(String(given).trim());
    if (text === undefined) continue;
    if (found !== undefined && found !== text) return { kind: "unclear" };
    found = text;
  }
  if (found === undefined) return { kind: "none" };
  return { kind: isKeyText(found) ? "key" : "token", text: found };
}

/** Returns a text that may be a credential of this gateway, and not one of a provider. */
function usable(text: string): string | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  return text.startsWith("tb_") || TOKEN.test(text) ? text : undefined;
}

/** Removes what must not leave the gateway, and adds the credential of the provider. */
export function replaceCredentials(
  headers: IncomingHttpHeaders,
  credentials: Readonly<Record<string, string>>,
): void {
  for (const name in headers) if (isWithheld(name)) delete headers[name];
  Object.assign(headers, credentials);
}

function isWithheld(name: string): boolean {
  const known = WITHHELD_NAMES.get(name);
  if (known !== undefined) return known;
  const found = WITHHELD.some((pattern) => pattern.test(name));
  if (WITHHELD_NAMES.size < NAMES_MAX) WITHHELD_NAMES.set(name, found);
  return found;
}

/** How browsers send a key for a WebSocket, which cannot have headers of its own. */
const KEY_PROTOCOL = /^openai-insecure-api-key\./;
/** Protocols that name a payer. */
const PAYER_PROTOCOL = /^openai-(?:insecure-api-key|organization|project)\./;

/** Moves the key of a WebSocket to the header where other requests have theirs. */
export function keyFromProtocols(headers: IncomingHttpHeaders): void {
  const offered = protocolsIn(headers);
  const brought = offered.find((each) => KEY_PROTOCOL.test(each));
  if (brought !== undefined && headers.authorization === undefined)
    headers.authorization = `Bearer ${brought.replace(KEY_PROTOCOL, "")}`;
}

/** The same for a WebSocket request whose handshake is forwarded. */
export function replaceSocketCredentials(
  headers: IncomingHttpHeaders,
  credentials: Readonly<Record<string, string>>,
): void {
  const { "sec-websocket-key": key, "sec-websocket-version": version } = headers;
  const offered = protocolsIn(headers).filter((each) => !PAYER_PROTOCOL.test(each));
  replaceCredentials(headers, credentials);
  if (key !== undefined) headers["sec-websocket-key"] = key;
  if (version !== undefined) headers["sec-websocket-version"] = version;
  if (offered.length > 0) headers["sec-websocket-protocol"] = offered.join(", ");
}

function protocolsIn(headers: IncomingHttpHeaders): readonly string[] {
  const offered = headers["sec-websocket-protocol"]?.split(",") ?? [];
  return offered.map((each) => each.trim()).filter((each) => each !== "");
}

/** Removes what an answer reveals of the gateway's own account. */
export function keepBack(headers: IncomingHttpHeaders): void {
  for (const name of KEPT_BACK) delete headers[name];
}

/** Returns a path without the parameter in which some clients send a key. */
export function withoutKey(path: string): string {
  const at = path.indexOf("?");
  if (at === -1) return path;
  const kept = path
    .slice(at + 1)
    .split("&")
    .filter((part) => !/^(?:key|api[-_]?key|access_token)=/i.test(decoded(part)));
  return path.slice(0, at) + (kept.length === 0 ? "" : `?${kept.join("&")}`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
