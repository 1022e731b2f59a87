/**
 * One budget for many hosts, in Redis or Valkey.
 *
 * @module
 */

export { redisStore } from "./redis-store.ts";
export type { RedisStoreOptions } from "./redis-store.ts";
export type {
  IoredisClient,
  IoredisSubscriber,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSubscriber,
  RedisClient,
} from "./redis-client.ts";
