// Providers' counts, shared by all calls of a meter: numbers under fingerprints in bounded memory,
// and never a text.

import type { CountDocuments } from "../metered-pool.ts";
import { COUNT_MAX, CountMemory } from "./count-memory.ts";
import type { KeptCount } from "./count-memory.ts";
import { randomKey } from "./keyed-hash.ts";
import type { Digest, HashKey } from "./keyed-hash.ts";
import { StoredCounts } from "./stored-counts.ts";

/** Counts that several processes share, for example in a file. Neither method may wait or throw. */
export interface SharedCounts {
  /** The key of all fingerprints in it, a secret of the sharing processes. */
  readonly key: HashKey;
  get(digest: Digest): KeptCount | undefined;
  set(digest: Digest, counted: KeptCount): void;
}

/** What is remembered, and where. */
export interface CountedOptions {
  /** The most memory, in bytes; 0 remembers nothing. */
  readonly bytesMax: number;
  /** How long a reported cache is expected to last, in milliseconds; 0: never. */
  readonly cacheTrustMs: number;
  /** The model that a name stands for, by the user's option. */
  readonly models?: ReadonlyMap<string, string> | undefined;
  /** Opens the counts that other processes share; called once, when they are needed. */
  readonly shared?: (() => SharedCounts | undefined) | undefined;
  /** The time in milliseconds since 1970. @default the clock of the runtime */
  readonly now?: (() => number) | undefined;
}

/** A model name may later mean another model. */
const LIFETIME_MS = 86_400_000;
/** How many of the last messages are looked up in shared counts. */
const SHARED_LOOKUPS_MAX = 32;
/** After so many violations, a provider's counts are no longer used. */
const BROKEN_MAX = 3;
const PLACES_MAX = 1000;

/** Remembers providers' counts. */
export class CountedRequests {
  readonly cacheTrustMs: number;
  readonly #memory: CountMemory;
  readonly #open: () => SharedCounts | undefined;
  readonly #now: () => number;
  readonly #models: ReadonlyMap<string, string> | undefined;
  /** How many bills exceeded their count, by place. */
  readonly #broken = new Map<string, number>();
  #isOpened = false;
  #shared: SharedCounts | undefined;
  #stored: StoredCounts | undefined;
  #documents: CountDocuments | undefined;
  #key: HashKey | undefined;

  constructor({ bytesMax, cacheTrustMs, models, shared, now = wallClock }: CountedOptions) {
    this.#memory = new CountMemory(bytesMax);
    this.cacheTrustMs = cacheTrustMs;
    this.#open = shared ?? ((): undefined => undefined);
    this.#now = now;
    this.#models = models;
  }

  /** The key of the fingerprints. */
  get key(): HashKey {
    this.#openShared();
    this.#key ??= randomKey();
    return this.#key;
  }

  #openShared(): void {
    if (this.#key !== undefined || this.#isOpened) return;
    this.#isOpened = true;
    this.#shared = this.#open();
    this.#key = this.#shared?.key;
  }

  /**
   * Uses the store of a pool, unless counts are already shared elsewhere; returns whether they are
   * shared there. The first store of a meter is the only one.
   */
  async shareIn(documents: CountDocuments): Promise<boolean> {
    this.#openShared();
    if (this.#key === undefined) {
      const stored = new StoredCounts(documents);
      const key = await stored.key();
      // Another call may have been faster, or have created a key because no answer came.
      if (key !== undefined && this.#key === undefined) {
        this.#key = key;
        this.#stored = stored;
        this.#documents = documents;
      }
    }
    return this.#stored !== undefined && this.#documents === documents;
  }

  /** Loads the counts of other processes for conversations that begin like this one. */
  async fetch(beginning: Digest): Promise<void> {
    for (const { digest, counted } of (await this.#stored?.find(beginning)) ?? [])
      this.#memory.set(digest, counted);
  }

  get now(): number {
    return this.#now();
  }

  /** How many bytes the memory takes now. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  /** The model that a name stands for. */
  meant(model: string): string {
    return this.#models?.get(model) ?? model;
  }

  /** Returns the last of several fingerprints that is remembered, and its count. */
  findLast(
    digests: readonly Digest[],
  ): { readonly index: number; readonly counted: KeptCount } | undefined {
    return (
      this.#findLast(digests, digests.length, (digest) => this.#memory.get(digest)) ??
      this.#findShared(digests)
    );
  }

  /**
   * Remembers a count. `beginning` is the fingerprint of the conversation's beginning; without it,
   * the count is not shared.
   */
  remember(digest: Digest, counted: KeptCount, beginning?: Digest): void {
    const { inputTokens, outputTokens } = counted;
    if (inputTokens > COUNT_MAX || outputTokens > COUNT_MAX) return;
    this.#memory.set(digest, counted);
    this.#shared?.set(digest, counted);
    if (beginning !== undefined) this.#stored?.add(beginning, digest, counted);
  }

  /** Returns whether counts there do not bound what is billed. */
  isDistrusted(place: Digest): boolean {
    return (this.#broken.get(place.join()) ?? 0) >= BROKEN_MAX;
  }

  /** Notes that more was billed there than the count allows. */
  broken(place: Digest): void {
    const name = place.join();
    const times = this.#broken.get(name) ?? 0;
    if (times > 0 || this.#broken.size < PLACES_MAX) this.#broken.set(name, times + 1);
  }

  #findShared(digests: readonly Digest[]): ReturnType<CountedRequests["findLast"]> {
    const shared = this.#shared;
    if (shared === undefined) return undefined;
    const found = this.#findLast(digests, SHARED_LOOKUPS_MAX, (digest) => shared.get(digest));
    const digest = found && digests[found.index];
    if (found !== undefined && digest !== undefined) this.#memory.set(digest, found.counted);
    return found;
  }

  #findLast(
    digests: readonly Digest[],
    lookupsMax: number,
    get: (digest: Digest) => KeptCount | undefined,
  ): ReturnType<CountedRequests["findLast"]> {
    const since = this.#now() - LIFETIME_MS;
    const end = Math.max(0, digests.length - lookupsMax);
    for (let index = digests.length - 1; index >= end; index--) {
      const digest = digests[index];
      const counted = digest && get(digest);
      if (counted !== undefined && counted.at >= since) return { index, counted };
    }
    return undefined;
  }
}

function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
