// What is called most is a function of a library where the server has functions for this user, and
// a script everywhere else.

import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { EXECUTE_BATCH } from "../../src/redis/lua/scripts.ts";
import { redisStore } from "../../src/redis/index.ts";
import type { RedisClient } from "../../src/redis/index.ts";
import { otherRedisClients, redisClients } from "../support/redis-clients.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("valkey-server");
const clients = { ...redisClients, ...otherRedisClients };
const NO_FUNCTIONS = ["--rename-command", "FCALL", "", "--rename-command", "FUNCTION", ""];

/** How often the server was asked for a command, refused ones included. */
async function calls(admin: Redis, command: string): Promise<number> {
  const stats = await admin.info("commandstats");
  const [, called = 0, rejected = 0] =
    new RegExp(`cmdstat_${command}:calls=(\\d+),.*rejected_calls=(\\d+)`).exec(stats) ?? [];
  return Number(called) + Number(rejected);
}

/** Spends in a new store, and returns how often functions and scripts were called for it. */
async function spend(
  admin: Redis,
  client: RedisClient,
  prefix: string,
): Promise<{ functions: number; scripts: number }> {
  await admin.config("RESETSTAT");
  const store = redisStore(client, { prefix, timeoutMs: 10_000 });
  const pool = await store.pool("acme", { caps: { tokens: 100 } });
  for (let count = 0; count < 10; count++)
    await (await pool.reserve({ tokens: 10 })).commit({ tokens: 5 });
  const functions = await calls(admin, "fcall");
  const scripts = await calls(admin, "evalsha");
  expect((await pool.snapshot()).used).toMatchObject({ tokens: 50, calls: 10 });
  await store.close();
  return { functions, scripts };
}

