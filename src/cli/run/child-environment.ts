// The variables that tell SDKs where to send requests.

import { basename } from "node:path";

import { PROVIDERS } from "../../wire/providers.ts";
import { KEY_HEADER } from "../../proxy/headers.ts";
import { TUNNEL_USER } from "../../proxy/tunnel.ts";
import { cloudRoutesIn } from "./clouds.ts";
import type { CliContext } from "../command-line.ts";

type Environment = CliContext["env"];

/** Variables with a base URL, and the path they need after the upstream's address. */
const VARIABLES: readonly (readonly [name: string, upstream: string, path: string])[] =
  PROVIDERS.flatMap(({ id, environment = [] }) =>
    environment.map(({ name, path }) => [name, id, path] as const),
  );

/** Returns the addresses that were set before: calls meant for a gateway are forwarded to it. */
export function upstreamsOf(env: Environment): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, upstream] of VARIABLES) {
    const address = env[name];
    if (address !== undefined && address !== "" && URL.canParse(address))
      found[upstream] ??= address;
  }
  for (const { upstream, address } of cloudRoutesIn(env)) found[upstream] = address;
  return found;
}

/**
 * Returns the environment of a program that spends through a proxy; variables that are `left` stay.
 */
export function environmentFor(
  env: Environment,
  urlOf: (upstream: string) => string,
  left: readonly string[] = [],
): Record<string, string | undefined> {
  const set = VARIABLES.map(([name, upstream, path]) => [name, urlOf(upstream) + path] as const);
  // WebSockets ignore a base URL. The proxy refuses them, and clients fall back to requests.
  const sockets = `${urlOf("openai").replace(/^http/, "ws")}/v1`;
  const ownHosts = ["127.0.0.1", "localhost"];
  const without = [env["NO_PROXY"] ?? env["no_proxy"], ...ownHosts].filter(Boolean).join(",");
  const changed: Record<string, string | undefined> = {
    ...Object.fromEntries(set),
    ...cloudVariables(env, urlOf),
    OPENAI_WEBSOCKET_BASE_URL: sockets,
    NO_PROXY: without,
    no_proxy: without,
  };
  for (const name of left) changed[name] = env[name];
  return { ...env, ...changed };
}

function cloudVariables(
  env: Environment,
  urlOf: (upstream: string) => string,
): Record<string, string> {
  const all = cloudRoutesIn(env).flatMap(({ upstream, variables }) =>
    Object.entries(variables).map(([name, path]) => [name, urlOf(upstream) + path] as const),
  );
  return Object.fromEntries(all);
}

/** The variable that holds the key of the proxy, for programs that send it in a header. */
export const KEY_VARIABLE = "TOKEN_BUDGET_PROXY_KEY";

/** Variables that send programs through tunnels of the proxy, which lead to no provider. */
export function guardedBy({
  url,
  key,
}: {
  readonly url: string;
  readonly key: string;
}): Record<string, string> {
  const address = `http://${TUNNEL_USER}:${key}@${new URL(url).host}`;
  // Node.js reads them from 24 on when NODE_USE_ENV_PROXY is set.
  return { HTTPS_PROXY: address, https_proxy: address, NODE_USE_ENV_PROXY: "1" };
}

/**
 * Codex reads no variable for its base URL (0.169), and tries a WebSocket unless a setting forbids
 * it. Every user of the machine can see its arguments, so the key is in a variable.
 * https://developers.openai.com/codex/config-reference
 */
export function argumentsFor(
  command: string,
  args: readonly string[],
  keylessUrlOf: (upstream: string) => string,
): readonly string[] {
  return isCodex(command) ? [...codexSettings(keylessUrlOf), ...args] : args;
}

/** Returns whether a command is Codex itself. */
export function isCodex(command: string): boolean {
  return /^codex(?:\.\w+)?$/.test(basename(command));
}

/** Returns the settings that Codex needs. */
export function codexSettings(keylessUrlOf: (upstream: string) => string): readonly string[] {
  const provider = [
    'name="token-budget"',
    `base_url="${keylessUrlOf("openai")}/v1"`,
    'env_key="OPENAI_API_KEY"',
    `env_http_headers={"${KEY_HEADER}"="${KEY_VARIABLE}"}`,
    'wire_api="responses"',
    "supports_websockets=true",
    "request_max_retries=0",
  ].join(",");
  const settings = ["-c", "model_provider=token-budget"];
  return [...settings, "-c", `model_providers.token-budget={${provider}}`];
}
