import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { sqliteStore } from "../../src/sqlite/index.ts";
import { StoreIncompatible, StoreUnavailable } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { temporaryFile } from "../support/temporary-file.ts";

const run = promisify(execFile);
const DOOR = new URL("../../src/sqlite/index.ts", import.meta.url).href;

const DAY_MS = 86_400_000;

describe("sqliteStore", () => {
  it("sqliteStore keeps the books in the file, and restores settings and holds on reopening", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file);
    const pool = await store.pool("acme", { caps: { usd: 1 }, window: "month" });
    await pool.record({ usd: 0.25 });
    await pool.reserve({ usd: 0.5 }, { id: "job-1" });
    await store.close();
    const again = sqliteStore(file);
    const found = await again.pool("acme");
    const { caps, used, reserved, window } = await found.snapshot();
    expect([caps, used.usd, reserved.usd]).toEqual([{ usd: 1 }, 0.25, 0.5]);
    expect(window?.endsAt).toBeGreaterThan(Date.now());
    await (await found.reserve({ usd: 0.5 }, { id: "job-1" })).commit({ usd: 0.4 });
    expect((await found.snapshot()).used.usd).toBe(0.65);
    await again.close();
  });

  it("sqliteStore syncs each batch to the disk by default, and less often with durability 'process crash'", async () => {
    for (const [durability, synchronous] of [
      [undefined, 2],
      ["power loss", 2],
      ["process crash", 1],
    ] as const) {
      const database = new DatabaseSync(temporaryFile("budgets.db"));
      const store = sqliteStore(database, { durability });
      expect(database.prepare("PRAGMA synchronous").get()).toEqual({ synchronous });
      expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
      await store.close();
      // What was handed in stays open.
      expect(database.prepare("SELECT 1 AS one").get()).toEqual({ one: 1 });
      database.close();
    }
  });

  it("sqliteStore lets the log of a file grow to 4 MiB, whatever its pages", async () => {
    for (const [pageBytes, pages] of [
      [1024, 4096],
      [4096, 1024],
      [65_536, 64],
    ] as const) {
      const database = new DatabaseSync(temporaryFile("budgets.db"));
      database.exec(`PRAGMA page_size = ${pageBytes}`);
      const store = sqliteStore(database);
      expect(Object.values(database.prepare("PRAGMA wal_autocheckpoint").get() ?? {})).toEqual([
        pages,
      ]);
      await store.close();
      database.close();
    }
  });

  it("R16 sqliteStore deletes entries that are older than its retention, and keeps their sums", async () => {
    const clock = new ManualClock();
    const store = sqliteStore(temporaryFile("budgets.db"), { clock, retentionMs: DAY_MS });
    const pool = await store.pool("acme");
    for (let day = 0; day < 6; day++) {
      const records = Array.from({ length: 5000 }, () => pool.record({ tokens: 1 }));
      // oxlint-disable-next-line no-await-in-loop -- day after day
      await Promise.all(records);
      clock.advance(DAY_MS);
    }
    const first = async (): Promise<number | undefined> =>
      (await pool.ledger({ limit: 1 }))[0]?.seq;
    await expect.poll(first, { timeout: 20_000 }).toBeGreaterThan(10_000);
    expect((await pool.sums({ by: "pool" })).map(({ entries }) => entries)).toEqual([30_000]);
    expect((await pool.snapshot()).used.tokens).toBe(30_000);
    await store.close();
    expect(() => sqliteStore(":memory:", { retentionMs: DAY_MS - 1 })).toThrow(RangeError);
  });

  it("sqliteStore brings a file of an earlier version up to date, with all that is in it", async () => {
    const file = temporaryFile("budgets.db");
    const before = sqliteStore(file);
    await (await before.pool("acme")).record({ usd: 0.25 }, { id: "job-1" });
    await before.close();
    const database = new DatabaseSync(file);
    database.exec("ALTER TABLE token_budget_ledger DROP COLUMN model");
    database.exec("ALTER TABLE token_budget_ledger DROP COLUMN label");
    database.exec("ALTER TABLE token_budget_ledger DROP COLUMN details");
    database.exec("ALTER TABLE token_budget_reservations DROP COLUMN slice");
    database.exec("ALTER TABLE token_budget_pools DROP COLUMN slices");
    database.exec("DROP INDEX token_budget_dearest");
    database.exec("DROP INDEX token_budget_changes");
    database.exec("ALTER TABLE token_budget_pools DROP COLUMN terms");
    database.exec("DROP TABLE token_budget_templates");
    database.exec("ALTER TABLE token_budget_pools DROP COLUMN rank");
    database.exec("DROP TABLE token_budget_sums");
    database.exec("DROP TABLE token_budget_summed");
    database.exec("ALTER TABLE token_budget_pools DROP COLUMN counts_since");
    database.exec("ALTER TABLE token_budget_pools DROP COLUMN parts");
    database.exec("DROP TABLE token_budget_refusals");
    database.exec("DROP TABLE token_budget_refusal_counts");
    database.exec("DROP TRIGGER token_budget_lease_kept");
    database.exec("ALTER TABLE token_budget_pools DROP COLUMN lease_ends_at");
    database.exec(
      "CREATE INDEX token_budget_leases ON token_budget_reservations (root, expires_at) WHERE expired = 0",
    );
    database.exec("DELETE FROM token_budget_schema WHERE version >= 2");
    database.close();
    const store = sqliteStore(file);
    const pool = await store.pool("acme");
    await pool.record({ usd: 0.25 }, { id: "job-1", label: "again" });
    await pool.record({ usd: 0.5 }, { id: "job-2", model: "gpt-5.5" });
    const lines = (await pool.ledger()).map(({ id, model, label }) => [id, model, label]);
    expect(lines).toEqual([
      ["job-1", undefined, undefined],
      ["job-2", "gpt-5.5", undefined],
    ]);
    expect((await pool.snapshot()).used.usd).toBe(0.75);
    await store.close();
  });

  it("sqliteStore does not acknowledge writes to a file that was deleted or replaced", async () => {
    for (const replace of [false, true]) {
      const file = temporaryFile("budgets.db");
      const store = sqliteStore(file);
      const pool = await store.pool("acme", { caps: { usd: 1 } });
      await pool.record({ usd: 0.25 });
      for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
      const fresh = replace ? sqliteStore(file) : undefined;
      for (const ask of [() => pool.record({ usd: 1 }), () => pool.snapshot(), () => pool.ledger()])
        await expect(ask()).rejects.toMatchObject({
          code: "STORE_UNAVAILABLE",
          cause: expect.objectContaining({ message: expect.stringContaining(file) }),
        });
      await expect(store.pools()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      await store.close();
      await fresh?.close();
    }
  });

  it("sqliteStore refuses a path that names no file", () => {
    for (const path of ["", " "]) expect(() => sqliteStore(path)).toThrow(RangeError);
  });

  it("sqliteStore does not touch a file that a later version has written", async () => {
    const file = temporaryFile("budgets.db");
    await sqliteStore(file).close();
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO token_budget_schema VALUES (99)");
    database.close();
    expect(() => sqliteStore(file)).toThrow(StoreIncompatible);
    expect(() => sqliteStore(file)).toThrow(/version 99/);
  });

  it("sqliteStore reports a file that is not a database, or cannot be opened", () => {
    const file = temporaryFile("notes.txt");
    writeFileSync(file, "no database at all, but long enough to be looked at ".repeat(50));
    expect(() => sqliteStore(file)).toThrow(/not a database/);
    expect(() => sqliteStore(file)).toThrow(StoreUnavailable);
    expect(() => sqliteStore(join(file, "x.db"))).toThrow(/unable to open database file/);
  });

  it.each([
    [5, /path of a file/],
    [{}, /path of a file/],
    [null, /path of a file/],
  ])("sqliteStore refuses %s as a database", (database, message) => {
    expect(() => sqliteStore(database as never)).toThrow(message);
  });

  it("sqliteStore refuses options that do not exist or are not allowed", () => {
    const file = temporaryFile("budgets.db");
    for (const options of [{ durable: true }, { clock: 5 }]) {
      expect(() => sqliteStore(file, options as never)).toThrow(TypeError);
    }
    for (const options of [{ durability: "fast" }, { timeoutMs: 0 }, { pollMs: Number.NaN }]) {
      expect(() => sqliteStore(file, options as never)).toThrow(RangeError);
    }
  });

  it("sqliteStore lets the process exit with holds open, and nothing closed", async () => {
    const file = temporaryFile("budgets.db");
    const script = `
      import { sqliteStore } from ${JSON.stringify(DOOR)};
      const pool = await sqliteStore(${JSON.stringify(file)}).pool("acme");
      await pool.reserve({ tokens: 5 });
      console.log((await pool.snapshot()).reserved.tokens);
    `;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 20_000,
    });
    expect(stdout).toBe("5\n");
  });

  it("R12 sqliteStore waits for a lock without blocking the event loop, and reports a lock that is not released", async () => {
    const file = temporaryFile("budgets.db");
    const store = sqliteStore(file, { timeoutMs: 300 });
    const pool = await store.pool("acme");
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await expect(pool.record({ tokens: 1 })).rejects.toThrow(/holds the lock/);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    const record = pool.record({ tokens: 1 });
    other.exec("COMMIT");
    await record;
    expect((await pool.snapshot()).used.tokens).toBe(1);
    other.close();
    await store.close();
  });

  it("I9 unusual names and ids are stored unchanged", async () => {
    const store = sqliteStore(temporaryFile("budgets.db"));
    const names = ["'; DROP TABLE token_budget_pools; --", '"', "{a}", "__proto__", "%", "_", "日"];
    for (const name of names) {
      const pool = await store.pool(`acme/${name}`);
      await pool.record({ tokens: 1 }, { id: name });
      await pool.record({ tokens: 1 }, { id: name });
    }
    expect((await store.pools()).map(({ used }) => used.tokens)).toEqual([
      names.length,
      ...names.map(() => 1),
    ]);
    const percent = await store.pool("acme/%");
    expect((await percent.ledger()).map(({ id }) => id)).toEqual(["%"]);
    await expect(store.pool("a".repeat(129))).rejects.toThrow(RangeError);
    await expect(store.pool(Array.from({ length: 900 }, () => "a").join("/"))).rejects.toThrow(
      /at most 800/,
    );
    await store.close();
  });

  it(
    "sqliteStore reports at once that no page is left, and goes on when one is",
    { timeout: 60_000 },
    async () => {
      const database = new DatabaseSync(temporaryFile("budgets.db"));
      const store = sqliteStore(database, { timeoutMs: 5000 });
      const pool = await store.pool("acme");
      database.exec("PRAGMA max_page_count = 120");
      let booked = 0;
      const startedAt = performance.now();
      await expect(
        (async () => {
          for (; booked < 100_000; booked++) await pool.record({ tokens: 1 });
        })(),
      ).rejects.toThrow(/full|disk/);
      expect(performance.now() - startedAt).toBeLessThan(30_000);
      database.exec("PRAGMA max_page_count = 1000000");
      expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
      expect((await pool.snapshot()).used.tokens).toBe(booked);
      await store.close();
      database.close();
    },
  );
});
