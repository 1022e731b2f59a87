// Templates in Redis: a hash of patterns and texts.

import { describe } from "../core/describe.ts";
import type { TemplateText } from "../stores/contract/templates.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { replyTextsOf } from "./server-replies.ts";

/** Returns all templates of a store. */
export async function templatesInRedis(
  connection: RedisConnection,
  key: string,
): Promise<readonly TemplateText[]> {
  const patterns = replyTextsOf(await connection.send(key, ["HKEYS", key]));
  if (patterns.length === 0) return [];
  const texts = await connection.send(key, ["HMGET", key, ...patterns]);
  if (!Array.isArray(texts)) throw new TypeError(`Expected texts, got ${describe(texts)}`);
  return patterns.flatMap((pattern, index) => {
    const text: unknown = texts[index];
    return typeof text === "string" ? [{ pattern, text }] : [];
  });
}

/** Stores the text of a template, or deletes it. */
export async function writeTemplate(
  connection: RedisConnection,
  key: string,
  pattern: string,
  text: string | undefined,
): Promise<void> {
  const words = text === undefined ? ["HDEL", key, pattern] : ["HSET", key, pattern, text];
  await connection.send(key, words);
}
