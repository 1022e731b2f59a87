// The keys of providers, which callers never see: several for each, used in rotation. One that its
// provider has rejected is suspended for a while.

import type { IncomingHttpHeaders } from "node:http";

import { describe } from "../core/describe.ts";

/** The headers of providers that do not use a bearer token. */
const HEADERS: Readonly<Record<string, string>> = {
  anthropic: "x-api-key",
  google: "x-goog-api-key",
  azure: "api-key",
};
/** How long a key is suspended when it has nothing left to spend, and when it is invalid. */
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

  /** Called with the name of an upstream that rejects a key. */
  onRefused: (upstream: string) => void = () => undefined;

  /** @throws {RangeError} if a key cannot be sent in a header. */
  constructor(given: ProviderKeyList) {
    this.replace(given);
  }

  /**
   * Replaces the keys of the named upstreams; suspended keys stay suspended.
   *
   * @throws {RangeError} if a key cannot be sent in a header; nothing changes then.
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

  /** Returns the next key in rotation; undefined if there is none. */
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
    // All are suspended: the provider's answer to the oldest one is as good as one of our own.
    return keys.toSorted((one, other) => one.restsUntil - other.restsUntil)[0];
  }

  /** Notes a provider's answer to a key. */
  answered(key: ProviderKey, status: number, headers: IncomingHttpHeaders, nowMs: number): void {
    if (status !== 401 && status !== 403 && status !== 429) return;
    const told = Number(headers["retry-after"]) * 1000;
    const rest = status === 429 && told > 0 ? Math.min(told, REST_MS_MAX) : REST_MS;
    key.restsUntil = nowMs + rest;
    if (status === 401) this.onRefused(key.upstream);
  }
}

/** Returns the headers that identify the gateway to an upstream. */
export function credentialsFor(
  upstream: string,
  { text }: { readonly text: string },
): Readonly<Record<string, string>> {
  const header = HEADERS[upstream];
  return header === undefined ? { authorization: `Bearer ${text}` } : { [header]: text };
}
