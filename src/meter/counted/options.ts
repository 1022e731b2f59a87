// The options for what was counted before.

import { oneOf, optionalFunction, whole } from "../../core/read-options.ts";
import type { OptionTable } from "../../core/read-options.ts";
import type { CountedOptions, SharedCounts } from "./counted-requests.ts";

/** How far what providers have counted bounds later calls. */
export interface CountedMeterOptions {
  /**
   * The most memory, in bytes, for what providers have counted: fingerprints and numbers, never a
   * text, some 55 bytes a call. Where the bytes of a call do not fit, one that goes on from a call
   * that was counted is held for that count and the bytes of what is new. 0 remembers nothing.
   *
   * @default 8_000_000
   */
  readonly countsBytesMax?: number | undefined;
  /**
   * What is held for input that Anthropic may read from its cache. `"bounded"` holds it as any
   * other: no call costs more than is held. `"expected"` holds what was reported to be in the cache
   * at the price of a read, for `cacheTrustMs`. A call costs more where the provider has dropped
   * its cache meanwhile: that is booked, and may take the pool over its cap. Of 615 recorded
   * sessions 4 passed their cap so, by 8 % at most.
   *
   * @default "bounded"
   */
  readonly cacheReads?: "bounded" | "expected" | undefined;
  /**
   * With `cacheReads: "expected"`: for how long a cache is expected to be there after it was
   * reported, in milliseconds, from 1 to 300,000. Of caches under a minute old 99 % are whole, of
   * older ones 90 to 95 %.
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
/** For how long Anthropic keeps what was cached, unless the request says otherwise. */
const CACHE_LIFETIME_MS = 300_000;

/** These options as read. */
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

/** Returns what a meter counts by, from these options as read and the names of models. */
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
