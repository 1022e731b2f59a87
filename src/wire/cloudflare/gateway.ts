// Cloudflare's AI Gateway: other providers behind one host, each named in the path, with a cache of
// whole answers in front of them.
// https://developers.cloudflare.com/ai-gateway/

import type { AnswerHeader, Provider } from "../provider.ts";

const HOST = "gateway.ai.cloudflare.com";
/** `/v1/{account}/{gateway}/{provider}/…`. */
const PROVIDER = /^\/v1\/[^/]+\/[^/]+\/([^/]+)\//;
/**
 * The ids of providers by the gateway's words for them.
 * https://developers.cloudflare.com/ai-gateway/usage/providers/
 */
const IDS: ReadonlyMap<string | undefined, string> = new Map([
  ["openai", "openai"],
  ["anthropic", "anthropic"],
  ["google-ai-studio", "google"],
  ["workers-ai", "cloudflare"],
]);

/** Returns the id of the provider behind the gateway; undefined for other addresses. */
export function idBehindGateway({ hostname, pathname }: URL): string | undefined {
  return hostname === HOST ? IDS.get(PROVIDER.exec(pathname)?.[1]) : undefined;
}

/** Returns the provider as the gateway serves it, where the address is the gateway's. */
export function asServed(provider: Provider, { hostname }: URL): Provider {
  return hostname === HOST ? { ...provider, isCached } : provider;
}

/**
 * An answer from the cache has reached no provider, and costs nothing.
 * https://developers.cloudflare.com/ai-gateway/features/caching/
 */
function isCached(header: AnswerHeader): boolean {
  return header("cf-aig-cache-status") === "HIT";
}
