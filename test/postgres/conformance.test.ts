import { PGlite } from "@electric-sql/pglite";
import { neon, neonConfig } from "@neondatabase/serverless";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, describe, it } from "vitest";

import { postgresStore } from "../../src/postgres/index.ts";
import type { PostgresClient } from "../../src/postgres/index.ts";
import { conformanceSuite, storeSuite } from "../../src/testing/index.ts";
import { NeonBridge } from "../support/neon-bridge.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { LONG_MS, rootsOf } from "../support/stored-roots.ts";

let count = 0;
/** A schema that no other store has. */
const schema = (): string => `test_${count++}`;

interface OpenClient {
  readonly client: PostgresClient;
  readonly close: () => Promise<void>;
}

function suites(open: () => Promise<OpenClient>): void {
  let client: PostgresClient;
  let closeClient: () => Promise<void>;
  beforeAll(async () => {
    ({ client, close: closeClient } = await open());
  }, 120_000);
  const roots = rootsOf((clock) =>
    postgresStore(client, { clock, schema: schema(), pollMs: LONG_MS, timeoutMs: 30_000 }),
  );
  afterAll(async () => {
    await roots.close();
    await closeClient();
  });
  conformanceSuite({ test: it, open: roots.open, turns: roots.turns });
  storeSuite({
    test: it,
    openPlace(clock) {
      const options = { clock, schema: schema(), pollMs: LONG_MS, timeoutMs: 30_000 };
      return () => postgresStore(client, options);
    },
  });
}

describe("postgresStore over PGlite", () => {
  suites(async () => {
    const client = await PGlite.create();
    return { client, close: () => client.close() };
  });
});

const binaries = postgresBinaries();

describe.skipIf(binaries === undefined)("postgresStore over Postgres", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start(binaries ?? "", ["fsync=off"]);
  }, 120_000);
  afterAll(() => server.stop());

  describe("and a Pool of pg", () => {
    suites(async () => {
      const client = new pg.Pool({ ...server.options, max: 4 });
      return { client, close: () => client.end() };
    });
  });

  describe("and a Client of pg", () => {
    suites(async () => {
      const client = new pg.Client(server.options);
      await client.connect();
      return { client, close: () => client.end() };
    });
  });

  describe("and postgres.js", () => {
    suites(async () => {
      const client = postgres({
        host: "127.0.0.1",
        port: server.port,
        username: "postgres",
        database: "postgres",
        max: 4,
        onnotice: () => undefined,
      });
      return { client, close: () => client.end() };
    });
  });

  describe("and Neon's driver over HTTP", () => {
    suites(async () => {
      const bridge = await NeonBridge.start(server.options);
      neonConfig.fetchEndpoint = () => bridge.endpoint;
      return {
        client: neon("postgres://postgres:secret@localhost/postgres"),
        close: () => bridge.close(),
      };
    });
  });
});
