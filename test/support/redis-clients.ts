import { Redis } from "ioredis";
import { createClient } from "redis";

import type { RedisClient } from "../../src/redis/index.ts";

/** A client under test, and how it is closed. */
export interface OpenClient {
  readonly client: RedisClient;
  readonly close: () => void;
}

/** Every client that is supported, connected to a port of this machine. */
export const redisClients: Readonly<Record<string, (port: number) => Promise<OpenClient>>> = {
  async ioredis(port) {
    const client = new Redis({ port, host: "127.0.0.1" });
    client.on("error", () => undefined);
    return { client, close: () => client.disconnect() };
  },
  async "node-redis"(port) {
    const client = createClient({ socket: { port, host: "127.0.0.1" } });
    client.on("error", () => undefined);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
};
