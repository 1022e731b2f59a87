// The keys of providers, which callers never see: several for each, taken in turn. One that its
// provider has turned away rests for a while.

import type { IncomingHttpHeaders } from "node:http";

import { describe } from "../core/describe.ts";

/** What a provider's own header is; all others take a bearer. */
const HEADERS: Readonly<Record<string, string>> = {
  anthropic: "x-api-key",
  google: "x-goog-api-key",
  azure: "api-key",
};
/** How long a key rests that is spent, and one that is not valid. */
const REST_MS = 30_000;
const REST_MS_MAX = 600_000;
const SECRET = /^[\u0021-\u007E]{1,4096}$/;

/** Keys by the name of their upstream. */
export type ProviderKeyList = Readonly<Record<string, readonly string[]>>;

interface ProviderKey {
  readonly upstream: string;
  readonly text: string;
  restsUntil: number;
}

/** The keys of providers. */
export class ProviderKeys {
  readonly #keys = new Map<string, ProviderKey[]>();
  readonly #turns = new Map<string, number>();

  /** Called with the name of an upstream that does not know a key. */
  onRefused: (upstream: string) => void = () => undefined;

  /** @throws {RangeError} on a key that cannot be in a header. */
  constructor(given: ProviderKeyList) {
    this.replace(given);
  }

  /**
   * Replaces the keys of the upstreams that are named; what rests of them goes on resting.
   *
   * @throws {RangeError} on a key that cannot be in a header; nothing changes then.
   */
  replace(given: ProviderKeyList): void {
    for (const [upstream, keys] of Object.entries(given))
      for (const key of keys)
        if (typeof key !== "string" || !SECRET.test(key))
          throw new RangeError(
            `Expected the keys of ${describe(upstream)} to be ASCII strings without spaces; one of them is not`,
          );
    for (const [upstream, keys] of Object.entries(given)) {
      const before = this.#keys.get(upstream) ?? [];
      const next = keys.map(
        (text) => before.find((each) => each.text === text) ?? { upstream, text, restsUntil: 0 },
      );
      if (next.length > 0) this.#keys.set(upstream, next);
      else this.#keys.delete(upstream);
    }
  }

  /** The upstreams that have keys. */
  get upstreams(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** The key whose turn it is; undefined where there is none. */
  take(upstream: string, nowMs: number): ProviderKey | undefined {
    const keys = this.#keys.get(upstream);
    if (keys === undefined) return undefined;
    const turn = this.#turns.get(upstream) ?? 0;
    for (let step = 0; step < keys.length; step++) {
      const at = (turn + step) % keys.length;
      const key = keys[at];
      if (key === undefined || key.restsUntil > nowMs) continue;
      this.#turns.set(upstream, (at + 1) % keys.length);
      return key;
    }
    // All of them rest: the one that has rested longest is as good as an answer of our own.
    return keys.toSorted((one, other) => one.restsUntil - other.restsUntil)[0];
  }

  /** What a provider has answered to a key. */
  answered(key: ProviderKey, status: number, headers: IncomingHttpHeaders, nowMs: number): void {
    if (status !== 401 && status !== 403 && status !== 429) return;
    const told = Number(headers["retry-after"]) * 1000;
    const rest = status === 429 && told > 0 ? Math.min(told, REST_MS_MAX) : REST_MS;
    key.restsUntil = nowMs + rest;
    if (status === 401) this.onRefused(key.upstream);
  }
}

/** Returns the headers by which an upstream knows the gateway. */
export function credentialsFor(
  upstream: string,
  { text }: { readonly text: string },
): Readonly<Record<string, string>> {
  const header = HEADERS[upstream];
  return header === undefined ? { authorization: `Bearer ${text}` } : { [header]: text };
}
