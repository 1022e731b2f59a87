// The keys of a gateway in its store, where every gateway sees them.

import { isWithin } from "../api/access.ts";
import { randomUUID } from "node:crypto";

import type { BudgetStore, Documents } from "../stores/index.ts";
import { readPath } from "../stores/contract/path.ts";
import { hashOf, keyIdOf, newKeyText, prefixOf } from "./key-text.ts";
import { readNewKey, recordOf } from "./key-record.ts";
import type { KeyRecord, NewKey } from "./key-record.ts";

const KEYS = "keys";
const USES = "key-uses";
const VERSIONS = "versions";
const PAGE = 500;
const ID = /^key_[0-9a-f]{16}$/;

/** A created key: this is the only time that it is shown. */
export interface MadeKey {
  readonly key: string;
  readonly record: KeyRecord;
}

/**
 * The keys in a store.
 *
 * @example
 * const store = new BudgetStore(new MemoryStore());
 * const keys = new KeyStore(store);
 * const { key, record } = await keys.create({ pool: "users/ada" }, "ops");
 * console.log(key.startsWith(record.prefix)); // true
 * await keys.revoke(record.id, "ops");
 */
export class KeyStore {
  readonly #documents: Documents;

  /** @throws {TypeError} if the store does not support documents. */
  constructor(store: BudgetStore) {
    this.#documents = store.documents;
  }

  /**
   * Creates a key for a pool, which need not exist yet.
   *
   * @throws {TypeError | RangeError} if a setting is invalid.
   * @throws {StoreUnavailable} `STORE_UNAVAILABLE` if the store does not answer in time.
   */
  async create(given: NewKey, actor: string): Promise<MadeKey> {
    readPath(given.pool);
    if (given.subtree !== undefined && given.subtree !== "") readPath(given.subtree);
    const key = newKeyText();
    const hashed = hashOf(key);
    const record: KeyRecord = {
      id: keyIdOf(hashed),
      prefix: prefixOf(key),
      ...readNewKey(given),
      createdAt: Date.now(),
      createdBy: actor,
    };
    await this.#documents.replace(KEYS, hashed, undefined, JSON.stringify(record));
    return { key, record };
  }

  /**
   * Returns all keys, or those whose pool is a path or below it, in the order of their creation.
   */
  async list(subtree = ""): Promise<readonly KeyRecord[]> {
    const [records, uses] = await Promise.all([this.#all(KEYS), this.#all(USES)]);
    const found: KeyRecord[] = [];
    for (const [hashed, text] of records) {
      const record = recordOf(text);
      if (record === undefined) continue;
      const { pool } = record;
      if (!isWithin(pool, subtree)) continue;
      const lastUsedAt = Number(uses.get(hashed));
      found.push(lastUsedAt > 0 ? { ...record, lastUsedAt } : record);
    }
    return found.toSorted((one, other) => one.createdAt - other.createdAt);
  }

  /** Returns the key of that id; undefined if there is none. */
  async find(id: string): Promise<KeyRecord | undefined> {
    return (await this.#found(id))?.record;
  }

  /**
   * Revokes a key: within two seconds after this has resolved, every gateway refuses it. Returns
   * the key, or undefined if there is none of that id. Repeating it changes nothing.
   */
  async revoke(id: string, actor: string): Promise<KeyRecord | undefined> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- until no one else has changed it meanwhile
      const found = await this.#found(id);
      if (found === undefined) return undefined;
      const { hashed, text, record } = found;
      const revoked =
        record.revokedAt === undefined
          ? { ...record, revokedAt: Date.now(), revokedBy: actor }
          : record;
      const next = JSON.stringify(revoked);
      // oxlint-disable-next-line no-await-in-loop -- as above
      const isWritten = next === text || (await this.#documents.replace(KEYS, hashed, text, next));
      if (!isWritten) continue;
      // oxlint-disable-next-line no-await-in-loop -- the last step
      const [lastUsedAt] = await Promise.all([this.#documents.read(USES, hashed), this.#changed()]);
      return lastUsedAt === undefined ? revoked : { ...revoked, lastUsedAt: Number(lastUsedAt) };
    }
  }

  /** Returns the key with that hash; undefined if there is none. */
  async byHash(hashed: string): Promise<KeyRecord | undefined> {
    const text = await this.#documents.read(KEYS, hashed);
    return text === undefined ? undefined : recordOf(text);
  }

  /** Returns a version that changes whenever a key is revoked. */
  async version(): Promise<string> {
    return (await this.#documents.read(VERSIONS, KEYS)) ?? "";
  }

  /** Records that a key was used. A failure is made up for at its next use. */
  async used(hashed: string, atMs: number): Promise<void> {
    const before = await this.#documents.read(USES, hashed);
    if (Number(before ?? 0) < atMs)
      await this.#documents.replace(USES, hashed, before, String(atMs));
  }

  async #changed(): Promise<void> {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- until it is changed
      const before = await this.#documents.read(VERSIONS, KEYS);
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (await this.#documents.replace(VERSIONS, KEYS, before, randomUUID())) return;
    }
  }

  async #found(
    id: string,
  ): Promise<
    { readonly hashed: string; readonly text: string; readonly record: KeyRecord } | undefined
  > {
    if (!ID.test(id)) return undefined;
    const beginning = id.slice("key_".length);
    const [first] = await this.#documents.list({ kind: KEYS, after: beginning, limit: 1 });
    if (first?.key.startsWith(beginning) !== true) return undefined;
    const record = recordOf(first.text);
    return record && { hashed: first.key, text: first.text, record };
  }

  async #all(kind: string): Promise<ReadonlyMap<string, string>> {
    const all = new Map<string, string>();
    for (let after = ""; ;) {
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
      const page = await this.#documents.list({ kind, after, limit: PAGE });
      for (const { key, text } of page) all.set(key, text);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return all;
      after = last.key;
    }
  }
}
