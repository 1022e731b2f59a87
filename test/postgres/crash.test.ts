import pg from "pg";
import { describe, expect, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import {
  expectBooksAfterCrashes,
  expectBooksAfterKills,
  KILLS,
  PROCESSES,
  RESTARTS,
} from "../support/crashes.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";

const binaries = postgresBinaries();

async function withStore(
  test: (store: BudgetStore, address: string, server: PostgresServer) => Promise<void>,
): Promise<void> {
  const server = await PostgresServer.start(binaries ?? "");
  const pool = new pg.Pool({ ...server.options, max: 4 });
  pool.on("error", () => undefined);
  await test(postgresStore(pool, { timeoutMs: 20_000 }), `postgres:${server.port}`, server);
  await pool.end();
  await server.stop();
}

describe.skipIf(binaries === undefined)("postgresStore", () => {
  it(
    `F21 F22 F24 I1–I5 after ${KILLS} kill -9 of ${PROCESSES} processes the books hold what was acknowledged, once`,
    { timeout: 1_800_000 },
    async () => {
      expect.hasAssertions();
      await withStore(expectBooksAfterKills);
    },
  );

  it(
    `F34 I3 a server that crashes ${RESTARTS} times under load forgets nothing acknowledged`,
    { timeout: 120_000 },
    async () => {
      expect.hasAssertions();
      await withStore(expectBooksAfterCrashes);
    },
  );
});
