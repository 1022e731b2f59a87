// R11. The row of a root says before which time no lease of its tree ends, so that open reservations
// are read only once that time has come. No lease's end is missed, whoever wrote the reservation.

import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import type { SqliteDatabase } from "../../src/sqlite/index.ts";
import { SQLITE_MIGRATIONS } from "../../src/sqlite/migrations/embedded.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const LEASE_MS = 60_000;

/** A database that counts how often open reservations are searched for leases that have ended. */
function countingDatabase(database: DatabaseSync): {
  readonly counted: SqliteDatabase;
  readonly searches: () => number;
} {
  let count = 0;
  const counted: SqliteDatabase = {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      if (!sql.includes("expires_at <= ?")) return statement;
      return {
        run: (...values) => statement.run(...values),
        get: (...values) => statement.get(...values),
        all(...values) {
          count++;
          return statement.all(...values);
        },
      };
    },
  };
  return { counted, searches: () => count };
}

/** What a program with tables of version 7 writes when it holds $1 in the pool "acme". */
function holdLikeVersion7(database: DatabaseSync, id: string, expiresAt: number): void {
  database.exec("BEGIN IMMEDIATE");
  database
    .prepare(
      "INSERT OR REPLACE INTO token_budget_reservations VALUES (?, ?, ?, 0, 0, 0, 1000000000, 1, 0, 0, ?, 0, NULL)",
    )
    .run("acme", id, "acme", expiresAt);
  database.exec(
    `UPDATE token_budget_pools SET taken_nano_usd = taken_nano_usd + 1000000000, taken_calls = taken_calls + 1,
      reserved_nano_usd = reserved_nano_usd + 1000000000, reserved_calls = reserved_calls + 1,
      open_reservations = open_reservations + 1 WHERE path = 'acme'`,
  );
  database.exec("COMMIT");
}

it("R11 open reservations are searched once a lease may have ended, and not before", async () => {
  const clock = new ManualClock();
  const { counted, searches } = countingDatabase(new DatabaseSync(temporaryFile("budgets.db")));
  const store = sqliteStore(counted, { clock });
  const pool = await store.pool("acme", { caps: { usd: 10 } });
  const held = await pool.reserve({ usd: 3 });
  const before = searches();
  for (let pair = 0; pair < 50; pair++) {
    clock.advance(1000);
    // oxlint-disable no-await-in-loop -- pair after pair
    const hold = await pool.reserve({ usd: 1 });
    await hold.commit({ usd: 0.01 });
    // oxlint-enable no-await-in-loop
  }
  expect(searches()).toBe(before);
  clock.advance(LEASE_MS - 50_000 - 1);
  expect((await pool.snapshot()).reserved.usd).toBe(3);
  expect(searches()).toBe(before);
  clock.advance(1);
  expect((await pool.snapshot()).reserved.usd).toBe(0);
  expect(searches()).toBe(before + 1);
  await held.commit({ usd: 1 });
  expect((await pool.snapshot()).used.usd).toBe(1.5);
  // Nothing is held, so there is nothing to search for.
  clock.advance(10 * LEASE_MS);
  await pool.record({ usd: 1 });
  expect(searches()).toBe(before + 1);
  await store.close();
});

it("R11 a lease that ends sooner than all others ends in time, whichever process holds it", async () => {
  const clock = new ManualClock();
  const file = temporaryFile("budgets.db");
  const [one, other] = [sqliteStore(file, { clock }), sqliteStore(file, { clock })];
  const long = await one.pool("acme", { caps: { usd: 10 }, leaseMs: LEASE_MS });
  const short = await other.pool("acme", { leaseMs: LEASE_MS / 10 });
  await long.reserve({ usd: 3 }, { id: "long" });
  await short.reserve({ usd: 5 }, { id: "short" });
  expect(await long.check({ usd: 5 })).toMatchObject({ reason: "busy" });
  clock.advance(LEASE_MS / 10);
  expect((await long.snapshot()).reserved.usd).toBe(3);
  // Again under the same id: what was replaced has the lease of the last one.
  await short.reserve({ usd: 5 }, { id: "short" });
  clock.advance(LEASE_MS / 10);
  expect((await long.snapshot()).reserved.usd).toBe(3);
  clock.advance(LEASE_MS);
  expect((await short.snapshot()).reserved.usd).toBe(0);
  await Promise.all([one.close(), other.close()]);
});

it("R11 a hold of a program of an earlier version ends in time beside one of this version", async () => {
  const clock = new ManualClock();
  const file = temporaryFile("budgets.db");
  const older = new DatabaseSync(file);
  older.exec("CREATE TABLE token_budget_schema (version INTEGER NOT NULL)");
  for (const [index, sql] of SQLITE_MIGRATIONS.slice(0, 7).entries()) {
    older.exec(sql);
    older.prepare("INSERT INTO token_budget_schema VALUES (?)").run(index + 1);
  }
  const store = sqliteStore(file, { clock });
  const pool = await store.pool("acme", { caps: { usd: 10 } });
  await pool.reserve({ usd: 2 });
  holdLikeVersion7(older, "older-1", clock.now() + 5000);
  expect((await pool.snapshot()).reserved.usd).toBe(3);
  clock.advance(4999);
  expect((await pool.snapshot()).reserved.usd).toBe(3);
  clock.advance(1);
  expect((await pool.snapshot()).reserved.usd).toBe(2);
  // Likewise where nothing else is held.
  clock.advance(LEASE_MS);
  expect((await pool.snapshot()).reserved.usd).toBe(0);
  holdLikeVersion7(older, "older-2", clock.now() + 5000);
  expect((await pool.snapshot()).reserved.usd).toBe(1);
  clock.advance(5000);
  expect((await pool.snapshot()).reserved.usd).toBe(0);
  await store.close();
  older.close();
});

it("R11 R16 a hold of a deleted tree ends in the tree of that name which came after it", async () => {
  const clock = new ManualClock();
  const store = sqliteStore(":memory:", { clock });
  const pool = await store.pool("acme", { caps: { usd: 10 } });
  await pool.reserve({ usd: 3 }, { id: "sent", sent: true });
  await pool.reset();
  await store.delete("acme");
  const again = await store.pool("acme", { caps: { usd: 10 } });
  clock.advance(LEASE_MS - 1);
  expect((await again.snapshot()).used.usd).toBe(0);
  clock.advance(1);
  // The provider may bill it.
  expect((await again.snapshot()).used.usd).toBe(3);
  await store.close();
});
