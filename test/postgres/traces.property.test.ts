import { PGlite } from "@electric-sql/pglite";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import type { PgClient } from "../../src/postgres/index.ts";
import { PostgresStore } from "../../src/postgres/postgres-store.ts";
import type { Quantities } from "../../src/core/quantities.ts";
import type { Command, Store } from "../../src/stores/index.ts";
import type { ManualClock } from "../../src/testing/index.ts";
import { runTrace } from "../../src/testing/trace.ts";
import { batches, expectSame } from "../support/batches.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";
import { traces } from "../support/traces.ts";

/** A seed that a failure has printed, to repeat it. */
const seed = process.env["SEED"];
/** Fewer than in memory: every batch is written to a database. */
const runs = Number(process.env["STORE_TRACES"] ?? 300);
const settings = { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) };
const TABLES = ["trees", "pools", "reservations", "ledger", "waiters", "sums", "summed"];

interface OpenClient {
  readonly client: PgClient;
  readonly close: () => Promise<void>;
}

function tokens(count: number): Quantities {
  return { tokens: count, inputTokens: 0, outputTokens: 0, nanoUsd: 0, calls: 0 };
}

/** As if nothing had ever been written to a schema that has its tables. */
async function empty(client: PgClient, schema: string): Promise<void> {
  await client.query(`TRUNCATE ${TABLES.map((table) => `${schema}.${table}`).join(", ")}`, []);
}

/** Two processes, of which now this one and now that one executes a batch. */
function twoProcesses(client: PgClient, clock: ManualClock): Store {
  const processes = [1, 2].map(() => new PostgresStore(client, "batches", { clock }));
  const [one, other] = processes;
  let count = 0;
  return {
    batchesAtOnce: 1,
    commandsAtOnce: 512,
    execute(root, commands) {
      const store = count++ % 5 < 3 ? one : other;
      return store?.execute(root, commands) ?? [];
    },
    paths: async () => (await other?.paths()) ?? [],
    ledger: async (query) => (await other?.ledger(query)) ?? [],
    close: async () => undefined,
  };
}

function traceTests(place: string, open: () => Promise<OpenClient>): void {
  let client: PgClient;
  let closeClient: () => Promise<void>;
  beforeAll(async () => {
    ({ client, close: closeClient } = await open());
    for (const schema of ["traces", "batches"]) await new PostgresStore(client, schema, {}).paths();
  }, 120_000);
  afterAll(() => closeClient());

  it(
    `R1–R9, R14 ${runs} random traces in ${place} give the outcomes and books of the reference model`,
    { timeout: 3_600_000 },
    async () => {
      const { open: openRoot, close } = rootsOf((clock) =>
        postgresStore(client, { clock, schema: "traces", pollMs: LONG_MS, timeoutMs: 30_000 }),
      );
      await fc.assert(
        fc.asyncProperty(traces, async (trace) => {
          await empty(client, "traces");
          await runTrace(openRoot, trace);
          await close();
        }),
        settings,
      );
      expect(runs).toBeGreaterThan(0);
    },
  );

  it("withdrawing an amended record withdraws the amended amount", async () => {
    expect.hasAssertions();
    await empty(client, "batches");
    const [path, ask, actual] = ["acme", tokens(5), tokens(2)];
    const booked = { path, watched: undefined };
    await expectSame(
      (clock) => twoProcesses(client, clock),
      [
        { kind: "open", path, settings: undefined },
        { kind: "record", ...booked, id: "r", ask, policy: "throw", about: undefined },
        { kind: "amend", ...booked, id: "a", of: "r", actual },
        { kind: "withdraw", path, id: "r" },
      ].map((command) => ({ afterMs: 0, commands: [command as Command] })),
    );
  });

  it(
    `R1–R14 ${runs} random series of batches of two processes in ${place} give the outcomes and books of the memory`,
    { timeout: 3_600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(batches, async (plan) => {
          await empty(client, "batches");
          await expectSame((clock) => twoProcesses(client, clock), plan);
        }),
        settings,
      );
      expect(runs).toBeGreaterThan(0);
    },
  );
}

describe("postgresStore over PGlite", () => {
  traceTests("PGlite", async () => {
    const client = await PGlite.create();
    return { client, close: () => client.close() };
  });
});

const binaries = postgresBinaries();

describe.skipIf(binaries === undefined)("postgresStore over Postgres", () => {
  traceTests("Postgres", async () => {
    const server = await PostgresServer.start(binaries ?? "", ["fsync=off"]);
    const client = new pg.Pool({ ...server.options, max: 4 });
    return {
      client,
      async close() {
        await client.end();
        await server.stop();
      },
    };
  });
});
