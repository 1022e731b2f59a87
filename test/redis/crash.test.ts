import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { killSpender, Torture } from "../support/torture.ts";

/** `KILLS=500` for the long run. */
const kills = Number(process.env["KILLS"] ?? 12);
const PROCESSES = 8;
const RESTARTS = 3;
const binary = redisBinary("redis-server");

async function openStore(server: RedisServer): Promise<readonly [BudgetStore, Redis]> {
  const client = new Redis({ port: server.port, host: "127.0.0.1" });
  client.on("error", () => undefined);
  return [redisStore(client, { timeoutMs: 20_000 }), client];
}

describe.skipIf(binary === undefined)("redisStore", () => {
  it(
    `F21 F22 F24 I1–I5 after ${kills} kill -9 of ${PROCESSES} processes the books hold what was acknowledged, once`,
    { timeout: 1_800_000 },
    async () => {
      const server = await RedisServer.start(binary ?? "");
      const [store, client] = await openStore(server);
      const torture = await Torture.begin(store, `redis:${server.port}`);
      await torture.kill(kills, PROCESSES);
      expect(await torture.expectConserved()).toBeGreaterThan(0);
      client.disconnect();
      await server.crash();
    },
  );

  it(
    `F34 I3 a server with appendfsync always that crashes ${RESTARTS} times under load forgets nothing acknowledged`,
    { timeout: 120_000 },
    async () => {
      const settings = ["--appendonly", "yes", "--appendfsync", "always"];
      const server = await RedisServer.start(binary ?? "", settings);
      const [store, client] = await openStore(server);
      const torture = await Torture.begin(store, `redis:${server.port}`);
      const spenders = await Promise.all([1, 2, 3, 4].map(() => torture.startSpender()));
      for (let restart = 0; restart < RESTARTS; restart++) {
        await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 300));
        await server.crash();
        await new Promise((resolve) => setTimeout(resolve, 100));
        await server.restart();
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(spenders.every(({ exitCode }) => exitCode === null)).toBe(true);
      await Promise.all(spenders.map(killSpender));
      expect(await torture.expectConserved()).toBeGreaterThan(0);
      client.disconnect();
      await server.crash();
    },
  );
});
