import { describe } from "../core/describe.ts";
import { readOptions, whole } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { BudgetStore } from "../stores/client/budget-store.ts";
import { STORE_OPTIONS } from "../stores/client/store-options.ts";
import type { BudgetStoreOptions } from "../stores/client/store-options.ts";
import { redisConnection } from "./redis-client.ts";
import type { RedisClient } from "./redis-client.ts";
import { ScriptStore } from "./script-store.ts";

/** Options of `redisStore`. */
export interface RedisStoreOptions extends BudgetStoreOptions {
  /**
   * The prefix of all keys; without braces.
   *
   * @default `"token-budget"`
   */
  readonly prefix?: string | undefined;
  /**
   * How long ids and ledger entries are kept after they are settled, in milliseconds: at least an
   * hour.
   *
   * @default 86,400,000 (24 hours)
   */
  readonly retentionMs?: number | undefined;
  /**
   * How many replicas must have a write before it is acknowledged (`WAIT`); not available with a
   * cluster. This reduces what a failover may lose, but does not rule it out.
   *
   * @default 0
   */
  readonly waitForReplicas?: number | undefined;
}

const PREFIX_DEFAULT = "token-budget";
const HOUR_MS = 3_600_000;
const RETENTION_MS_DEFAULT = 24 * HOUR_MS;
const REPLICAS_MAX = 100;
const REDIS = {
  ...STORE_OPTIONS,
  prefix: readPrefix,
  retentionMs: whole(HOUR_MS, Number.MAX_SAFE_INTEGER, RETENTION_MS_DEFAULT),
  waitForReplicas: whole(0, REPLICAS_MAX, 0),
} satisfies TableFor<RedisStoreOptions>;

/**
 * Keeps budgets in Redis (6.2 or later) or Valkey, for all processes on all hosts that reach it.
 *
 * `client` is a `Redis` or `Cluster` of ioredis or iovalkey, a connected client or cluster of
 * node-redis, a client of valkey-glide or of Bun, or a `Redis` of `@upstash/redis` created with
 * `automaticDeserialization: false`. The store never closes it. Every batch is one script call, and
 * the server's clock is used. All keys of a tree of pools lie in one slot of a cluster.
 *
 * Bookings are as durable as the server's configuration: with `appendfsync always` they survive a
 * crash of the server; otherwise it may lose the last second. A server that evicts keys loses
 * budgets: unless `maxmemory-policy` is `noeviction`, the store emits a process warning with the
 * code `TOKEN_BUDGET_EVICTION`.
 *
 * @throws {TypeError | RangeError} if the client or an option is invalid.
 *
 * @example
 * const client = new Redis({ lazyConnect: true });
 * const store = redisStore(client, { prefix: "my-budgets" });
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): BudgetStore {
  const { prefix, retentionMs, waitForReplicas, ...storeOptions } = readOptions(options, REDIS);
  const connection = redisConnection(client);
  if (waitForReplicas > 0 && connection.isCluster) {
    throw new RangeError(
      "`waitForReplicas` works with one server and its replicas, not with a cluster",
    );
  }
  const store = new ScriptStore(connection, {
    ...storeOptions,
    prefix,
    retentionMs,
    waitForReplicas,
  });
  return new BudgetStore(store, storeOptions);
}

function readPrefix(prefix: string = PREFIX_DEFAULT): string {
  if (typeof prefix === "string" && prefix !== "" && !/[{}]/.test(prefix)) return prefix;
  throw new RangeError(
    `Expected \`prefix\` to be a string without braces, because braces would decide the slot of its keys, got ${describe(prefix)}`,
  );
}
