// A store for a process of its own, by an address that can be handed to it as a word.

import { Redis } from "ioredis";
import pg from "pg";

import { postgresStore } from "../../src/postgres/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { sqliteStore } from "../../src/sqlite/index.ts";
import type { BudgetStore, BudgetStoreOptions } from "../../src/stores/index.ts";

/** Long enough to outlive a server that is started again. */
const TIMEOUT_MS = 20_000;

/** What opens stores: that of this build, or of another one. */
export interface StoreOpeners {
  readonly redisStore: typeof redisStore;
  readonly postgresStore: typeof postgresStore;
}

/** Opens what `sqlite:<durability>:<file>`, `redis:<port>:<host>` or `postgres:<port>:<database>` says. */
export function openStore(
  address: string,
  options: BudgetStoreOptions = {},
  openers: StoreOpeners = { redisStore, postgresStore },
): BudgetStore {
  const storeOptions = { timeoutMs: TIMEOUT_MS, ...options };
  const [kind, detail = "", ...rest] = address.split(":");
  switch (kind) {
    case "sqlite": {
      const durability = detail === "power loss" ? "power loss" : "process crash";
      return sqliteStore(rest.join(":"), { ...storeOptions, durability });
    }
    case "redis": {
      const client = new Redis({ port: Number(detail), host: rest[0] ?? "127.0.0.1" });
      client.on("error", () => undefined);
      return openers.redisStore(client, storeOptions);
    }
    case "postgres": {
      const pool = new pg.Pool({
        host: "127.0.0.1",
        port: Number(detail),
        user: "postgres",
        database: rest[0] ?? "postgres",
        max: 2,
      });
      pool.on("error", () => undefined);
      return openers.postgresStore(pool, storeOptions);
    }
    default:
      throw new RangeError(`Expected the address of a store, got ${address}`);
  }
}
