// `@valkey/valkey-glide`. It routes a script by its keys, and returns some answers as maps of its
// own. Waiters poll every `pollMs`, because its subscriptions must be set when a client is created.

import type { RedisConnection } from "./redis-connection.ts";

/** A `GlideClient` or `GlideClusterClient` of `@valkey/valkey-glide`. */
export interface GlideClient {
  customCommand(words: string[]): Promise<unknown>;
}

/** The prefix of its errors, before the server's message. */
const PREAMBLE = /^An error was signalled by the server: - (?:ResponseError: )?/;
/** Codes of the server that it has renamed. */
const RENAMED = /^NoScriptError: /;

/** Returns such a client in the form the store uses. */
export function connectionOfGlide(client: GlideClient): RedisConnection {
  return {
    isCluster: "invokeScriptWithRoute" in client,
    async send(_key, words) {
      try {
        const reply = await client.customCommand([...words]);
        return words[0] === "XRANGE" || words[0] === "XREVRANGE" ? entriesOf(reply) : reply;
      } catch (error) {
        if (!(error instanceof Error) || !PREAMBLE.test(error.message)) throw error;
        const message = error.message.replace(PREAMBLE, "").replace(RENAMED, "NOSCRIPT ");
        throw new Error(message, { cause: error });
      }
    },
    listen: undefined,
  };
}

/** Entries in the server's form, from a list of keys with pairs as values. */
function entriesOf(reply: unknown): unknown {
  if (!Array.isArray(reply)) return reply;
  return reply.map((entry: unknown) => {
    const pairs: unknown = Reflect.get(Object(entry), "value");
    return [Reflect.get(Object(entry), "key"), Array.isArray(pairs) ? pairs.flat() : pairs];
  });
}
