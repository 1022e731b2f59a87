import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import { StoreUnavailable } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { freePort } from "../support/servers.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { LONG_MS } from "../support/stored-roots.ts";

const binary = redisBinary("redis-server");
const HOUR_MS = 3_600_000;
/** Thousands of commands take long on a machine that does much else. */
const SLOW_MS = 50_000;
const DAY_MS = 24 * HOUR_MS;
const isUnavailable = (error: unknown): boolean => StoreUnavailable.is(error);

/** A client that is quiet about connections that break. */
function clientOf(server: RedisServer, options = {}): Redis {
  const client = new Redis({ port: server.port, host: "127.0.0.1", ...options });
  client.on("error", () => undefined);
  return client;
}

describe.skipIf(binary === undefined)("redisStore", () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await RedisServer.start(binary ?? "", ["--repl-diskless-sync-delay", "0"]);
    client = clientOf(server);
  });
  afterAll(async () => {
    client.disconnect();
    await server.crash();
  });

  it("redisStore continues after the server lost the script", async () => {
    const pool = await redisStore(client, { prefix: "flushed" }).pool("acme");
    await pool.record({ tokens: 1 });
    await client.script("FLUSH");
    await pool.record({ tokens: 2 });
    expect((await pool.snapshot()).used.tokens).toBe(3);
  });

  it("redisStore reports a pool whose data the server lost, and creates it again on the next open", async () => {
    const own = await RedisServer.start(binary ?? "");
    const store = redisStore(clientOf(own));
    const pool = await store.pool("acme", { caps: { tokens: 10 } });
    const hold = await pool.reserve({ tokens: 4 });
    await clientOf(own).flushall();
    await expect(pool.record({ tokens: 1 })).rejects.toMatchObject({ code: "POOL_GONE" });
    await store.pool("acme", { caps: { tokens: 10 } });
    await hold.commit({ tokens: 3 }).catch(() => undefined);
    expect((await pool.snapshot()).used.tokens).toBe(3);
    await own.crash();
  });

  it("F33 the largest amounts are read back exactly", async () => {
    const pool = await redisStore(client, { prefix: "large" }).pool("acme");
    const tokens = Number.MAX_SAFE_INTEGER;
    await pool.record({ tokens: tokens - 1, usd: "9007199.254740991" }, { id: "large" });
    await pool.record({ tokens: 1 });
    const { used } = await pool.snapshot();
    expect([used.tokens, used.usd]).toEqual([tokens, 9_007_199.254_740_991]);
    await expect(pool.record({ tokens: 1 })).rejects.toThrow(RangeError);
    const [line] = await pool.ledger();
    expect([line?.amount.tokens, line?.amount.usd]).toEqual([tokens - 1, 9_007_199.254_740_991]);
  });

  it("I9 unusual names and ids are never confused with others", async () => {
    const store = redisStore(client, { prefix: "names" });
    const names = [
      "}{",
      "{acme}",
      "acme}",
      "a:b",
      "pool:acme",
      "%7B",
      "__proto__",
      "constructor",
      "'; return redis.call('FLUSHALL') --",
      "*",
      "日本 🚀",
      "x".repeat(128),
      " ",
    ];
    for (const [index, name] of names.entries()) {
      const pool = await store.pool(`${name}/${name}`);
      await pool.record({ tokens: index + 1 }, { id: name });
    }
    const used = new Map((await store.pools()).map((pool) => [pool.path, pool.used.tokens]));
    expect(used.size).toBe(2 * names.length);
    for (const [index, name] of names.entries()) {
      expect(used.get(`${name}/${name}`)).toBe(index + 1);
      expect((await (await store.pool(name)).ledger()).map(({ id }) => id)).toEqual([name]);
    }
  });

  it("redisStore keeps stores of different prefixes apart, and refuses a prefix that would move keys", async () => {
    const pools = await Promise.all(
      ["one", "two"].map((prefix) => redisStore(client, { prefix }).pool("acme")),
    );
    await pools[0]?.record({ tokens: 1 });
    expect((await pools[1]?.snapshot())?.used.tokens).toBe(0);
    expect(() => redisStore(client, { prefix: "{x}" })).toThrow(/without braces/);
    expect(() => redisStore(client, { retentionMs: 5 })).toThrow(/retentionMs/);
    // @ts-expect-error -- no client
    expect(() => redisStore("redis://localhost")).toThrow(/client of ioredis/);
  });

  it("redisStore completes the index of pools opened by an earlier version, and tolerates entries of deleted pools", async () => {
    const store = redisStore(client, { prefix: "indexed" });
    for (const path of ["a", "a/b", "a-b", "c"]) await store.pool(path);
    await client.zadd("indexed:index", 0, "never made");
    const pages = async (): Promise<string[]> =>
      (await redisStore(client, { prefix: "indexed" }).page()).pools.map(({ path }) => path);
    expect(await pages()).toEqual(["a", "a-b", "a/b", "c"]);
    await client.del("indexed:index");
    await store.pool("d");
    expect(await pages()).toEqual(["a", "a-b", "a/b", "c", "d"]);
    expect(await pages()).toEqual(["a", "a-b", "a/b", "c", "d"]);
  });

  it("redisStore reads and writes thousands of pools in one batch", async () => {
    const store = redisStore(client, { prefix: "deep", timeoutMs: SLOW_MS });
    const path = (branch: number): string => `a/${branch}${"/x".repeat(390)}`;
    const pools = await Promise.all(
      Array.from({ length: 40 }, (_, branch) => store.pool(path(branch))),
    );
    await Promise.all(pools.map((pool) => pool.record({ tokens: 1 })));
    expect((await (await store.pool("a")).snapshot()).used.tokens).toBe(40);
    expect((await store.pools()).length).toBe(1 + 40 * 391);
  });

  it("redisStore frees thousands of holds whose leases have ended before it judges", async () => {
    const clock = new ManualClock();
    const store = redisStore(client, {
      prefix: "expired",
      clock,
      pollMs: LONG_MS,
      timeoutMs: SLOW_MS,
    });
    const pool = await store.pool("acme", { caps: { calls: 3500 }, leaseMs: 1000 });
    await Promise.all(Array.from({ length: 3500 }, () => pool.reserve({ tokens: 1 })));
    clock.advance(1000);
    await pool.reserve({ calls: 3500 });
    expect((await pool.snapshot()).openReservations).toBe(1);
    await store.close();
  });

  it("R10 redisStore forgets entries and ids when they are older than the retention, and only then", async () => {
    const clock = new ManualClock();
    const store = redisStore(client, { prefix: "old", clock, retentionMs: 2 * HOUR_MS });
    const pool = await store.pool("acme");
    await Promise.all(Array.from({ length: 300 }, () => pool.record({ tokens: 1 })));
    clock.advance(2 * HOUR_MS);
    await Promise.all(Array.from({ length: 200 }, () => pool.record({ tokens: 1 })));
    expect((await pool.ledger({ limit: 1000 })).length).toBe(500);
    clock.advance(1);
    await Promise.all(Array.from({ length: 200 }, () => pool.record({ tokens: 1 })));
    expect((await pool.ledger({ limit: 1000 })).length).toBeLessThanOrEqual(400);
    expect((await pool.snapshot()).used.tokens).toBe(700);
    await pool.record({ tokens: 5 }, { id: "kept" });
    clock.advance(2 * HOUR_MS);
    await pool.record({ tokens: 5 }, { id: "kept" });
    expect((await pool.snapshot()).used.tokens).toBe(705);
    clock.advance(4 * HOUR_MS);
    await pool.record({ tokens: 1 });
    expect(await client.keys("old:{acme}:ids:*")).toHaveLength(1);
    await store.close();
  });

  it("R13 a waiter is notified at once when another process frees room", async () => {
    const other = clientOf(server);
    const options = { prefix: "told", pollMs: 600_000 };
    const stores = [redisStore(client, options), redisStore(other, options)];
    const [pool, there] = await Promise.all(
      stores.map((store) => store.pool("acme", { caps: { tokens: 10 } })),
    );
    const hold = await pool?.reserve({ tokens: 10 });
    const waiting = there?.reserveWhenFree({ tokens: 5 });
    await expect.poll(() => client.hlen("told:{acme}:waiters")).toBe(1);
    // Asking again would take longer than this test may.
    await hold?.release();
    await expect(waiting).resolves.toBeDefined();
    await Promise.all(stores.map((store) => store.close()));
    other.disconnect();
  });

  it("R12 a process that waited can exit once its work is done and its client is closed", async () => {
    const script = `
      import { Redis } from "ioredis";
      import { redisStore } from "./src/redis/index.ts";
      const client = new Redis({ port: ${server.port}, host: "127.0.0.1" });
      const pool = await redisStore(client, { prefix: "ends" }).pool("acme", { caps: { tokens: 1 } });
      const hold = await pool.reserve({ tokens: 1 });
      setTimeout(() => hold.release(), 50);
      await (await pool.reserveWhenFree({ tokens: 1 })).commit();
      client.disconnect();`;
    const run = promisify(execFile);
    await expect(
      run(process.execPath, ["--input-type=module", "--eval", script], { timeout: 20_000 }),
    ).resolves.toMatchObject({ stdout: "" });
  });

  it("F31 redisStore warns of a server that evicts keys, once", async () => {
    const own = await RedisServer.start(binary ?? "", ["--maxmemory-policy", "allkeys-lru"]);
    const warned = new Promise<Error>((resolve) => {
      process.once("warning", resolve);
    });
    const pool = await redisStore(clientOf(own)).pool("acme");
    await pool.record({ tokens: 1 });
    expect(await warned).toMatchObject({
      code: "TOKEN_BUDGET_EVICTION",
      message: expect.stringContaining("noeviction"),
    });
    await own.crash();
  });

  it("F35 a server whose memory is full refuses, and changes nothing", async () => {
    const own = await RedisServer.start(binary ?? "");
    const admin = clientOf(own);
    const pool = await redisStore(clientOf(own), { timeoutMs: 3000 }).pool("acme");
    await pool.record({ tokens: 1 });
    await admin.config("SET", "maxmemory", "1mb");
    await expect(pool.record({ tokens: 2 })).rejects.toSatisfy(isUnavailable);
    await expect(pool.record({ tokens: 2 })).rejects.toMatchObject({
      cause: expect.objectContaining({ message: expect.stringContaining("OOM") }),
    });
    await admin.config("SET", "maxmemory", "0");
    await pool.record({ tokens: 4 });
    const lines = await pool.ledger();
    expect((await pool.snapshot()).used.tokens).toBe(5);
    expect(lines.map(({ amount }) => amount.tokens)).toEqual([1, 4]);
    await own.crash();
  });

  it("a wrong password of Redis is reported at once, with the server's message", async () => {
    const own = await RedisServer.start(binary ?? "", ["--requirepass", "secret"]);
    const store = redisStore(clientOf(own), { timeoutMs: 30_000 });
    await expect(store.pool("acme")).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: expect.objectContaining({ message: expect.stringContaining("NOAUTH") }),
    });
    await own.crash();
  });

  it("F32 waitForReplicas acknowledges a booking only once replicas have it", async () => {
    const replica = await RedisServer.start(binary ?? "", [
      "--replicaof",
      `127.0.0.1 ${server.port}`,
    ]);
    const copy = clientOf(replica);
    await expect
      .poll(() => copy.info("replication"), { timeout: 20_000 })
      .toContain("master_link_status:up");
    const store = redisStore(client, { prefix: "wait", waitForReplicas: 1, timeoutMs: 3000 });
    const pool = await store.pool("acme");
    await pool.record({ tokens: 3 }, { id: "first" });
    expect(await copy.hexists(`wait:{acme}:ids:${Math.floor(Date.now() / DAY_MS)}`, "first")).toBe(
      1,
    );
    replica.signal("SIGSTOP");
    await expect(pool.record({ tokens: 4 }, { id: "second" })).rejects.toSatisfy(isUnavailable);
    replica.signal("SIGCONT");
    await pool.record({ tokens: 4 }, { id: "second" });
    expect((await pool.snapshot()).used.tokens).toBe(7);
    await replica.crash();
  });

  it("redisStore keeps all keys of a tree in one slot of a cluster, with both clients", async () => {
    const node = await RedisServer.start(binary ?? "", [
      "--cluster-enabled",
      "yes",
      "--cluster-announce-ip",
      "127.0.0.1",
      "--cluster-port",
      String(await freePort()),
    ]);
    const admin = clientOf(node);
    await admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await expect
      .poll(() => admin.call("CLUSTER", "INFO"), { timeout: 20_000 })
      .toContain("cluster_state:ok");
    const cluster = new Cluster([{ host: "127.0.0.1", port: node.port }]);
    const nodeCluster = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${node.port}` }] });
    await nodeCluster.connect();
    for (const store of [
      redisStore(cluster, { prefix: "a" }),
      redisStore(nodeCluster, { prefix: "b", pollMs: 20 }),
    ]) {
      const pool = await store.pool("acme/search", { caps: { tokens: 10 }, window: "day" });
      const hold = await pool.reserve({ tokens: 8 });
      const waiting = pool.reserveWhenFree({ tokens: 5 });
      await pool.snapshot();
      await hold.commit({ tokens: 3 });
      await (await waiting).commit({ tokens: 4 });
      expect((await store.pools()).map(({ used }) => used.tokens)).toEqual([7, 7]);
      expect((await pool.ledger()).length).toBe(2);
      await store.close();
    }
    expect(() => redisStore(cluster, { waitForReplicas: 1 })).toThrow(/not with a cluster/);
    cluster.disconnect();
    nodeCluster.destroy();
    await node.crash();
  });
});