describe.skipIf(binary === undefined)("the function library of the Redis store", () => {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await RedisServer.start(binary ?? "");
    admin = new Redis({ port: server.port, host: "127.0.0.1" });
  });
  afterAll(async () => {
    admin.disconnect();
    await server.crash();
  });

  it.each(Object.entries(clients))(
    "a batch is a function with %s, which loads the library once for all",
    async (name, connect) => {
      await admin.call("FUNCTION", "FLUSH");
      const { client, close } = await connect(server.port);
      const first = await spend(admin, client, `first-${name}`);
      expect(first).toEqual({ functions: 23, scripts: 0 });
      expect(await spend(admin, client, `next-${name}`)).toEqual({ functions: 22, scripts: 0 });
      close();
    },
  );

  it("a library that was lost is loaded again, by several processes at once too", async () => {
    const stores = Array.from({ length: 8 }, () => redisStore(admin, { prefix: "lost" }));
    const pools = await Promise.all(stores.map((store) => store.pool("acme")));
    await admin.call("FUNCTION", "FLUSH");
    await Promise.all(pools.map((pool) => pool.record({ tokens: 1 })));
    expect((await pools[0]?.snapshot())?.used.tokens).toBe(8);
    const listed = String(await admin.call("FUNCTION", "LIST"));
    expect(listed).toContain(EXECUTE_BATCH.library);
    await admin.config("RESETSTAT");
    await pools[0]?.record({ tokens: 1 });
    expect(await calls(admin, "fcall")).toBe(1);
  });

  it("a library notices rows that others wrote, or that came back from a backup", async () => {
    const store = redisStore(admin, { prefix: "others" });
    const pool = await store.pool("acme", { caps: { tokens: 1000 } });
    const usedNow = async (): Promise<number> => (await pool.snapshot()).used.tokens;
    await pool.record({ tokens: 1 });
    const keys = await admin.keys("others:*");
    const backup = await Promise.all(keys.map((key) => admin.dumpBuffer(key)));
    await pool.record({ tokens: 10 });
    expect(await usedNow()).toBe(11);
    for (const [index, key] of keys.entries())
      await admin.restore(key, 0, backup[index] ?? "", "REPLACE");
    await pool.record({ tokens: 100 });
    expect(await usedNow()).toBe(101);

    // This user's batches are scripts.
    await admin.call("ACL", "SETUSER", "scripts", "on", ">secret", "~*", "&*", "+@all", "-fcall");
    const user = new Redis({ port: server.port, username: "scripts", password: "secret" });
    const beside = redisStore(user, { prefix: "others" });
    await (await beside.pool("acme")).record({ tokens: 200 });
    await pool.record({ tokens: 400 });
    expect(await usedNow()).toBe(701);
    await expect(pool.record({ tokens: 300 })).rejects.toThrow(/tokens/);
    await pool.record({ tokens: 299 });
    expect(await usedNow()).toBe(1000);
    user.disconnect();
  });

  it("a library of another version stays beside this one", async () => {
    const name = "token_budget_0000000000000000";
    const other = `#!lua name=${name}\nredis.register_function("${name}", function() return 7 end)`;
    await admin.call("FUNCTION", "LOAD", other);
    expect(await spend(admin, admin, "beside")).toMatchObject({ scripts: 0 });
    expect(await admin.call("FCALL", name, "0")).toBe(7);
  });

  it("a server that says in other words that it has no such function gets scripts in the end", async () => {
    await admin.call("FUNCTION", "FLUSH");
    const name = EXECUTE_BATCH.library;
    const answer = "return redis.error_reply('ERR No such function name found in the database')";
    const other = `#!lua name=${name}\nredis.register_function("${name}", function() ${answer} end)`;
    await admin.call("FUNCTION", "LOAD", other);
    const { functions, scripts } = await spend(admin, admin, "words");
    expect(functions).toBe(3);
    expect(scripts).toBeGreaterThanOrEqual(21);
    await admin.call("FUNCTION", "FLUSH");
  });

  it("reading does without functions, so that a server whose memory is full answers", async () => {
    const store = redisStore(admin, { prefix: "full", timeoutMs: 300 });
    const pool = await store.pool("acme", { caps: { tokens: 100 } });
    await pool.record({ tokens: 3 });
    await admin.config("SET", "maxmemory", "1");
    await expect(pool.record({ tokens: 3 })).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect((await pool.snapshot()).used.tokens).toBe(3);
    expect(await pool.check({ tokens: 98 })).toMatchObject({ reason: "spent" });
    await admin.config("SET", "maxmemory", "0");
    await pool.record({ tokens: 3 });
    expect((await pool.snapshot()).used.tokens).toBe(6);
    await store.close();
  });

  it.each(["-fcall", "-function", "-fcall -function"])(
    "a user without the rights %s gets scripts, after one refusal",
    async (rights) => {
      await admin.call("FUNCTION", "FLUSH");
      const user = ["on", ">secret", "~*", "&*", "+@all", ...rights.split(" ")];
      await admin.call("ACL", "SETUSER", "limited", ...user);
      const options = { username: "limited", password: "secret" };
      const client = new Redis({ port: server.port, host: "127.0.0.1", ...options });
      const spent = await spend(admin, client, `limited${rights}`);
      expect(spent.functions).toBeLessThanOrEqual(1);
      expect(spent.scripts).toBeGreaterThanOrEqual(21);
      client.disconnect();
      await admin.call("ACL", "DELUSER", "limited");
    },
  );
});

describe.skipIf(binary === undefined)("a server without functions", () => {
  it.each(Object.entries(clients))(
    "a batch is a script with %s, after one refusal",
    async (name, connect) => {
      const server = await RedisServer.start(binary ?? "", NO_FUNCTIONS);
      const admin = new Redis({ port: server.port, host: "127.0.0.1" });
      const { client, close } = await connect(server.port);
      const { functions, scripts } = await spend(admin, client, name);
      expect(functions).toBe(0);
      expect(scripts).toBeGreaterThanOrEqual(21);
      close();
      admin.disconnect();
      await server.crash();
    },
  );

  it("a connection that is cut at every function call gets scripts in the end", async () => {
    const server = await RedisServer.start(binary ?? "");
    const admin = new Redis({ port: server.port, host: "127.0.0.1" });
    let refused = 0;
    const cutting = new Proxy(admin, {
      get(target, name) {
        if (name !== "call") return Reflect.get(target, name);
        return async (command: string, ...words: string[]) => {
          if (command === "FCALL") throw new Error(`Connection is closed (${++refused})`);
          return await target.call(command, ...words);
        };
      },
    });
    const { scripts } = await spend(admin, cutting, "cut");
    expect(refused).toBe(3);
    expect(scripts).toBeGreaterThanOrEqual(21);
    admin.disconnect();
    await server.crash();
  });
});
