// The options for what was counted before.

import { describe } from "../../core/describe.ts";
import { readWhole } from "../../core/whole.ts";
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

/** The names of these options. */
export const COUNTED_KEYS: readonly string[] = [
  "countsBytesMax",
  "cacheReads",
  "cacheTrustMs",
  "sharedCounts",
];
const COUNTS_BYTES_MAX = 8_000_000;
const CACHE_TRUST_MS = 60_000;
/** For how long Anthropic keeps what was cached, unless the request says otherwise. */
const CACHE_LIFETIME_MS = 300_000;

/** Reads these options. @throws {TypeError | RangeError} on what is wrong. */
export function readCountedOptions(
  options: CountedMeterOptions & { readonly models?: Readonly<Record<string, string>> | undefined },
): CountedOptions {
  const { countsBytesMax = COUNTS_BYTES_MAX, cacheTrustMs = CACHE_TRUST_MS } = options;
  const { cacheReads = "bounded", sharedCounts } = options;
  readWhole("countsBytesMax", countsBytesMax, 0, 2 ** 31);
  readWhole("cacheTrustMs", cacheTrustMs, 1, CACHE_LIFETIME_MS);
  if (cacheReads !== "bounded" && cacheReads !== "expected")
    throw new RangeError(
      `Expected \`cacheReads\` to be "bounded" or "expected", got ${describe(cacheReads)}`,
    );
  if (sharedCounts !== undefined && typeof sharedCounts !== "function")
    throw new TypeError(
      `Expected \`sharedCounts\` to be a function, got ${describe(sharedCounts)}`,
    );
  return {
    bytesMax: countsBytesMax,
    cacheTrustMs: cacheReads === "expected" ? cacheTrustMs : 0,
    models: new Map(Object.entries(options.models ?? {})),
    shared: sharedCounts,
  };
}
