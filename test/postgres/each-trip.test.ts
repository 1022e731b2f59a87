// A batch is written whole or not at all, whichever trip to the server is lost.

import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { PostgresStore } from "../../src/postgres/postgres-store.ts";
import { expectWholeAtEachTrip } from "../support/each-trip.ts";
import type { Trouble } from "../support/each-trip.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";

const binaries = postgresBinaries();

describe.skipIf(binaries === undefined)("a batch of the Postgres store", () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await PostgresServer.start(binaries ?? "", ["fsync=off"]);
    pool = new pg.Pool({ host: "127.0.0.1", port: server.port, user: "postgres", max: 2 });
  }, 120_000);
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  it.each([false, true])(
    "R10 a batch of the Postgres store is written whole or not at all, whichever trip is lost (on its way back: %s)",
    async (isDone) => {
      const trouble: Trouble = { failing: 0, isDone };
      let count = 0;
      const trips = await expectWholeAtEachTrip(
        trouble,
        async (clock, run) => {
          count = 0;
          const query = async (text: string, values?: unknown[]): Promise<pg.QueryResult> => {
            const isFailing = ++count === trouble.failing;
            if (isFailing && !isDone) throw new Error("connection refused");
            const answer = await pool.query(text, values);
            if (isFailing) throw new Error("connection reset");
            return answer;
          };
          return new PostgresStore({ query }, `trip_${String(isDone)}_${run}`, { clock });
        },
        () => count >= trouble.failing,
      );
      expect(trips).toBeGreaterThan(5);
    },
  );
});
