import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Redis } from "ioredis";

import { redisStore } from "../../src/redis/index.ts";
import { StoreUnavailable } from "../../src/stores/index.ts";
import { BOUNDED_MS } from "../support/bounds.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { expectFrozenHolderLosesItsHold } from "../support/frozen.ts";
import { redisClients } from "../support/redis-clients.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { spendTask } from "../support/spend-task.ts";

const binary = redisBinary("redis-server");
const TASKS = 600;

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
      const proxy = await CuttingProxy.start(server.port);
      const { client, close } = await connect(proxy.port);
      const store = redisStore(client, { prefix: `lost-${name}`, timeoutMs: 20_000 });
      const pool = await store.pool("acme", { caps: { tokens: 100 } });
      proxy.cut = "next answer";
      await pool.record({ tokens: 3 });
      proxy.cut = "next answer";
      const hold = await pool.reserve({ tokens: 10 });
      proxy.cut = "next answer";
      await hold.commit({ tokens: 4 });
      expect(proxy.cuts).toBe(3);
      const { used, openReservations } = await pool.snapshot();
      expect([used.tokens, used.calls, openReservations]).toEqual([7, 2, 0]);
      await store.close();
      close();
      proxy.close();
    });

    it(`R10 I3 connections cut at random bytes, both ways, book everything once (${name})`, async () => {
      const proxy = await CuttingProxy.start(server.port);
      const atRandom = (least: number): number => least + Math.floor(Math.random() ** 2 * 20_000);
      // More than a client says and hears before it asks anything, or no ask would ever arrive.
      proxy.cut = { asks: () => atRandom(2000), answers: () => atRandom(8000) };
      const { client, close } = await connect(proxy.port);
      const store = redisStore(client, { prefix: `cut-${name}`, timeoutMs: 50_000 });
      const pool = await store.pool("acme/search", { caps: { tokens: 2000 } });
      let told = 0;
      for (let first = 0; first < TASKS; first += 5) {
        const some = Array.from({ length: 5 }, (_, index) => spendTask(pool, first + index));
        // oxlint-disable-next-line no-await-in-loop -- five at once
        for (const tokens of await Promise.all(some)) told += tokens;
      }
      expect(proxy.cuts).toBeGreaterThan(3);
      await store.close();
      close();
      proxy.close();
      const uncut = await connect(server.port);
      const books = await redisStore(uncut.client, { prefix: `cut-${name}` }).pool("acme");
      const { used, reserved, openReservations } = await books.snapshot();
      expect([used.tokens, reserved.tokens, openReservations]).toEqual([told, 0, 0]);
      const lines = await books.ledger({ limit: 1000 });
      expect(lines.reduce((sum, { amount }) => sum + amount.tokens, 0)).toBe(told);
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
    const own = await RedisServer.start(binary ?? "");
    const client = new Redis({ port: own.port, host: "127.0.0.1" });
    const store = redisStore(client, { timeoutMs: 300 });
    const pool = await store.pool("acme", { caps: { tokens: 10 } });
    own.signal("SIGSTOP");
    const startedAt = performance.now();
    await expect(pool.reserve({ tokens: 1 })).rejects.toSatisfy((error) =>
      StoreUnavailable.is(error),
    );
    expect(performance.now() - startedAt).toBeLessThan(BOUNDED_MS);
    own.signal("SIGCONT");
    const hold = await pool.reserve({ tokens: 1 });
    await hold.commit();
    expect((await pool.snapshot()).used.tokens).toBe(1);
    await store.close();
    client.disconnect();
    await own.crash();
  });
});
