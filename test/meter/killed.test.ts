// R11: processes that are killed with calls under way, in every store: the books cover what the
// provider bills, when all leases are over too.

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { openStore } from "../support/open-store.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { startProvider } from "./provider.ts";

const SPENDER = fileURLToPath(new URL("../support/metered-spender.ts", import.meta.url));
/** `KILLS=500` for the long run. */
const kills = Number(process.env["KILLS"] ?? 10);
const PROCESSES = 3;
/** More than two leases of the processes. */
const LEASES_OVER_MS = 700;
const provider = await startProvider();
const redis = redisBinary("redis-server");
const postgres = postgresBinaries();

async function start(address: string): Promise<ChildProcess> {
  const child = fork(SPENDER, [address, provider.url]);
  await once(child, "message");
  return child;
}

/** Kills processes one after another, each in the middle of its calls. */
async function killAll(address: string): Promise<void> {
  let left = kills;
  const keepKilling = async (): Promise<void> => {
    while (left-- > 0) {
      // oxlint-disable-next-line no-await-in-loop -- one process after another
      const child = await start(address);
      const before = provider.requests.length;
      // oxlint-disable-next-line no-await-in-loop -- it makes some calls
      await expect
        .poll(() => provider.requests.length, { timeout: 60_000, interval: 5 })
        .toBeGreaterThan(before + 12);
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      // oxlint-disable-next-line no-await-in-loop -- the next one begins when it is gone
      await exited;
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, keepKilling));
}

async function expectCovered(address: string): Promise<void> {
  provider.behave(() => ({ outputTokens: 200, latencyMs: 20 }));
  const store = openStore(address);
  const root = await store.pool("acme", { caps: { usd: 1000 } });
  await killAll(address);
  await provider.idle();
  const bill = provider.total.nanoUsd;
  const { used, reserved } = await root.snapshot();
  const covered = BigInt(toNanoUsd(used.usd)) + BigInt(toNanoUsd(reserved.usd));
  expect(covered).toBeGreaterThanOrEqual(bill);
  await new Promise((resolve) => setTimeout(resolve, LEASES_OVER_MS));
  const after = await root.snapshot();
  expect([after.reserved.usd, after.openReservations]).toEqual([0, 0]);
  const booked = BigInt(toNanoUsd(after.used.usd));
  expect(booked).toBeGreaterThanOrEqual(bill);
  expect(after.unknown.calls).toBeGreaterThan(0);
  expect(booked - BigInt(toNanoUsd(after.unknown.usd))).toBeLessThanOrEqual(bill);
  await store.close();
}

describe(`R11 after ${kills} kill -9 with calls under way, the books cover the bill`, () => {
  it("the books cover the bill after kill -9 in SQLite", { timeout: 1_800_000 }, async () => {
    await expectCovered(`sqlite:process crash:${temporaryFile("budgets.db")}`);
    expect(provider.requests.length).toBeGreaterThan(kills);
  });

  it.skipIf(redis === undefined)(
    "the books cover the bill after kill -9 in Redis",
    { timeout: 1_800_000 },
    async () => {
      const server = await RedisServer.start(redis ?? "");
      await expectCovered(`redis:${server.port}`);
      expect(provider.requests.length).toBeGreaterThan(kills);
      await server.crash();
    },
  );

  it.skipIf(postgres === undefined)(
    "the books cover the bill after kill -9 in Postgres",
    { timeout: 1_800_000 },
    async () => {
      const server = await PostgresServer.start(postgres ?? "");
      await expectCovered(`postgres:${server.port}`);
      expect(provider.requests.length).toBeGreaterThan(kills);
      await server.stop();
    },
  );
});
