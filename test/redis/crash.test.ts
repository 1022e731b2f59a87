import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import {
  expectBooksAfterCrashes,
  expectBooksAfterKills,
  KILLS,
  PROCESSES,
  RESTARTS,
} from "../support/crashes.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binary = redisBinary("redis-server");

async function withStore(
  settings: readonly string[],
  test: (store: BudgetStore, address: string, server: RedisServer) => Promise<void>,
): Promise<void> {
  const server = await RedisServer.start(binary ?? "", settings);
  const client = new Redis({ port: server.port, host: "127.0.0.1" });
  client.on("error", () => undefined);
  await test(redisStore(client, { timeoutMs: 20_000 }), `redis:${server.port}`, server);
  client.disconnect();
  await server.crash();
}

describe.skipIf(binary === undefined)("redisStore", () => {
  it(
    `F21 F22 F24 I1–I5 after ${KILLS} kill -9 of ${PROCESSES} processes the books hold what was acknowledged, once`,
    { timeout: 1_800_000 },
    async () => {
      expect.hasAssertions();
      await withStore([], expectBooksAfterKills);
    },
  );

  it(
    `F34 I3 a server with appendfsync always that crashes ${RESTARTS} times under load forgets nothing acknowledged`,
    { timeout: 120_000 },
    async () => {
      expect.hasAssertions();
      await withStore(["--appendonly", "yes", "--appendfsync", "always"], expectBooksAfterCrashes);
    },
  );
});
