// The options for counts of earlier requests.

import { oneOf, optionalFunction, whole } from "../../core/read-options.ts";
import type { OptionTable } from "../../core/read-options.ts";
import type { CountedOptions, SharedCounts } from "./counted-requests.ts";

/** How providers' counts bound later calls. */
export interface CountedMeterOptions {
  /**
   * The most memory for providers' counts, in bytes: fingerprints and numbers, never a text, about
   * 55 bytes per call. If the bytes of a call do not fit, a call that continues a counted one is
   * held for that count plus the bytes of what is new. 0 remembers nothing.
   *
   * @default 8_000_000
   */
  readonly countsBytesMax?: number | undefined;
  /**
   * What is held for input that Anthropic may read from its cache. `"bounded"` holds it like any
   * other input: no call costs more than is held. `"expected"` holds what was reported to be in the
   * cache at the price of a cache read, for `cacheTrustMs`. A call costs more if the provider has
   * dropped its cache meanwhile; the difference is booked, and may take the pool over its cap. Of
   * 615 recorded sessions, 4 passed their cap this way, by at most 8 %.
   *
   * @default "bounded"
   */
  readonly cacheReads?: "bounded" | "expected" | undefined;
  /**
   * With `cacheReads: "expected"`: how long a cache is expected to last after it was reported, in
   * milliseconds, from 1 to 300,000. Of caches under a minute old 99 % were complete, of older ones
   * 90 to 95 %.
   *
   * @default 60_000
   */
  readonly cacheTrustMs?: number | undefined;
  /**
   * Opens counts that other processes share, once they are needed.
   *
   * @internal
   */
  readonly sharedCounts?: (() => SharedCounts | undefined) | undefined;
}

const COUNTS_BYTES_MAX = 8_000_000;
const CACHE_TRUST_MS = 60_000;
/** How long Anthropic keeps a cache, unless the request says otherwise. */
const CACHE_LIFETIME_MS = 300_000;

/** These options after reading. */
export interface ReadCountedOptions {
  readonly countsBytesMax: number;
  readonly cacheReads: "bounded" | "expected";
  readonly cacheTrustMs: number;
  readonly sharedCounts: (() => SharedCounts | undefined) | undefined;
}

/** A reader for each of these options. */
export const COUNTED_OPTIONS: OptionTable<CountedMeterOptions, ReadCountedOptions> = {
  countsBytesMax: whole(0, 2 ** 31, COUNTS_BYTES_MAX),
  cacheReads: oneOf("bounded", "expected"),
  cacheTrustMs: whole(1, CACHE_LIFETIME_MS, CACHE_TRUST_MS),
  sharedCounts: optionalFunction,
};

/** Returns the counting settings of a meter, from these options and the model aliases. */
export function countedOptionsOf(
  options: ReadCountedOptions,
  models: ReadonlyMap<string, string>,
): CountedOptions {
  const { countsBytesMax, cacheReads, cacheTrustMs, sharedCounts } = options;
  return {
    bytesMax: countsBytesMax,
    cacheTrustMs: cacheReads === "expected" ? cacheTrustMs : 0,
    models,
    shared: sharedCounts,
  };
}
