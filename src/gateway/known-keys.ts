// Caches the keys that this gateway has seen, so that most calls need not ask the store. Every half
// second it checks whether any key was revoked; a key it could not check for a second and a half is
// not accepted.

import { timingSafeEqual } from "node:crypto";

import { isValid } from "./key-record.ts";
import type { KeyRecord } from "./key-record.ts";
import type { KeyStore } from "./key-store.ts";

const LOOK_MS = 500;
const BELIEVED_MS = 1500;
/** How long a key is cached, whether it was valid or not. */
const KEPT_MS = 60_000;
const KEYS_MAX = 10_000;
/** How often the use of a key is recorded. */
const USE_MS = 60_000;

interface Known {
  readonly hashed: Buffer;
  readonly record: KeyRecord;
  readonly readAt: number;
  usedAt: number;
}

/** Finds keys, in memory first. */
export class KnownKeys {
  readonly #keys: KeyStore;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  #version: string | undefined;
  /** When the known version was read. */
  #lookedAt = -Infinity;
  #looking: Promise<void> | undefined;
  /** Raised whenever the cache is cleared: results of earlier reads are not cached. */
  #generation = 0;

  /** @param now Monotonic milliseconds. */
  constructor(keys: KeyStore, now: () => number = () => performance.now()) {
    this.#keys = keys;
    this.#now = now;
  }

  /** Returns whether the key with that hash is cached, so that finding it needs no store. */
  isKnown(hashed: string): boolean {
    return this.#known.has(hashed);
  }

  /**
   * Returns the key with that hash: at once if it is cached; undefined for an invalid one.
   *
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if it is not cached and the store does not
   * answer.
   */
  find(hashed: string): KeyRecord | undefined | Promise<KeyRecord | undefined> {
    const known = this.#known.get(hashed);
    const now = this.#now();
    const age = now - this.#lookedAt;
    if (known === undefined || now - known.readAt > KEPT_MS || age > BELIEVED_MS)
      return this.#findInStore(hashed);
    if (age > LOOK_MS) this.#look().catch(() => undefined);
    return this.#valid(hashed, known, now);
  }

  #valid(hashed: string, known: Known, now: number): KeyRecord | undefined {
    if (!timingSafeEqual(known.hashed, Buffer.from(hashed))) return undefined;
    if (!isValid(known.record, Date.now())) return undefined;
    if (now - known.usedAt > USE_MS) {
      known.usedAt = now;
      this.#keys.used(hashed, Date.now()).catch(() => undefined);
    }
    return known.record;
  }

  async #findInStore(hashed: string): Promise<KeyRecord | undefined> {
    if (this.#now() - this.#lookedAt > BELIEVED_MS) await this.#look();
    const now = this.#now();
    const there = this.#known.get(hashed);
    if (there !== undefined && now - there.readAt <= KEPT_MS)
      return this.#valid(hashed, there, now);
    const generation = this.#generation;
    const record = await this.#keys.byHash(hashed);
    if (record === undefined) return undefined;
    const known = { hashed: Buffer.from(hashed), record, readAt: now, usedAt: -Infinity };
    if (generation === this.#generation) this.#remember(hashed, known);
    return this.#valid(hashed, known, now);
  }

  #remember(hashed: string, known: Known): void {
    if (this.#known.size >= KEYS_MAX) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(hashed, known);
  }

  /** Checks whether a key was revoked. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const askedAt = this.#now();
    const version = await this.#keys.version();
    if (version !== this.#version) {
      this.#known.clear();
      this.#generation++;
    }
    this.#version = version;
    this.#lookedAt = askedAt;
  }
}
