// A primary with two replicas and three Sentinels: what was acknowledged survives its crash.

import { Redis } from "ioredis";
import { createSentinel } from "redis";
import { describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import type { RedisClient } from "../../src/redis/index.ts";
import type { StoredBudgetPool } from "../../src/stores/index.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");
const TASKS = 4;
const BEFORE = 20;
const AFTER = 40;
const NAME = "budgets";

interface Sentinels {
  readonly primary: RedisServer;
  readonly ports: readonly number[];
  readonly end: () => Promise<void>;
}

async function startSentinels(): Promise<Sentinels> {
  const primary = await RedisServer.start(binary ?? "", ["--repl-diskless-sync-delay", "0"]);
  const replicaOf = ["--replicaof", `127.0.0.1 ${primary.port}`];
  const replicas = await Promise.all(
    [1, 2].map(() =>
      RedisServer.start(binary ?? "", [...replicaOf, "--repl-diskless-sync-delay", "0"]),
    ),
  );
  const admin = new Redis({ port: primary.port, host: "127.0.0.1" });
  await expect
    .poll(() => admin.info("replication"), { timeout: 20_000 })
    .toMatch(/state=online[^]*state=online/);
  admin.disconnect();
  const sentinels = await Promise.all(
    [1, 2, 3].map(() =>
      RedisServer.startSentinel(binary ?? "", [
        `sentinel monitor ${NAME} 127.0.0.1 ${primary.port} 2`,
        `sentinel down-after-milliseconds ${NAME} 500`,
        `sentinel failover-timeout ${NAME} 3000`,
      ]),
    ),
  );
  const one = new Redis({ port: sentinels[0]?.port ?? 0, host: "127.0.0.1" });
  await expect
    .poll(() => one.call("SENTINEL", "MASTER", NAME), { timeout: 20_000 })
    .toEqual(expect.arrayContaining(["num-slaves", "2", "num-other-sentinels"]));
  one.disconnect();
  return {
    primary,
    ports: sentinels.map(({ port }) => port),
    async end() {
      await Promise.all([primary, ...replicas, ...sentinels].map((server) => server.crash()));
    },
  };
}

const clients: Readonly<
  Record<string, (ports: readonly number[]) => Promise<{ client: RedisClient; close: () => void }>>
> = {
  async ioredis(ports) {
    const sentinels = ports.map((port) => ({ host: "127.0.0.1", port }));
    const client = new Redis({ sentinels, name: NAME });
    client.on("error", () => undefined);
    return { client, close: () => client.disconnect() };
  },
  async "node-redis"(ports) {
    const sentinelRootNodes = ports.map((port) => ({ host: "127.0.0.1", port }));
    const client = createSentinel({ name: NAME, sentinelRootNodes });
    client.on("error", () => undefined);
    await client.connect();
    return { client, close: () => void client.destroy() };
  },
};

/** Records until so many are acknowledged; answers their ids. */
async function recordMany(pool: StoredBudgetPool, name: string, count: number): Promise<string[]> {
  const acknowledged: string[] = [];
  while (acknowledged.length < count) {
    const id = `${name}-${acknowledged.length}`;
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await pool.record({ tokens: 3 }, { id });
    acknowledged.push(id);
  }
  return acknowledged;
}

describe.skipIf(binary === undefined)("redisStore behind Sentinel", () => {
  for (const [name, connect] of Object.entries(clients)) {
    it(`I3 with waitForReplicas nothing acknowledged is lost when the primary crashes (${name})`, async () => {
      const { primary, ports, end } = await startSentinels();
      const { client, close } = await connect(ports);
      const store = redisStore(client, { waitForReplicas: 1, timeoutMs: 60_000 });
      const pool = await store.pool("acme", { caps: { tokens: 1_000_000 } });
      const task = (each: number, count: number): Promise<string[]> =>
        recordMany(pool, `${each}-${count}`, count);
      const tasks = Array.from({ length: TASKS }, (_, each) => each);
      const before = await Promise.all(tasks.map((each) => task(each, BEFORE)));
      const during = Promise.all(tasks.map((each) => task(each, AFTER)));
      await primary.crash();
      const acknowledged = [before, await during].flat(2);
      const lines = await pool.ledger({ limit: 10_000 });
      expect(lines.map(({ id }) => id).toSorted()).toEqual(acknowledged.toSorted());
      const { used } = await pool.snapshot();
      expect(used.tokens).toBe(3 * TASKS * (BEFORE + AFTER));
      const hold = await pool.reserve({ tokens: 1_000_000 - used.tokens });
      const waiting = pool.reserveWhenFree({ tokens: 1 }, { timeoutMs: 20_000 });
      await hold.release();
      await (await waiting).commit();
      await store.close();
      close();
      await end();
    });
  }
});
