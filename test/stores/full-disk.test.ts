// A disk that is full: calls are refused, nothing acknowledged is lost, and when there is room again
// the books go on as they were.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { Redis } from "ioredis";
import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { sqliteStore } from "../../src/sqlite/index.ts";
import type { BudgetStore, StoredBudgetPool } from "../../src/stores/index.ts";
import { giveToOwner, postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { SmallDisk } from "../support/small-disk.ts";

const MANY = 9000;
const TIMEOUT_MS = 1500;

/** Records until that is refused; answers how often it was acknowledged, and what was said then. */
async function recordUntilRefused(
  pool: StoredBudgetPool,
): Promise<{ readonly acknowledged: number; readonly error: unknown }> {
  for (let acknowledged = 0; acknowledged < MANY; acknowledged++) {
    try {
      // A long label fills pages sooner.
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await pool.record({ tokens: 1 }, { id: `id-${acknowledged}`, label: "x".repeat(128) });
    } catch (error) {
      return { acknowledged, error };
    }
  }
  throw new Error("Nothing was refused");
}

/** Used is the ledger: what was acknowledged, and what is recorded now, the refused one too. */
async function expectToGoOn(store: BudgetStore, acknowledged: number): Promise<void> {
  const pool = await store.pool("acme");
  for (const id of [acknowledged, acknowledged + 1])
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await pool.record({ tokens: 1 }, { id: `id-${id}`, label: "x".repeat(128) });
  expect((await pool.snapshot()).used.tokens).toBe(acknowledged + 2);
  const lines = await pool.ledger({ limit: 10_000 });
  expect(lines.map(({ id }) => id)).toEqual(
    Array.from({ length: acknowledged + 2 }, (_, index) => `id-${index}`),
  );
}

describe("a full disk", () => {
  it("I3 a full disk under SQLite is reported at once; the file is intact", async ({ skip }) => {
    const disk = SmallDisk.mount(4) ?? skip();
    onTestFinished(() => disk.unmount());
    const file = join(disk.folder, "budgets.db");
    const store = sqliteStore(file, { timeoutMs: TIMEOUT_MS });
    const pool = await store.pool("acme");
    disk.fill();
    const { acknowledged, error } = await recordUntilRefused(pool);
    expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", triedMs: 0 });
    expect(String(error)).toMatch(/full|disk/);
    disk.empty();
    await expectToGoOn(store, acknowledged);
    await store.close();
    const database = new DatabaseSync(file);
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
  });

  const binary = redisBinary("redis-server");
  for (const appendfsync of ["always", "everysec"]) {
    it.skipIf(binary === undefined)(
      `I3 a full disk under Redis with appendfsync ${appendfsync} loses nothing acknowledged`,
      async ({ skip }) => {
        const disk = SmallDisk.mount(4) ?? skip();
        onTestFinished(() => disk.unmount());
        const settings = ["--appendonly", "yes", "--appendfsync", appendfsync];
        const server = await RedisServer.start(binary ?? "", ["--dir", disk.folder, ...settings]);
        const client = new Redis({ port: server.port, host: "127.0.0.1" });
        client.on("error", () => undefined);
        const store = redisStore(client, { timeoutMs: TIMEOUT_MS });
        const pool = await store.pool("acme");
        disk.fill();
        const { acknowledged, error } = await recordUntilRefused(pool);
        expect(error).toMatchObject({ code: "STORE_UNAVAILABLE" });
        disk.empty();
        // With "always" the server ends itself rather than acknowledge what it cannot keep.
        if (appendfsync === "always") await server.restart();
        await expectToGoOn(redisStore(client, { timeoutMs: 20_000 }), acknowledged);
        client.disconnect();
        await server.crash();
      },
    );
  }

  const binaries = postgresBinaries();
  it.skipIf(binaries === undefined)(
    "I3 a full disk under Postgres loses nothing acknowledged",
    async ({ skip }) => {
      const disk = SmallDisk.mount(128) ?? skip();
      onTestFinished(() => disk.unmount());
      await giveToOwner(disk.folder);
      const server = await PostgresServer.startIn(disk.folder, binaries ?? "");
      const client = new pg.Pool({ ...server.options, max: 2 });
      client.on("error", () => undefined);
      const store = postgresStore(client, { timeoutMs: TIMEOUT_MS });
      const pool = await store.pool("acme");
      disk.fill();
      const { acknowledged, error } = await recordUntilRefused(pool);
      expect(error).toMatchObject({ code: "STORE_UNAVAILABLE" });
      // A log that cannot be written to ends the server, unless a table was full before it.
      await server.crash();
      disk.empty();
      await server.restart();
      await expectToGoOn(postgresStore(client, { timeoutMs: 20_000 }), acknowledged);
      await client.end();
      await server.stop();
    },
  );
});
