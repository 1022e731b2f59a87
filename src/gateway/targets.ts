// The destination of a request: the first part of its path names the upstream. A client with the
// bare address of the gateway sends a path that identifies the provider by itself.

import type { IncomingHttpHeaders } from "node:http";

import type { Upstream } from "../proxy/upstreams.ts";

/** An upstream, and a path there with its query. */
export interface Target {
  readonly upstream: Upstream;
  readonly path: string;
}

const NAMED = /^\/([a-z0-9][a-z0-9-]{0,30})(\/.*)$/s;
const ANTHROPIC = /^\/v1\/(?:messages|complete|skills|files)(?:[/?]|$)/;
const GOOGLE = /^\/v1(?:beta|alpha)\d*\/|^\/v1\/models\/[^/?]+:\w/;
const OPENAI = /^\/v1\//;

/** Paths of the gateway itself: no upstream may have such a name. */
export const OWN_NAMES: ReadonlySet<string> = new Set([
  "api",
  "budget",
  "console",
  "healthz",
  "mcp",
  "metrics",
  "readyz",
  "v1",
  "v1beta",
]);

/** Returns the destination of a request; undefined if it is unknown. */
export function targetOf(
  path: string,
  headers: IncomingHttpHeaders,
  upstreams: ReadonlyMap<string, Upstream>,
): Target | undefined {
  const [, name = "", rest = "/"] = NAMED.exec(path) ?? [];
  const named = OWN_NAMES.has(name) ? undefined : upstreams.get(name);
  if (named !== undefined) return { upstream: named, path: rest };
  const isAnthropic = ANTHROPIC.test(path) || headers["anthropic-version"] !== undefined;
  // Google's clients say so; `/v1/files` is a path of three providers.
  const isGoogle = GOOGLE.test(path) || headers["x-goog-api-client"] !== undefined;
  const found = isGoogle ? "google" : OPENAI.test(path) && (isAnthropic ? "anthropic" : "openai");
  const upstream = found === false ? undefined : upstreams.get(found);
  return upstream && { upstream, path };
}
