// The documents of a prefix: one hash for each kind.

import type {
  DocumentChange,
  Documents,
  DocumentsQuery,
  StoredDocument,
} from "../stores/contract/documents.ts";
import { REPLACE_DOCUMENT } from "./lua/scripts.ts";
import type { LuaScript } from "./lua/scripts.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** Calls a script on the server of a key. */
type Call = (
  key: string,
  script: LuaScript,
  keys: readonly string[],
  words: readonly string[],
) => Promise<readonly string[]>;

/** The documents under one prefix. */
export class RedisDocuments implements Documents {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #call: Call;

  constructor(connection: RedisConnection, prefix: string, call: Call) {
    this.#connection = connection;
    this.#call = call;
    this.#prefix = prefix;
  }

  async read(kind: string, key: string): Promise<string | undefined> {
    const hash = this.#hashOf(kind);
    const text = await this.#connection.send(hash, ["HGET", hash, key]);
    return textOfReply(text);
  }

  async list({ kind, after, limit }: DocumentsQuery): Promise<readonly StoredDocument[]> {
    const hash = this.#hashOf(kind);
    const found = await this.#connection.send(hash, ["HKEYS", hash]);
    const keys = (Array.isArray(found) ? found : [])
      .map(String)
      .filter((key) => key > after)
      .toSorted()
      .slice(0, limit);
    if (keys.length === 0) return [];
    const texts = await this.#connection.send(hash, ["HMGET", hash, ...keys]);
    return keys.flatMap((key, at) => {
      const text = Array.isArray(texts) ? textOfReply(texts[at]) : undefined;
      return text === undefined ? [] : [{ key, text }];
    });
  }

  async replace(...[kind, key, before, text]: DocumentChange): Promise<boolean> {
    const hash = this.#hashOf(kind);
    const words = [key, ...wordsFor(before), ...wordsFor(text)];
    const [isWritten] = await this.#call(hash, REPLACE_DOCUMENT, [hash], words);
    return isWritten === "1";
  }

  #hashOf(kind: string): string {
    return `${this.#prefix}:documents:${kind}`;
  }
}

function wordsFor(text: string | undefined): readonly [string, string] {
  return [text ?? "", text === undefined ? "0" : "1"];
}

/** Some clients return bytes. */
function textOfReply(reply: unknown): string | undefined {
  if (typeof reply === "string") return reply;
  return reply instanceof Uint8Array ? new TextDecoder().decode(reply) : undefined;
}
