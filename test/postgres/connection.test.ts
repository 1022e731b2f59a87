import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import type { PostgresClient } from "../../src/postgres/index.ts";
import { StoreUnavailable } from "../../src/stores/index.ts";
import {
  cutAtRandom,
  expectBooked,
  expectFrozenServerIsUnavailable,
  expectLostAnswersBookOnce,
  spendInTasks,
} from "../support/broken-connection.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { expectFrozenHolderLosesItsHold } from "../support/frozen.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";

const binaries = postgresBinaries();
const isUnavailable = (error: unknown): boolean => StoreUnavailable.is(error);

describe.skipIf(binaries === undefined)("postgresStore over a connection that breaks", () => {
  let server: PostgresServer;
  const connect = (options: pg.PoolConfig = {}): pg.Pool => {
    const pool = new pg.Pool({ ...server.options, max: 4, ...options });
    pool.on("error", () => undefined);
    return pool;
  };
  beforeAll(async () => {
    server = await PostgresServer.start(binaries ?? "");
    // The tables are more text than a connection below may carry.
    const client = connect();
    for (const schema of ["lost", "cut"]) await postgresStore(client, { schema }).pool("first");
    await client.end();
  }, 120_000);
  afterAll(() => server.stop());

  it("R10 F23 an answer that is lost books nothing twice", async () => {
    expect.hasAssertions();
    const proxy = await CuttingProxy.start(server.port);
    const client = connect({ port: proxy.port });
    const store = postgresStore(client, { schema: "lost", timeoutMs: 20_000 });
    await expectLostAnswersBookOnce(store, proxy);
    await store.close();
    await client.end();
    proxy.close();
  });

  it("R10 I3 connections cut at random bytes, both ways, book everything once", async () => {
    const proxy = await CuttingProxy.start(server.port);
    cutAtRandom(proxy, { asks: 4000, answers: 2000 });
    const client = connect({ port: proxy.port });
    const store = postgresStore(client, { schema: "cut", timeoutMs: 50_000 });
    const pool = await store.pool("acme/search", { caps: { tokens: 2000 } });
    const acknowledged = await spendInTasks(pool);
    expect(proxy.cuts).toBeGreaterThan(10);
    await store.close();
    await client.end();
    proxy.close();
    const uncut = connect();
    await expectBooked(await postgresStore(uncut, { schema: "cut" }).pool("acme"), acknowledged);
    await uncut.end();
  });

  it("postgresStore works through a pooler that hands each query to another session, and clears it", async () => {
    const clients = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client(server.options);
        await client.connect();
        return client;
      }),
    );
    let count = 0;
    const pooler: PostgresClient = {
      async query(text, values) {
        const client = clients[count++ % clients.length];
        const result = await client?.query(text, values);
        await client?.query("DISCARD ALL");
        return { rows: result?.rows ?? [] };
      },
    };
    const store = postgresStore(pooler, { schema: "pooler", pollMs: 20 });
    const pool = await store.pool("acme/search", { caps: { tokens: 100 }, window: "day" });
    const holds = await Promise.all(Array.from({ length: 10 }, () => pool.reserve({ tokens: 10 })));
    const waiting = pool.reserveWhenFree({ tokens: 10 });
    await Promise.all(holds.map((hold) => hold.commit({ tokens: 5 })));
    await (await waiting).commit({ tokens: 1 });
    expect((await store.pools()).map(({ used }) => used.tokens)).toEqual([51, 51]);
    await store.close();
    await Promise.all(clients.map((client) => client.end()));
  });

  it("R11 I4 I5 a frozen process loses its hold at the end of its lease, and its commit is booked", async () => {
    expect.hasAssertions();
    const client = connect();
    await expectFrozenHolderLosesItsHold(postgresStore(client), `postgres:${server.port}`);
    await client.end();
  });

  it("R12 F26 a server that is frozen is StoreUnavailable in bounded time, and then works on", async () => {
    expect.hasAssertions();
    const own = await PostgresServer.start(binaries ?? "");
    const client = connect({ port: own.port });
    const store = postgresStore(client, { timeoutMs: 400 });
    await expectFrozenServerIsUnavailable(store, own);
    await store.close();
    await client.end();
    await own.stop();
  });

  it("R12 F26 a server that is down is StoreUnavailable, and is found again when it is back", async () => {
    const own = await PostgresServer.start(binaries ?? "");
    const client = connect({ port: own.port });
    const store = postgresStore(client, { timeoutMs: 400 });
    const pool = await store.pool("acme");
    await pool.record({ tokens: 1 });
    await own.crash();
    await expect(pool.record({ tokens: 1 })).rejects.toSatisfy(isUnavailable);
    await expect(pool.ledger()).rejects.toSatisfy(isUnavailable);
    await own.restart();
    await pool.record({ tokens: 2 });
    expect((await pool.snapshot()).used.tokens).toBe(3);
    await store.close();
    await client.end();
    await own.stop();
  });
});
