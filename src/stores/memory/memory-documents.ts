// Documents in the memory of one process.

import type {
  DocumentChange,
  Documents,
  DocumentsQuery,
  StoredDocument,
} from "../contract/documents.ts";

/** The documents of a store in memory. */
export class MemoryDocuments implements Documents {
  readonly #kinds = new Map<string, Map<string, string>>();

  async read(kind: string, key: string): Promise<string | undefined> {
    return this.#kinds.get(kind)?.get(key);
  }

  async list({ kind, after, limit }: DocumentsQuery): Promise<readonly StoredDocument[]> {
    const all = this.#kinds.get(kind) ?? new Map<string, string>();
    const keys = [...all.keys()].filter((key) => key > after).toSorted();
    return keys.slice(0, limit).map((key) => ({ key, text: all.get(key) ?? "" }));
  }

  async replace(...[kind, key, before, text]: DocumentChange): Promise<boolean> {
    const all = this.#kinds.get(kind) ?? new Map<string, string>();
    if (all.get(key) !== before) return false;
    if (text === undefined) all.delete(key);
    else all.set(key, text);
    this.#kinds.set(kind, all);
    return true;
  }
}
