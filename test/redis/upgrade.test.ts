// Books that programs of earlier layouts wrote, which programs of today read and spend from; and
// books of a later layout, which are refused. `books` has the keys that those programs left.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import { StoreIncompatible } from "../../src/stores/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");
const PREFIX = "kept";

/** The keys of some books, with their words in base64. */
interface KeptBooks {
  /** When they were written. */
  readonly at: number;
  readonly keys: readonly {
    readonly key: string;
    readonly type: "string" | "hash" | "set" | "zset" | "stream";
    readonly words?: readonly string[];
    readonly entries?: readonly { readonly id: string; readonly words: readonly string[] }[];
  }[];
}

function keptBooks(name: string): KeptBooks {
  const path = join(import.meta.dirname, "books", `${name}.json`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of this folder
  return JSON.parse(readFileSync(path, "utf8")) as KeptBooks;
}

function bytes(words: readonly string[] = []): Buffer[] {
  return words.map((word) => Buffer.from(word, "base64"));
}

/** Puts books into an empty server. */
async function restore(client: Redis, { keys }: KeptBooks): Promise<void> {
  const commands = { string: "SET", hash: "HSET", set: "SADD" };
  for (const { key, type, words, entries = [] } of keys) {
    const name = `${PREFIX}${key}`;
    if (type === "stream")
      for (const { id, words: fields } of entries)
        await client.call("XADD", name, id, ...bytes(fields));
    else if (type === "zset") {
      const pairs = bytes(words);
      for (let at = 0; at < pairs.length; at += 2)
        await client.call("ZADD", name, pairs[at + 1] ?? "", pairs[at] ?? "");
    } else await client.call(commands[type], name, ...bytes(words));
  }
}

describe.skipIf(binary === undefined)("books of other versions in Redis", () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await RedisServer.start(binary ?? "");
    client = new Redis({ port: server.port });
  });
  beforeEach(async () => {
    await client.flushall();
  });
  afterAll(async () => {
    client.disconnect();
    await server.crash();
  });

  function opened(at: number): BudgetStore {
    return redisStore(client, { prefix: PREFIX, clock: new ManualClock(at) });
  }

  it.each(["ids-with-lines", "ids-of-entries"])(
    "R10 R11 books with the layout %s are spent to their caps by two programs of today, and nothing is booked twice",
    async (name) => {
      const books = keptBooks(name);
      await restore(client, books);
      const stores = [opened(books.at), opened(books.at)];
      const [one, other] = await Promise.all(stores.map(async (store) => store.pool("work/run")));
      if (one === undefined || other === undefined) throw new Error("Expected two pools");
      const before = await one.snapshot();
      expect([before.used.usd, before.used.tokens, before.reserved.usd]).toEqual([2, 100, 0.5]);
      // A retry of what an earlier program has done is answered with its outcome.
      await one.record({ usd: 1.25, tokens: 100 }, { id: "one", model: "m1", label: "docs" });
      await one.record({ usd: 0.5 }, { id: "0123456789abcdefghij" });
      await expect(other.reserve({ usd: 0.75 }, { id: "settled" })).rejects.toMatchObject({
        code: "RESERVATION_SETTLED",
      });
      expect((await other.snapshot()).used.usd).toBe(2);
      await one.amend("one", { usd: 1.5 });
      await (await other.reserve({ usd: 0.5 }, { id: "hold" })).commit({ usd: 0.25 });
      const counts = await Promise.all(
        [one, other].map(async (pool) => {
          let calls = 0;
          while (await pool.tryRecord({ usd: 0.25 })) calls++;
          return calls;
        }),
      );
      // Of $5, $2.25 were used after the amendment, and $0.25 by the hold.
      expect(counts.reduce((sum, calls) => sum + calls, 0)).toBe(10);
      const work = await stores[0]?.pool("work");
      expect((await work?.snapshot())?.used.usd).toBe(7);
      const entries = (await work?.ledger()) ?? [];
      expect(entries.slice(0, 3)).toMatchObject([
        { seq: 1, id: "one", kind: "record", model: "m1", label: "docs", amount: { usd: 1.25 } },
        { seq: 2, id: "two", amount: { usd: 2, tokens: 12 } },
        { seq: 3, id: "0123456789abcdefghij", amount: { usd: 0.5 } },
      ]);
      const booked = entries.filter(({ kind }) => ["record", "commit", "amend"].includes(kind));
      expect(booked.reduce((sum, { amount }) => sum + amount.usd, 0)).toBe(7);
      expect(await work?.sums({ by: "pool" })).toMatchObject([
        { name: "work/run", amount: { usd: 5 } },
        { name: "work", amount: { usd: 2 } },
      ]);
      const daily = await stores[1]?.pool("daily");
      expect((await daily?.snapshot())?.remaining.usd).toBe(0.6);
      await Promise.all(stores.map(async (store) => store.close()));
    },
  );

  it("books whose tree has a later layout are refused for good, and nothing changes", async () => {
    const books = keptBooks("ids-of-entries");
    await restore(client, books);
    const tree = `${PREFIX}:{work}:tree`;
    await client.eval(
      "local row = cmsgpack.unpack(redis.call('GET', KEYS[1])) row[1] = 2 redis.call('SET', KEYS[1], cmsgpack.pack(row))",
      1,
      tree,
    );
    const contents = async () =>
      await Promise.all((await client.keys("*")).toSorted().map((key) => client.dumpBuffer(key)));
    const before = await contents();
    const store = opened(books.at);
    await expect(store.pool("work")).rejects.toSatisfy(
      (error) =>
        StoreIncompatible.is(error) &&
        /have layout 2, but this package knows layouts up to 1; install the version/.test(
          error.message,
        ),
    );
    // Other trees are not of it.
    const daily = await store.pool("daily");
    expect((await daily.snapshot()).used.usd).toBe(0.4);
    await store.close();
    expect(await contents()).toEqual(before);
  });
});
