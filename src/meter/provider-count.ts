// The provider's own count of a request as a bound of its input (M6). Requested only when needed,
// with a time limit, and never again after it was wrong.

import type { WireUsage } from "../wire/wire-usage.ts";
import type { parsedOf } from "../wire/json/untrusted.ts";
import type { observedOf } from "./bound-request.ts";
import type { BoundRequest, BoundSource, TighterBound } from "./tighter-bounds.ts";

/** How long a count may take, in milliseconds. */
const TIMEOUT_MS = 5000;
/** How long a host that does not count is not asked again. */
const PAUSE_MS = 60_000;
/** How many hosts and models are remembered. */
const NAMES_MAX = 1000;
/**
 * The excess of a bill over the count. Anthropic's may differ "by a small amount", OpenAI's is
 * "exact"; 15 of 15 recorded counts equaled the bill.
 */
const MARGIN_PART = 0.01;
const MARGIN_TOKENS = 64;

/** Functions of modules that are loaded at once, which this one is not. */
interface CountTools {
  readonly parsedOf: typeof parsedOf;
  readonly observedOf: typeof observedOf;
}

/** The counting endpoints of the providers that have one. */
export class ProviderCount implements BoundSource {
  readonly name = "the provider's count";
  readonly isRemote = true;
  /** When a host that did not count may be asked again. */
  readonly #pausedUntil = new Map<string, number>();
  /** Models whose bill was higher than their count. */
  readonly #wrong = new Set<string>();
  readonly #tools: CountTools;

  constructor(tools: CountTools) {
    this.#tools = tools;
  }

  async tighten(request: BoundRequest): Promise<TighterBound | undefined> {
    const { provider, wire, url, body, asked, send, atMs } = request;
    const counting = wire.name === "ai-sdk" ? undefined : provider.counting?.[wire.name];
    if (counting === undefined || send === undefined || this.#wrong.has(nameOf(request)))
      return undefined;
    // A gateway's count may be an estimate of its own.
    if (!provider.hosts.some((host) => host.test(url.hostname))) return undefined;
    if (atMs < (this.#pausedUntil.get(url.host) ?? 0)) return undefined;
    const counted = counting.request({ url, body, hasMedia: asked.input.hasMedia });
    if (counted === undefined) return undefined;
    const answer = await inTime((signal) => send(counted.url, counted.body, signal));
    const tokens =
      answer?.status === 200 ? counting.tokensOf(this.#tools.parsedOf(answer.text)) : undefined;
    if (tokens === undefined) {
      if (this.#pausedUntil.size < NAMES_MAX) this.#pausedUntil.set(url.host, atMs + PAUSE_MS);
      return undefined;
    }
    return { inputTokens: Math.ceil(tokens * (1 + MARGIN_PART)) + MARGIN_TOKENS };
  }

  learn(request: BoundRequest, { usage }: WireUsage, bound: TighterBound | undefined): void {
    if (bound === undefined) return;
    const { input } = request.asked;
    if (input.passes > 1 || input.unbounded.length > 0) return;
    if (
      this.#tools.observedOf(usage).inputTokens > bound.inputTokens &&
      this.#wrong.size < NAMES_MAX
    )
      this.#wrong.add(nameOf(request));
  }
}

function nameOf({ url, model }: BoundRequest): string {
  return `${url.host} ${model}`;
}

/** Returns an answer within a time limit; undefined if there is none, or it fails. */
async function inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  // A custom `fetch` may ignore signals.
  const late = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    return await Promise.race([ask(signal), late]);
  } catch {
    return undefined;
  }
}
