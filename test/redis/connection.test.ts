import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Redis } from "ioredis";

import { redisStore } from "../../src/redis/index.ts";
import {
  cutAtRandom,
  expectBooked,
  expectFrozenServerIsUnavailable,
  expectLostAnswersBookOnce,
  spendInTasks,
} from "../support/broken-connection.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { expectFrozenHolderLosesItsHold } from "../support/frozen.ts";
import { redisClients } from "../support/redis-clients.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");

describe.skipIf(binary === undefined)("redisStore over a connection that breaks", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start(binary ?? "");
    // The script is longer than a connection below may live.
    const client = new Redis({ port: server.port, host: "127.0.0.1" });
    await redisStore(client).pool("first");
    client.disconnect();
  });
  afterAll(() => server.crash());

  for (const [name, connect] of Object.entries(redisClients)) {
    it(`R10 F23 an answer that is lost books nothing twice (${name})`, async () => {
      expect.hasAssertions();
      const proxy = await CuttingProxy.start(server.port);
      const { client, close } = await connect(proxy.port);
      const store = redisStore(client, { prefix: `lost-${name}`, timeoutMs: 20_000 });
      await expectLostAnswersBookOnce(store, proxy);
      await store.close();
      close();
      proxy.close();
    });

    it(`R10 I3 connections cut at random bytes, both ways, book everything once (${name})`, async () => {
      const proxy = await CuttingProxy.start(server.port);
      cutAtRandom(proxy, { asks: 2000, answers: 8000 });
      const { client, close } = await connect(proxy.port);
      const store = redisStore(client, { prefix: `cut-${name}`, timeoutMs: 50_000 });
      const pool = await store.pool("acme/search", { caps: { tokens: 2000 } });
      const acknowledged = await spendInTasks(pool);
      expect(proxy.cuts).toBeGreaterThan(3);
      await store.close();
      close();
      proxy.close();
      const uncut = await connect(server.port);
      const books = await redisStore(uncut.client, { prefix: `cut-${name}` }).pool("acme");
      await expectBooked(books, acknowledged);
      uncut.close();
    });
  }

  it("R11 I4 I5 a frozen process loses its hold at the end of its lease, and its commit is booked", async () => {
    expect.hasAssertions();
    const client = new Redis({ port: server.port, host: "127.0.0.1" });
    await expectFrozenHolderLosesItsHold(redisStore(client), `redis:${server.port}`);
    client.disconnect();
  });

  it("R12 F26 a server that is frozen is StoreUnavailable in bounded time, and then works on", async () => {
    expect.hasAssertions();
    const own = await RedisServer.start(binary ?? "");
    const client = new Redis({ port: own.port, host: "127.0.0.1" });
    const store = redisStore(client, { timeoutMs: 300 });
    await expectFrozenServerIsUnavailable(store, own);
    await store.close();
    client.disconnect();
    await own.crash();
  });
});
