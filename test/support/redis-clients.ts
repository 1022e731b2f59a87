// Clients of Redis and Valkey under test.

import { Redis as UpstashRedis } from "@upstash/redis";
import { GlideClient } from "@valkey/valkey-glide";
import { Redis } from "ioredis";
import { Redis as Valkey } from "iovalkey";
import { createClient } from "redis";

import type { RedisClient } from "../../src/redis/index.ts";
import { UpstashBridge } from "./upstash-bridge.ts";

/** A client under test, and how it is closed. */
interface OpenClient {
  readonly client: RedisClient;
  readonly close: () => void;
}

type Connect = (port: number) => Promise<OpenClient>;

/** The clients whose connections are cut by tests, connected to a port of this machine. */
export const redisClients: Readonly<Record<string, Connect>> = {
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

/** The others: the rules and the contract of stores are tried with them. */
export const otherRedisClients: Readonly<Record<string, Connect>> = {
  async iovalkey(port) {
    const client = new Valkey({ port, host: "127.0.0.1" });
    client.on("error", () => undefined);
    return { client, close: () => client.disconnect() };
  },
  async "valkey-glide"(port) {
    const addresses = [{ host: "127.0.0.1", port }];
    const client = await GlideClient.createClient({ addresses, requestTimeout: 10_000 });
    return { client, close: () => client.close() };
  },
  async "@upstash/redis"(port) {
    const bridge = await UpstashBridge.start(port);
    const client = new UpstashRedis({
      ...bridge.options,
      automaticDeserialization: false,
      enableTelemetry: false,
    });
    return { client, close: () => bridge.close() };
  },
};
