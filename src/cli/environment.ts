// How programs are told where to send their requests: the variables that their SDKs read.

import { basename } from "node:path";

import { PROVIDERS } from "../wire/providers.ts";
import type { Surroundings } from "./command-line.ts";

type Environment = Surroundings["env"];

/** Variables that name a base URL, and what is behind the address of the upstream in them. */
const VARIABLES: readonly (readonly [name: string, upstream: string, path: string])[] =
  PROVIDERS.flatMap(({ id, environment = [] }) =>
    environment.map(({ name, path }) => [name, id, path] as const),
  );

/** The addresses that were set before: what was meant for a gateway goes on to that gateway. */
export function upstreamsOf(env: Environment): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, upstream] of VARIABLES) {
    const address = env[name];
    if (address !== undefined && address !== "" && URL.canParse(address))
      found[upstream] ??= address;
  }
  return found;
}

/** The environment of a program that spends through a proxy; variables that are `left` stay. */
export function environmentFor(
  env: Environment,
  urlOf: (upstream: string) => string,
  left: readonly string[] = [],
): Record<string, string | undefined> {
  const set = VARIABLES.map(([name, upstream, path]) => [name, urlOf(upstream) + path] as const);
  // Web sockets go past a base URL. The proxy refuses them, and clients fall back to requests.
  const sockets = `${urlOf("openai").replace(/^http/, "ws")}/v1`;
  const ownHosts = ["127.0.0.1", "localhost"];
  const without = [env["NO_PROXY"] ?? env["no_proxy"], ...ownHosts].filter(Boolean).join(",");
  const changed: Record<string, string | undefined> = {
    ...Object.fromEntries(set),
    OPENAI_WEBSOCKET_BASE_URL: sockets,
    NO_PROXY: without,
    no_proxy: without,
  };
  for (const name of left) changed[name] = env[name];
  return { ...env, ...changed };
}

/** Codex reads no variable for its base URL (0.169), and tries a web socket unless told not to. */
export function argumentsFor(
  command: string,
  args: readonly string[],
  urlOf: (upstream: string) => string,
): readonly string[] {
  if (!/^codex(?:\.\w+)?$/.test(basename(command))) return args;
  const provider = [
    'name="token-budget"',
    `base_url="${urlOf("openai")}/v1"`,
    'env_key="OPENAI_API_KEY"',
    'wire_api="responses"',
    "supports_websockets=false",
    "request_max_retries=0",
  ].join(",");
  const settings = ["-c", "model_provider=token-budget"];
  return [...settings, "-c", `model_providers.token-budget={${provider}}`, ...args];
}
