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

const WITHOUT_FUNCTIONS = ["--rename-command", "FCALL", "", "--rename-command", "FUNCTION", ""];
const places = [
  { name: "redis-server", flavour: "redis-server", clients: redisClients, settings: [] },
  {
    name: "valkey-server",
    flavour: "valkey-server",
    clients: { ...redisClients, ...otherRedisClients },
    settings: [],
  },
  {
    name: "redis-server without functions",
    flavour: "redis-server",
    clients: redisClients,
    settings: WITHOUT_FUNCTIONS,
  },
] as const;

for (const place of places) {
  const binary = redisBinary(place.flavour);
  for (const [name, connect] of Object.entries(place.clients)) {
    describe.skipIf(binary === undefined)(`redisStore over ${place.name} and ${name}`, () => {
      let client: RedisClient;
      let stop: () => Promise<void>;
      beforeAll(async () => {
        const server = await RedisServer.start(binary ?? "", place.settings);
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
