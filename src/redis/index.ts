/**
 * One budget for many hosts, in Redis or Valkey.
 *
 * @module
 */

export { redisStore } from "./redis-store.ts";
export type { RedisStoreOptions } from "./redis-store.ts";
export type { BunRedisClient, BunRedisSubscriber } from "./bun-client.ts";
export type { GlideClient } from "./glide-client.ts";
export type { UpstashClient } from "./upstash-client.ts";
export type {
  IoredisClient,
  IoredisSubscriber,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  NodeRedisSubscriber,
  RedisClient,
} from "./redis-client.ts";
