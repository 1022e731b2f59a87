// R15: slices over a server that acknowledges before it stores (`synchronous_commit=off`), and
// crashes: it forgets its last second. A bill is kept outside the books, and compared with them.

import pg from "pg";
import process from "node:process";
import { describe, expect, it } from "vitest";

import { CAP, expectCovered, LEASE_MS, pause, Spenders } from "../slices/spenders.ts";
import { openStore } from "../support/open-store.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";

const binaries = postgresBinaries();
/** Nothing is stored but by a checkpoint, by the WAL writer, or once 64 MB were written. */
const FORGETFUL = ["synchronous_commit=off", "wal_writer_delay=10s", "wal_buffers=64MB"];
const ROUNDS = 3;

async function numberOf(server: PostgresServer, ...statements: readonly string[]): Promise<number> {
  const client = new pg.Client(server.options);
  // The server may crash while it is connected.
  client.on("error", () => undefined);
  await client.connect();
  let number = 0;
  for (const text of statements) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { rows } = await client.query<{ number: number }>(text);
    number = rows[0]?.number ?? number;
  }
  await client.end();
  return number;
}

/** Stores what was written until now, and nothing that is written from then on. */
async function stopStoring(server: PostgresServer): Promise<void> {
  const writer = "SELECT pid AS number FROM pg_stat_activity WHERE backend_type = 'walwriter'";
  process.kill(await numberOf(server, "CHECKPOINT", writer), "SIGSTOP");
}

/** How many rows are marks; and one more is written, and acknowledged. */
async function marksBefore(server: PostgresServer): Promise<number> {
  const count = "SELECT count(*)::int AS number FROM public.marks";
  return await numberOf(server, count, "INSERT INTO public.marks VALUES (1)");
}

describe.skipIf(binaries === undefined)("slices in Postgres", () => {
  it(
    "R15 I1 a server that forgets its last second is right again once all have reported",
    { timeout: 180_000 },
    async () => {
      const server = await PostgresServer.start(binaries ?? "", FORGETFUL);
      const address = `postgres:${server.port}`;
      const store = openStore(address);
      const root = await store.pool("acme", { caps: { tokens: CAP } });
      await numberOf(server, "CREATE TABLE public.marks (mark int)");
      const spenders = new Spenders();
      await spenders.start(address);
      await spenders.start(address);
      await pause(500);
      for (let round = 0; round < ROUNDS; round++) {
        await stopStoring(server);
        expect(await marksBefore(server)).toBe(0);
        await pause(1000);
        expect(await marksBefore(server)).toBe(1);
        await server.crash();
        await server.restart();
        // Both are lost, and with them all draws of that second.
        expect(await marksBefore(server)).toBe(0);
        await numberOf(server, "TRUNCATE public.marks");
        await pause(2 * LEASE_MS);
        await expectCovered(root, spenders);
      }
      await spenders.stop();
      const { used, reserved, unknown } = await root.snapshot();
      // A slice whose lease has ended by what the server remembers stays unknown: it has forgotten
      // the draws that would tell. What is known is the bill, to the token.
      expect([used.tokens - unknown.tokens, reserved.tokens]).toEqual([spenders.billed(), 0]);
      // The totals are right; the entries of the draws that it has forgotten are lost.
      const [sum] = await root.sums({ by: "pool" });
      expect(sum?.amount.tokens).toBeLessThan(used.tokens);
      await store.close();
      await server.crash();
    },
  );
});
