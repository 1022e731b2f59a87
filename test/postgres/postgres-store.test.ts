import { PGlite } from "@electric-sql/pglite";
import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import type { PostgresClient } from "../../src/postgres/index.ts";
import { StoreIncompatible, StoreUnavailable } from "../../src/stores/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { LONG_MS } from "../support/stored-roots.ts";

const binaries = postgresBinaries();
const run = promisify(execFile);
/** The number of the type `text`. */
const TEXT = 25;

describe("postgresStore", () => {
  let client: PGlite;
  beforeAll(async () => {
    client = await PGlite.create();
  }, 120_000);
  afterAll(() => client.close());

  it("postgresStore keeps the books in the schema, and restores settings and holds on reopening", async () => {
    const options = { schema: "again", timeoutMs: 30_000 };
    const store = postgresStore(client, options);
    const pool = await store.pool("acme", { caps: { usd: 1 }, window: "month" });
    await pool.record({ usd: 0.25 });
    await pool.reserve({ usd: 0.5 }, { id: "job-1" });
    await store.close();
    const again = postgresStore(client, options);
    const found = await again.pool("acme");
    const { caps, used, reserved, window } = await found.snapshot();
    expect([caps, used.usd, reserved.usd]).toEqual([{ usd: 1 }, 0.25, 0.5]);
    expect(window?.endsAt).toBeGreaterThan(Date.now());
    await (await found.reserve({ usd: 0.5 }, { id: "job-1" })).commit({ usd: 0.4 });
    expect((await found.snapshot()).used.usd).toBe(0.65);
    await again.close();
    // What was handed in stays open.
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  it("F33 the largest amounts are read back exactly", async () => {
    const pool = await postgresStore(client, { schema: "large" }).pool("acme");
    const tokens = Number.MAX_SAFE_INTEGER;
    await pool.record({ tokens: tokens - 1, usd: "9007199.254740991" }, { id: "large" });
    await pool.record({ tokens: 1 });
    const { used } = await pool.snapshot();
    expect([used.tokens, used.usd]).toEqual([tokens, 9_007_199.254_740_991]);
    await expect(pool.record({ tokens: 1 })).rejects.toThrow(RangeError);
    await pool.amend("large", { tokens: 7, usd: "9007199.254740990" });
    await pool.amend("large", { tokens: tokens - 1, usd: "9007199.254740991" });
    expect((await pool.snapshot()).used.tokens).toBe(tokens);
    const amounts = (await pool.ledger()).map(({ amount }) => amount.tokens);
    expect(amounts).toEqual([tokens - 1, 1, 8 - tokens, tokens - 8]);
  });

  it("I9 unusual names and ids are never confused with others", async () => {
    const store = postgresStore(client, { schema: "names", timeoutMs: 30_000 });
    const names = [
      "'; DROP SCHEMA names CASCADE; --",
      '"',
      "$1",
      "$function$",
      "\\u0000",
      "{a,b}",
      "__proto__",
      "constructor",
      "%",
      "_",
      "0",
      "a.b",
      "ä",
      "a\u0308",
      "日本 🚀",
      "x".repeat(128),
      " ",
    ];
    for (const [index, name] of names.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      const pool = await store.pool(`${name}/${name}`);
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await pool.record({ tokens: index + 1 }, { id: name });
    }
    const used = new Map((await store.pools()).map((pool) => [pool.path, pool.used.tokens]));
    expect(used.size).toBe(2 * names.length);
    for (const [index, name] of names.entries()) {
      expect(used.get(`${name}/${name}`)).toBe(index + 1);
      // oxlint-disable-next-line no-await-in-loop -- one after another
      expect((await (await store.pool(name)).ledger()).map(({ id }) => id)).toEqual([name]);
    }
    await expect(store.pool("a\nb")).rejects.toThrow(RangeError);
  });

  it("postgresStore shows the entries of a pool and those below it, and of no other", async () => {
    const store = postgresStore(client, { schema: "lines", timeoutMs: 30_000 });
    for (const path of ["acme/a", "acme/a/b", "acme/a0", "acme/a.b", "acme/a b", "acme/A"]) {
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await (await store.pool(path)).record({ tokens: 1 }, { id: path });
    }
    const pool = await store.pool("acme/a");
    expect((await pool.ledger()).map(({ id }) => id)).toEqual(["acme/a", "acme/a/b"]);
    const root = await store.pool("acme");
    expect((await root.ledger({ after: 2, limit: 2 })).map(({ seq }) => seq)).toEqual([3, 4]);
  });

  it("R11 postgresStore frees thousands of holds whose leases have ended before it judges", async () => {
    const clock = new ManualClock();
    const options = { schema: "ended", clock, pollMs: LONG_MS, timeoutMs: 30_000 };
    const store = postgresStore(client, options);
    const pool = await store.pool("acme/a", { caps: { calls: 1700 }, leaseMs: 1000 });
    await Promise.all(Array.from({ length: 1700 }, () => pool.reserve({ tokens: 1 })));
    const other = await postgresStore(client, options).pool("acme/a");
    clock.advance(1000);
    await other.reserve({ calls: 1700 });
    expect((await pool.snapshot()).openReservations).toBe(1);
    await expect(pool.reserve({ tokens: 1 })).rejects.toMatchObject({ reason: "busy" });
    await store.close();
  });

  it("postgresStore brings a schema of an earlier version up to date, with all that is in it", async () => {
    const before = await postgresStore(client, { schema: "earlier" }).pool("acme");
    await before.record({ usd: 0.25 }, { id: "job-1" });
    await client.exec(`DROP FUNCTION earlier.packed_1, earlier.booked_1, earlier.write_2,
        earlier.claim_2, earlier.write_3, earlier.sum_1;
      ALTER TABLE earlier.trees DROP COLUMN base, DROP COLUMN before;
      ALTER TABLE earlier.ledger DROP COLUMN model, DROP COLUMN label, DROP COLUMN details,
        DROP COLUMN packed, DROP COLUMN gone, DROP COLUMN parts, DROP COLUMN pack;
      ALTER TABLE earlier.pools DROP COLUMN counts_since, DROP COLUMN rank, DROP COLUMN terms,
        DROP COLUMN slices, DROP COLUMN parts;
      ALTER TABLE earlier.reservations DROP COLUMN slice;
      DROP INDEX earlier.changes;
      DROP TABLE earlier.templates;
      DROP TABLE earlier.sums, earlier.summed;
      DROP FUNCTION earlier.sum_up_1;
      DROP TABLE earlier.refusals, earlier.refusal_counts;
      DROP FUNCTION earlier.refuse_1;
      DELETE FROM earlier.schema_version WHERE version >= 2;`);
    const pool = await postgresStore(client, { schema: "earlier" }).pool("acme");
    await pool.record({ usd: 0.25 }, { id: "job-1", label: "again" });
    await pool.record({ usd: 0.5 }, { id: "job-2", model: "gpt-5.5" });
    // Who has opened it before goes on as well.
    await before.record({ usd: 0.125 }, { id: "job-3", label: "late" });
    const lines = (await pool.ledger()).map(({ id, model, label }) => [id, model, label]);
    expect(lines).toEqual([
      ["job-1", undefined, undefined],
      ["job-2", "gpt-5.5", undefined],
      ["job-3", undefined, "late"],
    ]);
  });

  it("postgresStore does not touch a schema of a later version", async () => {
    await postgresStore(client, { schema: "later" }).pool("acme");
    await client.query("INSERT INTO later.schema_version VALUES (99)");
    const store = postgresStore(client, { schema: "later" });
    const opening = store.pool("acme");
    await expect(opening).rejects.toThrow(/version 99/);
    await expect(opening).rejects.toSatisfy((error) => StoreIncompatible.is(error));
  });

  it.each(["a-b", 'a"b', "a'b", "A", "pg_mine", "1a", "", "a b", "a".repeat(64), "a;b", null, 5])(
    "postgresStore refuses %j as the name of a schema",
    (schema) => {
      expect(() => postgresStore(client, { schema: schema as never })).toThrow(/`schema`/);
    },
  );

  it("postgresStore refuses an invalid client, and unknown options", () => {
    // @ts-expect-error -- no client
    expect(() => postgresStore("postgres://localhost")).toThrow(/Pool or Client of pg/);
    expect(() => postgresStore(client, { prefix: "x" } as never)).toThrow(TypeError);
    expect(() => postgresStore(client, { timeoutMs: 0 })).toThrow(RangeError);
  });
});

describe.skipIf(binaries === undefined)("postgresStore over a server", () => {
  let server: PostgresServer;
  let admin: pg.Pool;
  beforeAll(async () => {
    server = await PostgresServer.start(binaries ?? "");
    admin = new pg.Pool({ ...server.options, max: 4 });
  }, 120_000);
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  it("a Postgres role that may not make tables is refused at once, and uses tables that are granted to it", async () => {
    await admin.query("CREATE ROLE spender LOGIN");
    const pool = new pg.Pool({ ...server.options, user: "spender" });
    const store = postgresStore(pool, { timeoutMs: 300_000, schema: "granted" });
    // At once: trying again until the time is up would take longer than this test may.
    await expect(store.pool("acme")).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("permission denied for database"),
    });
    await postgresStore(admin, { schema: "granted" }).pool("acme", { caps: { tokens: 5 } });
    await expect(store.pool("acme")).rejects.toThrow(/permission denied for schema/);
    await admin.query(`
      GRANT USAGE ON SCHEMA granted TO spender;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA granted TO spender`);
    const acme = await store.pool("acme");
    await acme.record({ tokens: 5 });
    await expect(acme.record({ tokens: 1 })).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    await store.close();
    await pool.end();
  });

  it("a role creates its tables in a schema that an administrator created for it", async () => {
    await admin.query("CREATE ROLE owner LOGIN; CREATE SCHEMA owned AUTHORIZATION owner");
    const pool = new pg.Pool({ ...server.options, user: "owner" });
    const acme = await postgresStore(pool, { schema: "owned" }).pool("acme");
    await acme.record({ tokens: 5 });
    expect((await acme.snapshot()).used.tokens).toBe(5);
    await pool.end();
  });

  it("a Postgres database that does not exist is reported at once", async () => {
    const pool = new pg.Pool({ ...server.options, database: "nowhere" });
    const store = postgresStore(pool, { timeoutMs: 30_000 });
    const opening = store.pool("acme");
    await expect(opening).rejects.toSatisfy((error) => StoreUnavailable.is(error));
    await expect(opening).rejects.toThrow(/"nowhere" does not exist/);
    await pool.end();
  });

  it("postgresStore works where transactions are serializable, or numbers are read as something else", async () => {
    const pool = new pg.Pool({
      ...server.options,
      options: "-c default_transaction_isolation=serializable",
      types: { getTypeParser: (type: number) => (type === TEXT ? String : () => Number.NaN) },
    });
    const stores = [1, 2, 3].map(() => postgresStore(pool, { schema: "strict" }));
    const pools = await Promise.all(stores.map((store) => store.pool("acme")));
    await Promise.all(pools.map((each) => each.record({ tokens: 5 })));
    expect((await pools[0]?.snapshot())?.used.tokens).toBe(15);
    await pool.end();
  });

  it("postgresStore makes one trip to write alone or beside others, and two at first and when they changed more than figures", async () => {
    let queries = 0;
    const counting: PostgresClient = {
      async query(text, values) {
        queries++;
        return await admin.query(text, values);
      },
    };
    const asked = async (does: () => Promise<unknown>): Promise<number> => {
      queries = 0;
      await does();
      return queries;
    };
    const pool = await postgresStore(counting, { schema: "trips" }).pool("acme");
    const other = await postgresStore(admin, { schema: "trips" }).pool("acme");
    const hold = await pool.reserve({ tokens: 1 });
    expect(await asked(() => hold.commit({ tokens: 1 }))).toBe(1);
    const many = Array.from({ length: 50 }, () => ({ tokens: 1 }));
    expect(await asked(() => Promise.all(many.map((ask) => pool.record(ask))))).toBe(1);
    expect(await asked(() => pool.snapshot())).toBe(1);
    expect(await asked(() => pool.check({ tokens: 1 }))).toBe(1);
    const theirs = await other.reserve({ tokens: 1 }, { id: "theirs" });
    expect(await asked(() => pool.record({ tokens: 1 }))).toBe(2);
    await other.record({ tokens: 1 });
    expect(await asked(() => pool.record({ tokens: 1 }))).toBe(1);
    await other.configure({ caps: { tokens: 100 } });
    expect(await asked(() => pool.record({ tokens: 1 }))).toBe(2);
    // Theirs is not known here.
    expect(await asked(() => pool.reserve({ tokens: 1 }, { id: "theirs" }))).toBe(1);
    await theirs.commit({ tokens: 1 });
    expect((await pool.snapshot()).used.tokens).toBe(56);
  });

  it("postgresStore does not execute a batch that reaches the server too late", async () => {
    let late = 0;
    const slow: PostgresClient = {
      async query(text, values) {
        const [root = "", turn = "", asked = "", request = "", packs = ""] = values;
        if (!/write_[23]/.test(text) || late++ > 1) return await admin.query(text, values);
        // As if the process had been frozen between its decision and this.
        const written: object = JSON.parse(request);
        const then = Date.now() - 6000;
        const frozen = JSON.stringify({ ...written, at: then });
        return await admin.query(text, [root, turn, asked, frozen, packs]);
      },
    };
    await postgresStore(admin, { schema: "late" }).pool("acme", { caps: { tokens: 5 } });
    const pool = await postgresStore(slow, { schema: "late" }).pool("acme");
    await pool.record({ tokens: 5 });
    expect(late).toBe(3);
    expect((await pool.snapshot()).used.tokens).toBe(5);
    expect(await pool.tryRecord({ tokens: 1 })).toBe(false);
  });

  it("postgresStore reads no more of a large tree than of a small one, before it has been analyzed", async () => {
    await postgresStore(admin, { schema: "large" }).pool("acme");
    await admin.query("ALTER TABLE large.ledger SET (autovacuum_enabled = off)");
    await admin.query("ALTER TABLE large.reservations SET (autovacuum_enabled = off)");
    const client = new pg.Client(server.options);
    await client.connect();
    const pool = await postgresStore(client, { schema: "large" }).pool("acme");
    const hold = await pool.reserve({ tokens: 1 }, { id: "early" });
    await hold.commit({ tokens: 1 });
    await admin.query(`
      UPDATE large.trees SET version = 'filled', lines = lines + 100100;
      INSERT INTO large.ledger SELECT 'acme', n + 100, 'x' || n, 'record', 'acme', 0, 0, 0, 0, 0, 0,
        false, CASE WHEN n % 10 = 0 THEN 'x' || n - 1 END, 0, 0, NULL
      FROM generate_series(1, 100000) n;
      INSERT INTO large.reservations SELECT 'acme', 'r' || n, 'acme', 0, 0, 0, 0, 0, 0, 0,
        9000000000000, false
      FROM generate_series(1, 100000) n`);
    for (let count = 0; count < 100; count++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await pool.record({ tokens: 1 }, { id: `bill ${count}` });
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await pool.amend(`bill ${count}`, { tokens: 2 });
      // oxlint-disable-next-line no-await-in-loop -- likewise
      const held = await pool.reserve({ tokens: 1 });
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await held.release();
    }
    await client.end();
    const figures = async (): Promise<{ written: number; read: number }> => {
      const { rows } = await admin.query(`
        SELECT sum(n_tup_ins)::int AS written, (SELECT sum(seq_tup_read) FROM pg_stat_user_tables
          WHERE schemaname = 'large' AND relname IN ('ledger', 'reservations'))::int
          + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname = 'large')::int
          AS read
        FROM pg_stat_user_tables WHERE schemaname = 'large' AND relname = 'ledger'`);
      return rows[0];
    };
    await expect.poll(async () => (await figures()).written).toBeGreaterThanOrEqual(100_301);
    expect((await figures()).read).toBeLessThan(10_000);
  });

  it("R12 a process ends when its work is done and its client is closed, though it holds and has waited", async () => {
    const script = `
      import pg from "pg";
      import { postgresStore } from "./src/postgres/index.ts";
      const client = new pg.Pool(${JSON.stringify(server.options)});
      const store = postgresStore(client, { schema: "ends", pollMs: 20 });
      const pool = await store.pool("acme", { caps: { tokens: 2 } });
      await pool.reserve({ tokens: 1 });
      const hold = await pool.reserve({ tokens: 1 });
      setTimeout(() => hold.release(), 50);
      await (await pool.reserveWhenFree({ tokens: 1 })).commit();
      await client.end();`;
    await expect(
      run(process.execPath, ["--input-type=module", "--eval", script], { timeout: 20_000 }),
    ).resolves.toMatchObject({ stdout: "" });
  });
});
