import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import { POSTGRES_MIGRATIONS } from "../../src/postgres/migrations/embedded.ts";
import { PostgresStore } from "../../src/postgres/postgres-store.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";

const CONTENDER = fileURLToPath(new URL("contender.ts", import.meta.url));
const SPENDING_MS = 2000;
const binaries = postgresBinaries();

interface Spent {
  readonly count: number;
  readonly longestMs: number;
}

describe.skipIf(binaries === undefined)("postgresStore under contention", () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await PostgresServer.start(binaries ?? "");
    pool = new pg.Pool({ ...server.options, max: 20 });
  }, 120_000);
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  for (const processes of [4, 8]) {
    it(`F20 none of ${processes} processes that write to one Postgres pool starves`, async () => {
      const store = postgresStore(pool);
      const acme = await store.pool("acme");
      const before = (await acme.snapshot()).used.tokens;
      const contenders = Array.from({ length: processes }, () =>
        fork(CONTENDER, [`postgres:${server.port}`, String(SPENDING_MS)]),
      );
      await Promise.all(contenders.map((contender) => once(contender, "message")));
      const answers = contenders.map(async (contender): Promise<Spent> => {
        const answer = once(contender, "message");
        contender.send("spend");
        const [spent] = await answer;
        contender.kill("SIGKILL");
        return spent;
      });
      const spent = await Promise.all(answers);
      const counts = spent.map(({ count }) => count);
      const longestMs = Math.max(...spent.map((each) => each.longestMs));
      if (process.env["FIGURES"] !== undefined)
        process.stdout.write(`${JSON.stringify({ counts, longestMs })}\n`);
      expect(Math.min(...counts)).toBeGreaterThan(Math.max(...counts) / 4);
      const sum = counts.reduce((total, count) => total + count, 0);
      expect((await acme.snapshot()).used.tokens - before).toBe(sum);
      await store.close();
    });
  }

  it("F25 of many concurrent first opens of a tree, one creates it", async () => {
    const stores = Array.from({ length: 8 }, () => postgresStore(pool, { schema: "first" }));
    for (let round = 0; round < 20; round++) {
      const path = `tree ${round}/below`;
      const pools = await Promise.all(
        stores.map((store) => store.pool(path, { caps: { tokens: 5 } })),
      );
      const told = await Promise.all(pools.map((each) => each.tryRecord({ tokens: 1 })));
      expect(told.filter(Boolean)).toHaveLength(5);
      expect((await pools[0]?.ledger())?.length).toBe(5);
    }
  });

  it("when many processes create the tables at once, one does", async () => {
    for (let round = 0; round < 5; round++) {
      const schema = `made_${round}`;
      const stores = Array.from({ length: 8 }, () => new PostgresStore(pool, schema, {}));
      const paths = await Promise.all(stores.map((store) => store.paths()));
      expect(paths.flat()).toEqual([]);
      const versions = await pool.query(`SELECT version FROM ${schema}.schema_version`);
      expect(versions.rows).toEqual(
        POSTGRES_MIGRATIONS.map((_, index) => ({ version: index + 1 })),
      );
    }
  });

  it("a process that stalls while it holds the lock of a Postgres tree delays others only briefly", async () => {
    const store = postgresStore(pool, { schema: "turns" });
    const acme = await store.pool("acme");
    const far = Date.now() + 2000;
    await pool.query("UPDATE turns.trees SET turn_of = 'somebody', turn_until = $1", [far]);
    await acme.record({ tokens: 1 });
    expect(Date.now()).toBeGreaterThanOrEqual(far - 1);
    // What changes nothing waits for nobody.
    await pool.query("UPDATE turns.trees SET turn_of = 'somebody', turn_until = $1", [
      Date.now() + 60_000,
    ]);
    expect((await acme.snapshot()).used.tokens).toBe(1);
  });

  it("a process that waits for another one's turn does not lock what that one is to write", async () => {
    const [one, other] = [1, 2].map(() => postgresStore(pool, { schema: "waiting" }));
    const [acme, same] = await Promise.all([one?.pool("acme"), other?.pool("acme")]);
    const turn = await pool.connect();
    const lockedMs: number[] = [];
    for (let round = 0; round < 10; round++) {
      // Each knows that it is not alone.
      await same?.record({ tokens: 1 });
      await acme?.record({ tokens: 1 });
      await turn.query("BEGIN");
      const far = Date.now() + 60_000;
      await turn.query("UPDATE waiting.trees SET turn_of = 'somebody', turn_until = $1", [far]);
      const record = acme?.record({ tokens: 1 });
      await untilBlocked(pool);
      await turn.query("COMMIT");
      const since = performance.now();
      // The lock of the row is had by whoever asks: each query is a transaction.
      await turn.query("UPDATE waiting.trees SET turn_of = 'somebody'");
      lockedMs.push(performance.now() - since);
      await turn.query("UPDATE waiting.trees SET turn_of = NULL");
      await record;
    }
    turn.release();
    const [median] = lockedMs.toSorted((less, more) => less - more).slice(5);
    expect(median).toBeLessThan(8);
  });
});

/** Resolves when a query waits for a lock. */
async function untilBlocked(pool: pg.Pool): Promise<void> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- until then
    const { rows } = await pool.query("SELECT FROM pg_locks WHERE NOT granted LIMIT 1");
    if (rows.length > 0) return;
  }
}
