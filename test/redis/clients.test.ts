// What single clients do with texts and errors on the way.

import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import { otherRedisClients, redisClients } from "../support/redis-clients.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { UpstashBridge } from "../support/upstash-bridge.ts";

const binary = redisBinary("valkey-server");

describe.skipIf(binary === undefined)("a client of Redis", () => {
  for (const [name, connect] of Object.entries({ ...redisClients, ...otherRedisClients })) {
    it(`I9 a Redis client passes names that look like JSON unchanged, and errors with their code (${name})`, async () => {
      const server = await RedisServer.start(binary ?? "");
      const { client, close } = await connect(server.port);
      const store = redisStore(client, { timeoutMs: 10_000 });
      const roots = ['{"a":1}', "null", "true", "007", "1e3", '"quoted"', "[1,2]", "OK"];
      for (const root of roots) await (await store.pool(root)).record({ tokens: 1 }, { id: root });
      expect((await store.pools()).map(({ path }) => path).toSorted()).toEqual(roots.toSorted());
      for (const root of roots)
        expect((await (await store.pool(root)).ledger()).map(({ id }) => id)).toEqual([root]);
      const admin = new Redis({ port: server.port, host: "127.0.0.1" });
      await admin.call("SET", "token-budget:{null}:open", "not a hash");
      await admin.call("SCRIPT", "FLUSH");
      const pool = await store.pool("true");
      await pool.record({ tokens: 1 });
      const damaged = (await store.pool("null")).reserve({ tokens: 1 });
      await expect(damaged).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", triedMs: 0 });
      await expect(damaged).rejects.toThrow(/WRONGTYPE/);
      admin.disconnect();
      await store.close();
      close();
      await server.crash();
    });
  }

  it("all keys of a client with a prefix have it, and its pools are listed by spend", async () => {
    const server = await RedisServer.start(binary ?? "");
    const admin = new Redis({ port: server.port, host: "127.0.0.1" });
    const client = new Redis({ port: server.port, host: "127.0.0.1", keyPrefix: "app:" });
    const store = redisStore(client, { timeoutMs: 10_000 });
    for (const [root, usd] of [
      ["little", 1],
      ["much", 3],
    ] as const) {
      const pool = await store.pool(root, { caps: { usd: 4 } });
      await (await pool.reserve({ usd })).commit();
      await expect(pool.record({ usd: 4 })).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
      expect((await pool.snapshot()).used.usd).toBe(usd);
    }
    const { pools } = await store.page({ by: "usd", limit: 10 });
    expect(pools.map(({ path }) => path)).toEqual(["much", "little"]);
    const keys = await admin.keys("*");
    expect(keys.filter((key) => !key.startsWith("app:"))).toEqual([]);
    expect(keys.length).toBeGreaterThan(3);
    await store.close();
    client.disconnect();
    admin.disconnect();
    await server.crash();
  });

  it("an Upstash client is refused when it would change texts, and reports a wrong token at once", async () => {
    const server = await RedisServer.start(binary ?? "");
    const bridge = await UpstashBridge.start(server.port);
    expect(() => redisStore(new UpstashRedis(bridge.options))).toThrow(/automaticDeserialization/);
    const options = { ...bridge.options, token: "wrong", automaticDeserialization: false };
    const opening = redisStore(new UpstashRedis(options)).pool("acme");
    await expect(opening).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", triedMs: 0 });
    await expect(opening).rejects.not.toThrow(/SADD/);
    bridge.close();
    await server.crash();
  });
});
