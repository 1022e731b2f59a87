// Whether a request can be billed for a write to a cache, and for how long (M6: at the rates that
// this request can be billed at, no others).

import type { CacheWrites } from "./input-bound.ts";
import type { WireRequest } from "./wire.ts";

/**
 * Returns what a request asks to be cached: nothing is without `cache_control`, and for an hour
 * only what says so. https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function markedCacheWrites({ text, body }: WireRequest): CacheWrites {
  // A name may be written with escapes: then the text alone does not say.
  const isPlain = text !== undefined && !text.includes("\\u");
  if (isPlain && !text.includes('"cache_control"')) return "none";
  if (isPlain && !text.includes('"1h"')) return "5m";
  return longestMark(body);
}

/** The longest time that any `cache_control` in a value says. */
function longestMark(body: object): CacheWrites {
  let longest: CacheWrites = "none";
  const open: object[] = [body];
  for (let found = open.pop(); found !== undefined; found = open.pop()) {
    for (const [name, value] of Object.entries(found)) {
      if (typeof value !== "object" || value === null) continue;
      open.push(value);
      if (name !== "cache_control") continue;
      const ttl: unknown = Reflect.get(value, "ttl") ?? undefined;
      if (ttl !== undefined && ttl !== "5m") return "1h";
      longest = "5m";
    }
  }
  return longest;
}

/**
 * Returns what a request in a format of OpenAI's can be billed for: Claude is cached where the
 * request says so, others may be by themselves, at their one price of a write. A host that is not
 * known may add marks of its own. https://openrouter.ai/docs/guides/best-practices/prompt-caching
 */
export function compatibleCacheWrites(
  request: WireRequest,
  model: string | undefined,
): CacheWrites {
  if (request.provider.id === "unknown") return "1h";
  const marked = markedCacheWrites(request);
  if (marked === "1h") return "1h";
  return model !== undefined && /claude/i.test(model) ? marked : "5m";
}
