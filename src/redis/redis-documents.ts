// The documents of a prefix: one hash for each kind.

import type { Documents, DocumentsQuery, StoredDocument } from "../stores/contract/documents.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** Writes a field if it is as it was. Behind each text stands whether there is one. */
const REPLACE = `
local there = redis.call('HGET', KEYS[1], ARGV[1])
if (there and there or '') ~= ARGV[2] or (there and '1' or '0') ~= ARGV[3] then return 0 end
if ARGV[5] == '1' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
else redis.call('HDEL', KEYS[1], ARGV[1]) end
return 1
`;

/** The documents under one prefix. */
export class RedisDocuments implements Documents {
  readonly #connection: RedisConnection;
  readonly #prefix: string;

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection;
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

  async replace(
    kind: string,
    key: string,
    before: string | undefined,
    text: string | undefined,
  ): Promise<boolean> {
    const hash = this.#hashOf(kind);
    const words = [key, ...wordsFor(before), ...wordsFor(text)];
    const answer = await this.#connection.send(hash, ["EVAL", REPLACE, "1", hash, ...words]);
    return Number(answer) === 1;
  }

  #hashOf(kind: string): string {
    return `${this.#prefix}:documents:${kind}`;
  }
}

function wordsFor(text: string | undefined): readonly [string, string] {
  return [text ?? "", text === undefined ? "0" : "1"];
}

/** Clients differ in whether they answer with bytes. */
function textOfReply(reply: unknown): string | undefined {
  if (typeof reply === "string") return reply;
  return reply instanceof Uint8Array ? new TextDecoder().decode(reply) : undefined;
}
