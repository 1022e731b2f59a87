// `@upstash/redis`: Redis over HTTP, for platforms without TCP. HTTP has no notifications, so
// waiters poll every `pollMs`.

import type { RedisConnection } from "./redis-connection.ts";

/**
 * The client that `new Redis({ url, token, automaticDeserialization: false })` of `@upstash/redis`
 * creates.
 */
export interface UpstashClient {
  exec(command: [command: string, ...words: string[]]): Promise<unknown>;
  evalsha(...words: never): Promise<unknown>;
}

/** The client adds the command to every error, and with it a script of many pages. */
const COMMAND_TOLD = /, command was: .*$/s;

/**
 * Returns such a client in the form the store uses.
 * @throws {TypeError} if it changes answers.
 */
export function connectionOfUpstash(client: UpstashClient): RedisConnection {
  const options: unknown = Reflect.get(client, "opts");
  if (Reflect.get(Object(options), "automaticDeserialization") !== false) {
    throw new TypeError(
      "Expected the client of @upstash/redis to return strings as they are: create it with `new Redis({ url, token, automaticDeserialization: false })`",
    );
  }
  return {
    isCluster: false,
    async send(_key, [command = "", ...words]) {
      try {
        return await client.exec([command, ...words]);
      } catch (error) {
        if (!(error instanceof Error) || !COMMAND_TOLD.test(error.message)) throw error;
        // oxlint-disable-next-line eslint/preserve-caught-error -- it would tell the script again
        throw new Error(error.message.replace(COMMAND_TOLD, ""));
      }
    },
    listen: undefined,
  };
}
