// What is kept under ids in Redis: those of one process in groups, others by themselves (R10).

import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import type { StoredBudgetPool } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");
const HOUR_MS = 3_600_000;

describe.skipIf(binary === undefined)("ids in Redis", () => {
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

  let stores = 0;
  async function makePool(
    clock: ManualClock,
  ): Promise<{ pool: StoredBudgetPool; base: string; fields: () => Promise<string[]> }> {
    const prefix = `ids-${stores++}`;
    const pool = await redisStore(client, { prefix, clock, retentionMs: HOUR_MS }).pool("acme");
    const base = `${prefix}:{acme}`;
    const fields = async (): Promise<string[]> => {
      const keys = await client.keys(`${base}:ids:*`);
      return (await Promise.all(keys.map((key) => client.hkeys(key)))).flat().toSorted();
    };
    return { pool, base, fields };
  }

  /** Ids as the library makes them, of one process. */
  function idOf(time: string, count: string): string {
    return `${time}ABCDEFGHIJK${count}`;
  }

  async function bookTwice(pool: StoredBudgetPool, ids: readonly string[]): Promise<number> {
    // Again in other batches, so that the second time is a retry.
    await Promise.all(ids.map((id) => pool.record({ tokens: 1 }, { id })));
    for (const id of ids)
      // oxlint-disable-next-line no-await-in-loop -- a batch each
      await pool.record({ tokens: 1 }, { id });
    return (await pool.snapshot()).used.tokens;
  }

  it("ids of one process in Redis are in groups, and booked once", async () => {
    const { pool, fields } = await makePool(new ManualClock());
    const ids = ["0", "9", "A", "O", "P", "Z", "a", "o", "p", "z", "10", "1z"];
    expect(
      await bookTwice(
        pool,
        ids.map((count) => idOf("1xXClH", count)),
      ),
    ).toBe(ids.length);
    expect(await fields()).toHaveLength(7);
    // Settled in another batch, and then once more.
    const hold = await pool.reserve({ tokens: 5 }, { id: idOf("1xXClI", "2a") });
    await hold.commit({ tokens: 3 });
    const retried = pool.record({ tokens: 3 }, { id: idOf("1xXClI", "2a") });
    await expect(retried).rejects.toThrow("already used");
    expect((await pool.snapshot()).used.tokens).toBe(ids.length + 3);
  });

  it("ids in Redis at the same position of two groups are distinct", async () => {
    const { pool } = await makePool(new ManualClock());
    const same = ["1xXClH", "1xXClI", "1xXClJ"].map((time) => idOf(time, "5"));
    expect(await bookTwice(pool, same)).toBe(3);
    const odd = ["id", "a.b", `${idOf("1xXClH", "5")}-`, "123456789012345678", "\u{1F600}"];
    expect(await bookTwice(pool, odd)).toBe(3 + odd.length);
  });

  it("ids in Redis are found in the period after theirs, in groups too", async () => {
    const clock = new ManualClock();
    const { pool } = await makePool(clock);
    const first = idOf("1xXClH", "1");
    await pool.record({ tokens: 1 }, { id: first });
    clock.advance(HOUR_MS);
    await pool.record({ tokens: 1 }, { id: idOf("1xXClI", "2") });
    await pool.record({ tokens: 1 }, { id: first });
    await pool.amend(first, { tokens: 7 });
    expect((await pool.snapshot()).used.tokens).toBe(8);
  });

  it("ids of an earlier version in Redis are found by themselves", async () => {
    const { pool, base, fields } = await makePool(new ManualClock());
    const id = idOf("1xXClH", "1");
    await pool.record({ tokens: 1 }, { id });
    const [key = ""] = await client.keys(`${base}:ids:*`);
    const [group = ""] = await fields();
    const text = await client.hget(key, group);
    await client.hdel(key, group);
    await client.hset(key, id, `=${text?.slice(2)}`);
    await pool.record({ tokens: 1 }, { id });
    await pool.amend(id, { tokens: 7 });
    await pool.record({ tokens: 1 }, { id: idOf("1xXClH", "2") });
    expect((await pool.snapshot()).used.tokens).toBe(8);
  });
});
