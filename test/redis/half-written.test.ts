// A batch is written whole or not at all, whichever call of the script the server refuses.

import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { EXECUTE_BATCH } from "../../src/redis/lua/scripts.ts";
import { redisStore } from "../../src/redis/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");
const CALLS_MAX = 60;

/** The script with its call number `failing` refused, and with it all deletions if `forGood`. */
function scriptFailingAt(failing: number, forGood: boolean): string {
  return `
    local server, calls = redis, 0
    local redis = { error_reply = server.error_reply }
    function redis.call(command, ...)
      calls = calls + 1
      local isDeletion = command == 'HDEL' or command == 'UNLINK'
      if calls == ${failing} or (${String(forGood)} and calls > ${failing} and isDeletion) then
        error({ err = 'NOPERM refused by the test' })
      end
      return server.call(command, ...)
    end
    function redis.pcall(...)
      local isDone, answer = pcall(redis.call, ...)
      return answer
    end
    ${EXECUTE_BATCH.text}`;
}

/** What a client has that fails each call of the script in turn, `failing` from the next one on. */
interface Faults {
  failing: number;
  forGood: boolean;
}

function faultyClient(client: Redis, faults: Faults): Redis {
  return new Proxy(client, {
    get(target, name) {
      if (name !== "call") {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return async (command: string, ...words: string[]) => {
        const isScript = command === "EVALSHA" && words[0] === EXECUTE_BATCH.sha;
        if ((!isScript && command !== "FCALL") || faults.failing === 0)
          return await target.call(command, ...words);
        const script = scriptFailingAt(faults.failing, faults.forGood);
        return await target.call("EVAL", script, ...words.slice(1));
      };
    },
  });
}

describe.skipIf(binary === undefined)("a batch of the Redis store", () => {
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

  it.each([false, true])(
    "a batch of the Redis store is written whole or not at all, whichever call is refused (deletions too: %s)",
    async (forGood) => {
      const clock = new ManualClock();
      const faults: Faults = { failing: 0, forGood };
      const options = { prefix: `fault-${String(forGood)}`, clock };
      const whole = redisStore(client, options);
      const faulty = redisStore(faultyClient(client, faults), options);
      let refused = 0;
      for (let failing = 1; failing <= CALLS_MAX; failing++) {
        const root = `acme-${failing}`;
        const pool = await whole.pool(root, { caps: { tokens: 100 }, leaseMs: 100 });
        const there = await faulty.pool(root);
        await pool.record({ tokens: 1 });
        await pool.reserve({ tokens: 7 }, { id: "held" });
        const before = await pool.snapshot();
        faults.failing = failing;
        // One batch: what is held is settled, something is held and something is recorded.
        const outcomes = await Promise.allSettled([
          there.record({ tokens: 2 }, { id: "recorded" }),
          there.reserve({ tokens: 4 }, { id: "reserved" }),
          there.record({ tokens: 3 }, { id: "recorded too" }),
          there.child("child"),
        ]);
        faults.failing = 0;
        const isRefused = outcomes.some(({ status }) => status === "rejected");
        refused += Number(isRefused);
        const after = await pool.snapshot();
        const used = isRefused ? before.used.tokens : 6;
        const open = isRefused ? 1 : 2;
        expect([failing, after.used.tokens, after.openReservations]).toEqual([failing, used, open]);
        expect(await pool.ledger()).toHaveLength(isRefused ? 1 : 3);
        // Tried again, each is done once.
        await pool.record({ tokens: 2 }, { id: "recorded" });
        const hold = await pool.reserve({ tokens: 4 }, { id: "reserved" });
        await pool.record({ tokens: 3 }, { id: "recorded too" });
        await hold.commit({ tokens: 4 });
        await (await pool.reserve({ tokens: 7 }, { id: "held" })).release();
        await (await pool.child("child")).record({ tokens: 1 });
        expect(await pool.snapshot()).toMatchObject({
          openReservations: 0,
          used: { tokens: 11 },
          reserved: { tokens: 0 },
        });
        const lines = await pool.ledger();
        expect(lines.reduce((sum, { amount }) => sum + amount.tokens, 0)).toBe(11);
      }
      // All that read or write before the batch is written, and none of what comes after.
      expect(refused).toBeGreaterThan(5);
      expect(refused).toBeLessThan(CALLS_MAX / 2);
      await whole.close();
      await faulty.close();
    },
  );

  it("R12 the Redis store rejects a batch that would break the books, and changes nothing", async () => {
    const store = redisStore(client, { prefix: "damaged", timeoutMs: 30_000 });
    const pool = await store.pool("acme", { caps: { tokens: 10 } });
    await pool.record({ tokens: 1 });
    await client.rename("damaged:{acme}:ledger", "kept-ledger");
    await client.set("damaged:{acme}:ledger", "text");
    await expect(pool.record({ tokens: 2 }, { id: "a" })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
    });
    expect((await pool.snapshot()).used.tokens).toBe(1);
    await client.rename("kept-ledger", "damaged:{acme}:ledger");
    await pool.record({ tokens: 2 }, { id: "a" });
    expect((await pool.snapshot()).used.tokens).toBe(3);
    await client.rename("damaged:{acme}:tree", "kept-tree");
    await expect(pool.record({ tokens: 2 })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: expect.objectContaining({ message: expect.stringContaining("is missing") }),
    });
    await store.close();
  });
});
