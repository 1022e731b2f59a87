import BetterSqlite from "better-sqlite3";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { SqliteStore } from "../../src/sqlite/sqlite-store.ts";
import { MemoryStore } from "../../src/stores/index.ts";
import { runTrace } from "../../src/testing/trace.ts";
import { batches, expectSame } from "../support/batches.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";
import { traces } from "../support/traces.ts";

/** A seed that a failure has printed, to repeat it. */
const seed = process.env["SEED"];
const runs = Number(process.env["STORE_TRACES"] ?? 2000);

const places = {
  memory: rootsOf((clock) => new MemoryStore(clock)),
  "node:sqlite": rootsOf((clock) =>
    sqliteStore(new DatabaseSync(":memory:"), { clock, pollMs: LONG_MS }),
  ),
  "better-sqlite3": rootsOf((clock) =>
    sqliteStore(new BetterSqlite(":memory:"), { clock, pollMs: LONG_MS }),
  ),
};

for (const [place, { open, close }] of Object.entries(places)) {
  it(
    `R1–R9, R14 ${runs} random traces in a store over ${place} give the outcomes and books of the reference model`,
    { timeout: 3_600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(traces, async (trace) => {
          await runTrace(open, trace);
          await close();
        }),
        { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
      );
      expect(runs).toBeGreaterThan(0);
    },
  );
}

const drivers = { "node:sqlite": DatabaseSync, "better-sqlite3": BetterSqlite };
for (const [driver, Database] of Object.entries(drivers)) {
  it(
    `R1–R14 ${runs} random series of batches over ${driver} give the outcomes and books of the memory`,
    { timeout: 3_600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(batches, async (plan) => {
          await expectSame(
            (clock) => new SqliteStore(new Database(":memory:"), "OFF", { clock }),
            plan,
          );
        }),
        { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
      );
      expect(runs).toBeGreaterThan(0);
    },
  );
}
