// What providers have counted before, shared by all calls of a meter: numbers under fingerprints,
// in bounded memory, and never a text.

import type { CountDocuments } from "../metered-pool.ts";
import { COUNT_MAX, CountMemory } from "./count-memory.ts";
import type { KeptCount } from "./count-memory.ts";
import { randomKey } from "./keyed-hash.ts";
import type { Digest, HashKey } from "./keyed-hash.ts";
import { StoredCounts } from "./stored-counts.ts";

/** Counts that several processes share, such as a file. Neither call may wait, or throw. */
export interface SharedCounts {
  /** The key of all fingerprints in it, which is a secret of those who share. */
  readonly key: HashKey;
  get(digest: Digest): KeptCount | undefined;
  set(digest: Digest, counted: KeptCount): void;
}

/** What is remembered, and where. */
export interface CountedOptions {
  /** The most memory, in bytes; 0 remembers nothing. */
  readonly bytesMax: number;
  /** For how long a reported cache is expected to be there, in milliseconds; 0: never. */
  readonly cacheTrustMs: number;
  /** Which model a name stands for, where the caller has said so. */
  readonly models?: ReadonlyMap<string, string> | undefined;
  /** Opens what other processes share; called once, when it is needed. */
  readonly shared?: (() => SharedCounts | undefined) | undefined;
  /** The time in milliseconds since 1970. @default the clock of the runtime */
  readonly now?: (() => number) | undefined;
}

/** A name of a model may come to mean another one. */
const LIFETIME_MS = 86_400_000;
/** How many of the last messages are looked up in what is shared. */
const SHARED_LOOKUPS_MAX = 32;
/** A provider that has broken its own counts so often is no longer believed. */
const BROKEN_MAX = 3;
const PLACES_MAX = 1000;

/** Remembers what providers have counted. */
export class CountedRequests {
  readonly cacheTrustMs: number;
  readonly #memory: CountMemory;
  readonly #open: () => SharedCounts | undefined;
  readonly #now: () => number;
  readonly #models: ReadonlyMap<string, string> | undefined;
  /** How often a count was not kept to, by place. */
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
   * Takes the store of a pool, unless what is shared is somewhere else already; returns whether
   * counts are shared there. The first store of a meter is the only one.
   */
  async shareIn(documents: CountDocuments): Promise<boolean> {
    this.#openShared();
    if (this.#key === undefined) {
      const stored = new StoredCounts(documents);
      const key = await stored.key();
      // Another call may have been faster, or have made a key because no answer came.
      if (key !== undefined && this.#key === undefined) {
        this.#key = key;
        this.#stored = stored;
        this.#documents = documents;
      }
    }
    return this.#stored !== undefined && this.#documents === documents;
  }

  /** Remembers what other processes have counted of conversations that begin like this one. */
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

  /** The last of some fingerprints that is remembered, and what was counted there. */
  findLast(
    digests: readonly Digest[],
  ): { readonly index: number; readonly counted: KeptCount } | undefined {
    return (
      this.#findLast(digests, digests.length, (digest) => this.#memory.get(digest)) ??
      this.#findShared(digests)
    );
  }

  /**
   * Remembers a count. `beginning` is the fingerprint of how its conversation begins; without one
   * the store is not given it.
   */
  remember(digest: Digest, counted: KeptCount, beginning?: Digest): void {
    const { inputTokens, outputTokens } = counted;
    if (inputTokens > COUNT_MAX || outputTokens > COUNT_MAX) return;
    this.#memory.set(digest, counted);
    this.#shared?.set(digest, counted);
    if (beginning !== undefined) this.#stored?.add(beginning, digest, counted);
  }

  /** Returns whether what is counted there is no bound for what is billed. */
  isDistrusted(place: Digest): boolean {
    return (this.#broken.get(place.join()) ?? 0) >= BROKEN_MAX;
  }

  /** More was billed there than follows from what was counted. */
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
