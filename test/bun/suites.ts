// The rules and the contract of stores over Bun's own clients, run by Bun:
// `REDIS_PORT=… POSTGRES_PORT=… bun test ./test/bun/suites.ts`; bun.test.ts does so.

import { RedisClient, SQL } from "bun";
import { afterAll, describe, expect, test } from "bun:test";

import { postgresStore } from "../../src/postgres/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import type { ManualClock } from "../../src/testing/index.ts";
import { conformanceSuite, storeSuite } from "../../src/testing/index.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";

const redis = new RedisClient(`redis://127.0.0.1:${process.env["REDIS_PORT"]}`);
const sql = new SQL(`postgres://postgres@127.0.0.1:${process.env["POSTGRES_PORT"]}/postgres`, {
  max: 4,
});
let count = 0;

const stores: Readonly<Record<string, (clock: ManualClock, place: string) => BudgetStore>> = {
  "redisStore over Bun's RedisClient": (clock, place) =>
    redisStore(redis, { clock, prefix: place, pollMs: LONG_MS }),
  "postgresStore over Bun's SQL": (clock, place) =>
    postgresStore(sql, { clock, schema: place, pollMs: LONG_MS, timeoutMs: 30_000 }),
};

for (const [name, openStore] of Object.entries(stores)) {
  describe(name, () => {
    const roots = rootsOf((clock) => openStore(clock, `test_${count++}`));
    afterAll(roots.close);
    conformanceSuite({ test, open: roots.open, turns: roots.turns });
    storeSuite({
      test,
      openPlace(clock) {
        const place = `test_${count++}`;
        return () => openStore(clock, place);
      },
    });
  });
}

test("R13 a waiter over Bun's RedisClient is notified when another process frees room", async () => {
  const [mine, others] = [1, 2].map(() => redisStore(redis, { prefix: "told", pollMs: LONG_MS }));
  const pool = await mine?.pool("acme", { caps: { tokens: 10 } });
  const hold = await (await others?.pool("acme"))?.reserve({ tokens: 10 });
  const waiting = pool?.reserveWhenFree({ tokens: 10 });
  while (Number(await redis.send("HLEN", ["told:{acme}:waiters"])) === 0);
  await hold?.release();
  await (await waiting)?.commit({ tokens: 7 });
  expect((await pool?.snapshot())?.used.tokens).toBe(7);
  await mine?.close();
  await others?.close();
});
