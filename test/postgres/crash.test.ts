import pg from "pg";
import { describe, expect, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { killSpender, Torture } from "../support/torture.ts";

/** `KILLS=100` for the long run. */
const kills = Number(process.env["KILLS"] ?? 12);
const PROCESSES = 8;
const RESTARTS = 3;
const binaries = postgresBinaries();

function openStore(server: PostgresServer): readonly [BudgetStore, pg.Pool] {
  const pool = new pg.Pool({ ...server.options, max: 4 });
  pool.on("error", () => undefined);
  return [postgresStore(pool, { timeoutMs: 20_000 }), pool];
}

describe.skipIf(binaries === undefined)("postgresStore", () => {
  it(
    `F21 F22 F24 I1–I5 after ${kills} kill -9 of ${PROCESSES} processes the books hold what was acknowledged, once`,
    { timeout: 1_800_000 },
    async () => {
      const server = await PostgresServer.start(binaries ?? "");
      const [store, pool] = openStore(server);
      const torture = await Torture.begin(store, `postgres:${server.port}`);
      await torture.kill(kills, PROCESSES);
      expect(await torture.expectConserved()).toBeGreaterThan(0);
      await pool.end();
      await server.stop();
    },
  );

  it(
    `F34 I3 a server that crashes ${RESTARTS} times under load forgets nothing acknowledged`,
    { timeout: 120_000 },
    async () => {
      const server = await PostgresServer.start(binaries ?? "");
      const [store, pool] = openStore(server);
      const torture = await Torture.begin(store, `postgres:${server.port}`);
      const spenders = await Promise.all([1, 2, 3, 4].map(() => torture.startSpender()));
      for (let restart = 0; restart < RESTARTS; restart++) {
        // oxlint-disable-next-line no-await-in-loop -- crash after crash
        await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 300));
        // oxlint-disable-next-line no-await-in-loop -- likewise
        await server.crash();
        // oxlint-disable-next-line no-await-in-loop -- likewise
        await server.restart();
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(spenders.every(({ exitCode }) => exitCode === null)).toBe(true);
      await Promise.all(spenders.map(killSpender));
      expect(await torture.expectConserved()).toBeGreaterThan(0);
      await pool.end();
      await server.stop();
    },
  );
});
