// A table of bounded size that drops the least recently used counts: numbers in typed arrays, 28
// bytes per slot, at most three in four of which are used.

import type { Digest } from "./keyed-hash.ts";

/** A provider's count of a request. */
export interface KeptCount {
  /** The tokens of the request. */
  readonly inputTokens: number;
  /** The tokens of its answer, reasoning included. */
  readonly outputTokens: number;
  /**
   * The mark of a cache that may be trusted (`cacheMark`): what was read from it or written to it.
   */
  readonly cachedTokens: number;
  /** When it was reported, in milliseconds since 1970. */
  readonly at: number;
}

/** Of a slot: two words of the digest, three counts, and the time. */
const SLOT_BYTES = 5 * 4 + 8;
const SLOTS_MIN = 64;
const FULL = 0.75;
/** The largest possible count. */
export const COUNT_MAX: number = 2 ** 32 - 1;

/**
 * Remembers counts by digest. There are two tables: new counts go into the young one; when it is
 * full, the old one is dropped and the young one takes its place.
 */
export class CountMemory {
  readonly #slotsMax: number;
  #young: CountTable;
  #old: CountTable | undefined;

  /** `bytesMax`: the most memory it may use. */
  constructor(bytesMax: number) {
    const slots = Math.floor(bytesMax / SLOT_BYTES / 2);
    this.#slotsMax = slots < 1 ? 0 : 2 ** Math.floor(Math.log2(slots));
    this.#young = new CountTable(Math.min(SLOTS_MIN, this.#slotsMax));
  }

  /** How many bytes it uses now. */
  get bytes(): number {
    return this.#young.bytes + (this.#old?.bytes ?? 0);
  }

  /** How many counts it remembers; those in both tables count twice. */
  get size(): number {
    return this.#young.size + (this.#old?.size ?? 0);
  }

  get(digest: Digest): KeptCount | undefined {
    const found = this.#young.get(digest);
    if (found !== undefined) return found;
    const older = this.#old?.get(digest);
    if (older !== undefined) this.set(digest, older);
    return older;
  }

  set(digest: Digest, counted: KeptCount): void {
    if (this.#slotsMax < 2) return;
    if (this.#young.isFull) this.#makeRoom();
    this.#young.set(digest, counted);
  }

  #makeRoom(): void {
    const { slots } = this.#young;
    if (slots < this.#slotsMax) this.#young = this.#young.grown();
    else {
      this.#old = this.#young;
      this.#young = new CountTable(Math.min(SLOTS_MIN, this.#slotsMax));
    }
  }
}

/** A table with open addressing, from which nothing is removed. */
class CountTable {
  readonly slots: number;
  size = 0;
  /** Five words per slot; a slot whose digest is 0 is free. */
  readonly #words: Uint32Array;
  readonly #times: Float64Array;

  constructor(slots: number) {
    this.slots = slots;
    this.#words = new Uint32Array(slots * 5);
    this.#times = new Float64Array(slots);
  }

  get bytes(): number {
    return this.slots * SLOT_BYTES;
  }

  get isFull(): boolean {
    return this.size + 1 > this.slots * FULL;
  }

  get(digest: Digest): KeptCount | undefined {
    const slot = this.#slotOf(digest);
    return this.#isFree(slot) ? undefined : this.#at(slot);
  }

  set(digest: Digest, { inputTokens, outputTokens, cachedTokens, at }: KeptCount): void {
    const slot = this.#slotOf(digest);
    if (this.#isFree(slot)) this.size++;
    const [high, low] = named(digest);
    this.#words.set([high, low, inputTokens, outputTokens, cachedTokens], slot * 5);
    this.#times[slot] = at;
  }

  grown(): CountTable {
    const table = new CountTable(this.slots * 2);
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.#isFree(slot)) continue;
      table.set([this.#word(slot, 0), this.#word(slot, 1)], this.#at(slot));
    }
    return table;
  }

  /** Returns the slot of a digest, or a free one for it. */
  #slotOf(digest: Digest): number {
    const [high, low] = named(digest);
    const mask = this.slots - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const isHere = this.#word(slot, 0) === high && this.#word(slot, 1) === low;
      if (isHere || this.#isFree(slot)) return slot;
    }
  }

  #isFree(slot: number): boolean {
    return this.#word(slot, 0) === 0 && this.#word(slot, 1) === 0;
  }

  #at(slot: number): KeptCount {
    return {
      inputTokens: this.#word(slot, 2),
      outputTokens: this.#word(slot, 3),
      cachedTokens: this.#word(slot, 4),
      at: this.#times[slot] ?? 0,
    };
  }

  #word(slot: number, index: number): number {
    return this.#words[slot * 5 + index] ?? 0;
  }
}

/** A digest of zeros would mark a free slot. */
function named([high, low]: Digest): Digest {
  return high === 0 && low === 0 ? [0, 1] : [high, low];
}
