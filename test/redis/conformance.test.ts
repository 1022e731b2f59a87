import { afterAll, beforeAll, describe, it } from "vitest";

import { redisStore } from "../../src/redis/index.ts";
import type { RedisClient } from "../../src/redis/index.ts";
import { conformanceSuite, storeSuite } from "../../src/testing/index.ts";
import { otherRedisClients, redisClients } from "../support/redis-clients.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";

let count = 0;
/** A prefix that no other store has. */
const prefix = (): string => `test-${count++}`;

const clients = {
  "redis-server": redisClients,
  "valkey-server": { ...redisClients, ...otherRedisClients },
};

for (const flavour of ["redis-server", "valkey-server"] as const) {
  const binary = redisBinary(flavour);
  for (const [name, connect] of Object.entries(clients[flavour])) {
    describe.skipIf(binary === undefined)(`redisStore over ${flavour} and ${name}`, () => {
      let client: RedisClient;
      let stop: () => Promise<void>;
      beforeAll(async () => {
        const server = await RedisServer.start(binary ?? "");
        const opened = await connect(server.port);
        ({ client } = opened);
        stop = async () => {
          opened.close();
          await server.crash();
        };
      });
      const { open, turns, close } = rootsOf((clock) =>
        redisStore(client, { clock, prefix: prefix(), pollMs: LONG_MS }),
      );
      afterAll(async () => {
        await close();
        await stop();
      });
      conformanceSuite({ test: it, open, turns });
      storeSuite({
        test: it,
        openPlace(clock) {
          const options = { clock, prefix: prefix(), pollMs: LONG_MS };
          return () => redisStore(client, options);
        },
      });
    });
  }
}
