// What is asked of many trees in one turn of the event loop is one call of the script, and each tree
// is answered for itself.

import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");
const TREES = 100;

describe.skipIf(binary === undefined)("the Redis store over many trees", () => {
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

  async function scriptCalls(): Promise<number> {
    return Number(/cmdstat_fcall:calls=(\d+)/.exec(await client.info("commandstats"))?.[1] ?? 0);
  }

  it("the Redis store sends batches of 64 trees in one call, and books each in its own tree", async () => {
    const store = redisStore(client, { prefix: "many" });
    const pools = await Promise.all(
      Array.from({ length: TREES }, (_, index) => store.pool(`root-${index}`)),
    );
    const before = await scriptCalls();
    await Promise.all(pools.map((pool, index) => pool.record({ tokens: index })));
    expect((await scriptCalls()) - before).toBe(2);
    const used = await Promise.all(pools.map(async (pool) => (await pool.snapshot()).used.tokens));
    expect(used).toEqual(pools.map((_, index) => index));
    await store.close();
  });

  it("the Redis store rolls windows and frees expired holds in several trees of one call", async () => {
    const clock = new ManualClock();
    const store = redisStore(client, { prefix: "rolls", clock });
    const names = ["minute", "hour", "none", "leased"];
    const pools = await Promise.all(
      names.map((name) => {
        const options = { caps: { tokens: 10 }, leaseMs: 1000 };
        const window = name === "minute" || name === "hour" ? name : undefined;
        return store.pool(name, window === undefined ? options : { ...options, window });
      }),
    );
    await Promise.all(pools.slice(0, 3).map((pool) => pool.record({ tokens: 10 })));
    await pools[3]?.reserve({ tokens: 10 });
    clock.advance(60_000);
    const asked = pools.map((pool) => pool.tryRecord({ tokens: 10 }));
    expect(await Promise.all(asked)).toEqual([true, false, false, true]);
    await store.close();
  });

  it("R12 an error of one tree in Redis affects only that tree", async () => {
    const store = redisStore(client, { prefix: "wrong" });
    const pools = await Promise.all(["a", "b", "c"].map((name) => store.pool(name)));
    await Promise.all(pools.map((pool) => pool.record({ tokens: 1 })));
    await client.rename("wrong:{b}:ledger", "kept-ledger");
    await client.set("wrong:{b}:ledger", "text");
    const outcomes = await Promise.allSettled(pools.map((pool) => pool.record({ tokens: 2 })));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { code: "STORE_UNAVAILABLE" } });
    await client.rename("kept-ledger", "wrong:{b}:ledger");
    const used = await Promise.all(pools.map(async (pool) => (await pool.snapshot()).used.tokens));
    expect(used).toEqual([3, 1, 3]);
    await store.close();
  });

  it("the Redis store calls tree by tree if its user may not access all of them", async () => {
    await client.call("ACL", "SETUSER", "some", "on", ">secret", "+@all", "~*");
    const { port } = server;
    const some = new Redis({ port, host: "127.0.0.1", username: "some", password: "secret" });
    const store = redisStore(some, { prefix: "rights", timeoutMs: 2000 });
    const [mine, theirs] = await Promise.all([store.pool("mine"), store.pool("theirs")]);
    await client.call("ACL", "SETUSER", "some", "resetkeys", "~rights:{mine}*");
    const asked = [mine.record({ tokens: 1 }), theirs.record({ tokens: 1 })];
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect((await mine.snapshot()).used.tokens).toBe(1);
    await store.close();
    some.disconnect();
  });
});
