// The dearest pools in Redis: one sorted set, which the script keeps right.

import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");
const DAY_MS = 86_400_000;

describe.skipIf(binary === undefined)("pools by spend in Redis", () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await RedisServer.start(binary ?? "", []);
    client = new Redis({ port: server.port, host: "127.0.0.1" });
  });
  afterAll(async () => {
    client.disconnect();
    await server.crash();
  });

  async function dearest(store: BudgetStore, limit = 3): Promise<string[]> {
    const paths: string[] = [];
    for (let after: string | undefined; ;) {
      // oxlint-disable-next-line no-await-in-loop -- page after page
      const { pools, next } = await store.page({ by: "usd", limit, after });
      paths.push(...pools.map(({ path }) => path));
      if (next === undefined) return paths;
      after = next;
    }
  }

  it("pools by spend in Redis are in order after bookings, resets, rolls and deletions", async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1));
    const store = redisStore(client, { prefix: "ranks", clock });
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const pools = await Promise.all(names.map((name) => store.pool(name)));
    expect(await dearest(store)).toEqual(names);
    await Promise.all(pools.map((pool, index) => pool.record({ usd: 2 ** index })));
    expect(await dearest(store)).toEqual(["g", "f", "e", "d", "c", "b", "a"]);
    await pools[6]?.reset();
    await pools[0]?.record({ usd: 1000 });
    expect(await dearest(store)).toEqual(["a", "f", "e", "d", "c", "b", "g"]);
    await pools[5]?.configure({ window: "day" });
    clock.advance(DAY_MS);
    await pools[5]?.record({ usd: 3 });
    await store.delete("e");
    expect(await dearest(store)).toEqual(["a", "d", "c", "f", "b", "g"]);
    // What is held is not used yet.
    const hold = await pools[1]?.reserve({ usd: 5000 });
    expect((await dearest(store))[0]).toBe("a");
    await hold?.commit({ usd: 4000 });
    const made = await store.pool("b/child");
    await made.record({ usd: 1 });
    expect(await dearest(store)).toEqual(["b", "a", "d", "c", "f", "b/child", "g"]);
    await store.close();
  });

  it("pools by spend are listed once although the pool at a page boundary moved, was deleted, or ties with others", async () => {
    const store = redisStore(client, { prefix: "moved" });
    const names = Array.from({ length: 9 }, (_, index) => `p${index}`);
    const pools = await Promise.all(names.map((name) => store.pool(name)));
    const first = await store.page({ by: "usd", limit: 4 });
    expect(first.pools.map(({ path }) => path)).toEqual(names.slice(0, 4));
    await pools[3]?.record({ usd: 1 });
    const second = await store.page({ by: "usd", limit: 4, after: first.next });
    expect(second.pools.map(({ path }) => path)).toEqual(names.slice(4, 8));
    await store.delete("p7");
    const last = await store.page({ by: "usd", limit: 4, after: second.next });
    expect(last.pools.map(({ path }) => path)).toEqual(["p8"]);
    expect(last.next).toBeUndefined();
    await store.close();
  });

  it("pools by spend are all found in a Redis store of an earlier version", async () => {
    const store = redisStore(client, { prefix: "earlier" });
    const pools = await Promise.all(["a", "b", "c"].map((name) => store.pool(name)));
    await pools[1]?.record({ usd: 1 });
    await client.del("earlier:ranks");
    await pools[2]?.record({ usd: 2 });
    await pools[0]?.reserve({ usd: 1 }, {});
    const reader = redisStore(client, { prefix: "earlier" });
    expect(await dearest(reader)).toEqual(["c", "b", "a"]);
    await reader.close();
    await store.close();
  });
});
