// Bun's own clients, in a process of Bun.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";

const binaries = postgresBinaries();
const binary = redisBinary("valkey-server");
const SUITES = fileURLToPath(new URL("suites.ts", import.meta.url));
const BUN = join(
  dirname(createRequire(import.meta.url).resolve("bun/package.json")),
  "bin/bun.exe",
);

it.skipIf(binary === undefined || binaries === undefined)(
  "Bun's RedisClient and SQL keep the rules and the contract of stores",
  { timeout: 600_000 },
  async () => {
    const [redis, postgres] = await Promise.all([
      RedisServer.start(binary ?? ""),
      PostgresServer.start(binaries ?? "", ["fsync=off"]),
    ]);
    const env = {
      ...process.env,
      REDIS_PORT: String(redis.port),
      POSTGRES_PORT: String(postgres.port),
    };
    const bun = spawn(BUN, ["test", "--timeout", "60000", SUITES], { env });
    let told = "";
    for (const stream of [bun.stdout, bun.stderr])
      stream.on("data", (chunk: Buffer) => (told += chunk.toString()));
    const [exitCode]: unknown[] = await once(bun, "close");
    if (exitCode !== 0) throw new Error(told);
    expect(told).toMatch(/^\s*(?:2[6-9]\d|[3-9]\d\d) pass$/m);
    await postgres.stop();
    await redis.crash();
  },
);
