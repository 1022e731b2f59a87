// The part of a Redis client that is used, and the detection of clients. No client is imported for
// its types.

import { describe } from "../core/describe.ts";
import { connectionOfBun } from "./bun-client.ts";
import type { BunRedisClient } from "./bun-client.ts";
import { connectionOfGlide } from "./glide-client.ts";
import type { GlideClient } from "./glide-client.ts";
import type { RedisConnection, Subscriber } from "./redis-connection.ts";
import { connectionOfUpstash } from "./upstash-client.ts";
import type { UpstashClient } from "./upstash-client.ts";

/** A connection of ioredis or iovalkey that is subscribed to channels. */
export interface IoredisSubscriber {
  on(event: string, listener: (...values: string[]) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  disconnect(): unknown;
}

/** A `Redis` or `Cluster` of ioredis or iovalkey. */
export interface IoredisClient {
  readonly isCluster: boolean;
  readonly status: string;
  call(command: string, ...args: string[]): Promise<unknown>;
  once(event: "close", listener: () => void): unknown;
  off(event: "close", listener: () => void): unknown;
  duplicate(): IoredisSubscriber;
}

/** A connection of node-redis that is subscribed to channels. */
export interface NodeRedisSubscriber {
  on(event: string, listener: (...values: unknown[]) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: () => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  destroy(): unknown;
}

/** A client from `createClient` of node-redis. */
export interface NodeRedisClient {
  sendCommand(args: readonly string[]): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
}

/** A client from `createSentinel` of node-redis. */
export interface NodeRedisSentinel {
  getMasterNode(): unknown;
  sendCommand(isReadonly: boolean | undefined, args: string[]): Promise<unknown>;
  duplicate(): NodeRedisSubscriber;
}

/** A client from `createCluster` of node-redis. */
export interface NodeRedisCluster {
  readonly masters: readonly unknown[];
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    args: string[],
  ): Promise<unknown>;
}

/** A client of Redis or Valkey. */
export type RedisClient =
  | IoredisClient
  | NodeRedisClient
  | NodeRedisSentinel
  | NodeRedisCluster
  | UpstashClient
  | GlideClient
  | BunRedisClient;

/**
 * Sends a command through ioredis. A disconnected ioredis would queue the command without saying
 * why; this reports the failed connection instead, and the store retries.
 */
function askIoredis(
  client: IoredisClient,
  [command = "", ...args]: readonly string[],
): Promise<unknown> {
  const asked = client.call(command, ...args);
  return client.status === "ready" ? asked : untilClosed(client, asked);
}

async function untilClosed(client: IoredisClient, asked: Promise<unknown>): Promise<unknown> {
  let hasFailed: (() => void) | undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    hasFailed = () =>
      reject(new Error('the client cannot connect to Redis; its "error" events say why'));
    client.once("close", hasFailed);
  });
  try {
    return await Promise.race([asked, failed]);
  } finally {
    asked.catch(() => undefined);
    if (hasFailed !== undefined) client.off("close", hasFailed);
  }
}

function hasKeyPrefix(client: IoredisClient): boolean {
  const options: unknown = Reflect.get(client, "options");
  const prefix: unknown = Reflect.get(Object(options), "keyPrefix");
  return prefix !== undefined && prefix !== null && prefix !== "";
}

/**
 * Returns a client in the form the store uses.
 * @throws {TypeError} if it is not a supported client.
 */
export function redisConnection(client: RedisClient): RedisConnection {
  if (isIoredis(client)) {
    return {
      isCluster: client.isCluster,
      hasKeyPrefix: hasKeyPrefix(client),
      send: (_key, words) => askIoredis(client, words),
      listen: async (heard) => listenWithIoredis(client.duplicate(), heard),
    };
  }
  if (isNodeRedisCluster(client)) {
    return {
      isCluster: true,
      send: (key, words) => client.sendCommand(key, false, [...words]),
      listen: undefined,
    };
  }
  if (isNodeRedisSentinel(client)) {
    return {
      isCluster: false,
      send: (_key, words) => client.sendCommand(false, [...words]),
      listen: (heard) => listenWithNodeRedis(client.duplicate(), heard),
    };
  }
  if (isNodeRedis(client)) {
    return {
      isCluster: false,
      send: (_key, words) => client.sendCommand(words),
      listen: (heard) => listenWithNodeRedis(client.duplicate(), heard),
    };
  }
  if (isGlide(client)) return connectionOfGlide(client);
  if (isBun(client)) return connectionOfBun(client);
  if (isUpstash(client)) return connectionOfUpstash(client);
  throw new TypeError(
    `Expected \`client\` to be a client of ioredis, iovalkey, node-redis, valkey-glide, @upstash/redis or Bun (not a pool of them), got ${describe(client)}`,
  );
}

function listenWithIoredis(
  subscriber: IoredisSubscriber,
  heard: (channel: string) => void,
): Subscriber {
  subscriber.on("error", ignore);
  subscriber.on("message", (channel = "") => heard(channel));
  return subscriber;
}

async function listenWithNodeRedis(
  subscriber: NodeRedisSubscriber,
  heard: (channel: string) => void,
): Promise<Subscriber> {
  subscriber.on("error", ignore);
  await subscriber.connect();
  return {
    subscribe: (channel) => subscriber.subscribe(channel, () => heard(channel)),
    unsubscribe: (channel) => subscriber.unsubscribe(channel),
    disconnect: () => subscriber.destroy(),
  };
}

/** The client reconnects by itself; until then, waiters poll every `pollMs`. */
function ignore(): void {
  // Nothing to do.
}

function isIoredis(client: RedisClient): client is IoredisClient {
  return hasFunction(client, "call") && hasFunction(client, "duplicate");
}

function isNodeRedisCluster(client: RedisClient): client is NodeRedisCluster {
  return hasFunction(client, "sendCommand") && "masters" in client;
}

function isNodeRedisSentinel(client: RedisClient): client is NodeRedisSentinel {
  return hasFunction(client, "sendCommand") && hasFunction(client, "getMasterNode");
}

function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return hasFunction(client, "sendCommand") && hasFunction(client, "duplicate");
}

function isGlide(client: RedisClient): client is GlideClient {
  return hasFunction(client, "customCommand");
}

function isBun(client: RedisClient): client is BunRedisClient {
  return hasFunction(client, "send") && hasFunction(client, "duplicate");
}

function isUpstash(client: RedisClient): client is UpstashClient {
  return hasFunction(client, "exec") && hasFunction(client, "evalsha");
}

function hasFunction(client: RedisClient, name: string): boolean {
  return (
    typeof client === "object" && client !== null && typeof Reflect.get(client, name) === "function"
  );
}
