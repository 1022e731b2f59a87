import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { redisConnection } from "../../src/redis/redis-client.ts";
import { redisStore } from "../../src/redis/index.ts";
import { ScriptStore } from "../../src/redis/script-store.ts";
import { runTrace } from "../../src/testing/trace.ts";
import { batches, expectSame } from "../support/batches.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";
import { traces } from "../support/traces.ts";

/** A seed that a failure has printed, to repeat it. */
const seed = process.env["SEED"];
const runs = Number(process.env["STORE_TRACES"] ?? 2000);
const settings = { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) };
const binary = redisBinary("redis-server");
let count = 0;
/** A prefix that no other store has. */
const prefix = (): string => `traces-${count++}`;

describe.skipIf(binary === undefined)("redisStore", () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await RedisServer.start(binary ?? "");
    client = new Redis({ port: server.port, host: "127.0.0.1" });
  });
  afterAll(async () => {
    client.disconnect();
    await server.crash();
  });

  it(
    `R1–R9, R14 ${runs} random traces in Redis give the outcomes and books of the reference model`,
    { timeout: 3_600_000 },
    async () => {
      const { open, close } = rootsOf((clock) =>
        redisStore(client, { clock, prefix: prefix(), pollMs: LONG_MS }),
      );
      await fc.assert(
        fc.asyncProperty(traces, async (trace) => {
          await runTrace(open, trace);
          await close();
        }),
        settings,
      );
      expect(runs).toBeGreaterThan(0);
    },
  );

  it(
    `R1–R14 ${runs} random series of batches in Redis give the outcomes and books of the memory`,
    { timeout: 3_600_000 },
    async () => {
      const connection = redisConnection(client);
      await fc.assert(
        fc.asyncProperty(batches, async (plan) => {
          await expectSame(
            (clock) =>
              new ScriptStore(connection, {
                clock,
                prefix: prefix(),
                retentionMs: LONG_MS,
                waitForReplicas: 0,
              }),
            plan,
          );
        }),
        settings,
      );
      expect(runs).toBeGreaterThan(0);
    },
  );
});
