// A standby that is promoted while it lags: what is lost, what is not, and what to do about it.

import process from "node:process";

import pg from "pg";
import { describe, expect, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import type { PgClient } from "../../src/postgres/index.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";

const binaries = postgresBinaries();
const STANDBY = "standby";

/** A primary with its standby, and a client that reaches whichever is the primary. */
class Pair {
  readonly primary: PostgresServer;
  readonly standby: PostgresServer;
  readonly #pools: pg.Pool[] = [];
  #current: pg.Pool;

  private constructor(primary: PostgresServer, standby: PostgresServer) {
    this.primary = primary;
    this.standby = standby;
    this.#current = this.#poolOf(primary);
  }

  static async start(synchronousNames: string): Promise<Pair> {
    const primary = await PostgresServer.start(binaries ?? "", ["max_wal_senders=4"]);
    const standby = await PostgresServer.startStandby(binaries ?? "", primary, STANDBY);
    const pair = new Pair(primary, standby);
    await expect.poll(() => pair.#senders(), { timeout: 30_000 }).toHaveLength(1);
    await pair.#current.query(`ALTER SYSTEM SET synchronous_standby_names = '${synchronousNames}'`);
    await pair.#current.query("SELECT pg_reload_conf()");
    const wanted = synchronousNames === "" ? "async" : "sync";
    await expect
      .poll(async () => (await pair.#senders()).map(({ state }) => state), { timeout: 30_000 })
      .toEqual([wanted]);
    return pair;
  }

  get client(): PgClient {
    return { query: (text, values) => this.#current.query(text, values) };
  }

  /** From now on nothing that is written reaches the standby. */
  async lag(): Promise<void> {
    for (const { pid } of await this.#senders()) process.kill(pid, "SIGSTOP");
  }

  /** The primary crashes, and the standby takes over with what it has. */
  async failOver(): Promise<void> {
    await this.primary.crash();
    this.#current = this.#poolOf(this.standby);
    await this.#current.query("SELECT pg_promote()");
  }

  async end(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()));
    await this.standby.stop();
  }

  async #senders(): Promise<readonly { readonly pid: number; readonly state: string }[]> {
    const text =
      "SELECT pid, sync_state AS state FROM pg_stat_replication WHERE state = 'streaming'";
    return (await this.#current.query<{ pid: number; state: string }>(text)).rows;
  }

  #poolOf(server: PostgresServer): pg.Pool {
    const pool = new pg.Pool({ ...server.options, max: 4 });
    pool.on("error", () => undefined);
    this.#pools.push(pool);
    return pool;
  }
}

describe.skipIf(binaries === undefined)("postgresStore, whose standby lags and is promoted", () => {
  it("I3 postgresStore acknowledges nothing that the standby lacks, with synchronous_standby_names", async () => {
    const pair = await Pair.start(STANDBY);
    const store = postgresStore(pair.client, { timeoutMs: 1500 });
    const pool = await store.pool("acme", { caps: { tokens: 100 } });
    await pool.record({ tokens: 3 }, { id: "before" });
    await pair.lag();
    const lost = pool.record({ tokens: 4 }, { id: "lagging" });
    await expect(lost).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await pair.failOver();
    expect((await pool.snapshot()).used.tokens).toBe(3);
    await pool.record({ tokens: 4 }, { id: "lagging" });
    await pool.record({ tokens: 4 }, { id: "lagging" });
    await pool.record({ tokens: 5 });
    expect((await pool.snapshot()).used.tokens).toBe(12);
    expect((await pool.ledger()).map(({ amount }) => amount.tokens)).toEqual([3, 4, 5]);
    await store.close();
    await pair.end();
  });

  it("postgresStore forgets the last bookings without synchronous_standby_names, and books them once when they are repeated", async () => {
    const pair = await Pair.start("");
    const store = postgresStore(pair.client, { timeoutMs: 10_000 });
    const pool = await store.pool("acme", { caps: { tokens: 100 } });
    await pool.record({ tokens: 3 }, { id: "before" });
    await expect.poll(() => hasLine(pair.standby, "before"), { timeout: 30_000 }).toBe(true);
    await pair.lag();
    await pool.record({ tokens: 4 }, { id: "lagging" });
    const hold = await pool.reserve({ tokens: 10 }, { id: "held" });
    await pair.failOver();
    // What this process knew of the books is no more: it finds that out, and loads them anew.
    await pool.record({ tokens: 5 });
    const { used, reserved } = await pool.snapshot();
    expect([used.tokens, reserved.tokens]).toEqual([8, 0]);
    for (const id of ["before", "lagging"]) {
      const tokens = id === "before" ? 3 : 4;
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await pool.record({ tokens }, { id, overage: "allow" });
    }
    // A hold that was forgotten is settled as one whose lease has ended: all of it is overage.
    expect((await hold.commit({ tokens: 6 })).overage.tokens).toBe(6);
    expect((await pool.snapshot()).used.tokens).toBe(18);
    await store.close();
    await pair.end();
  });
});

async function hasLine(server: PostgresServer, id: string): Promise<boolean> {
  const client = new pg.Client(server.options);
  await client.connect();
  const { rowCount } = await client.query("SELECT FROM token_budget.ledger WHERE id = $1", [id]);
  await client.end();
  return rowCount === 1;
}
