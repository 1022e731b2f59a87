import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { postgresBinaries, PostgresServer } from "../support/postgres-server.ts";
import { redisBinary, RedisServer } from "../support/redis-server.ts";
import { AGENT, start, tokenBudget, usedOf } from "./program.ts";

const provider = await startProvider();
const upstreams = ["--upstream", `openai=${provider.url}/v1`];

describe("stores over the network", () => {
  const redis = redisBinary("redis-server");
  const postgres = postgresBinaries();

  async function expectShared(store: string): Promise<void> {
    provider.behave(() => ({ outputTokens: 100 }));
    const args = ["run", "--pool", "shared", "--usd", "1", "--store", store, ...upstreams, "--"];
    const ended = await Promise.all([1, 2].map(() => tokenBudget([...args, ...AGENT, "3"])));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const env = { TOKEN_BUDGET_STORE: store };
    const { nanoUsd, calls, found } = await usedOf("shared", env);
    expect([nanoUsd, calls, found.openReservations]).toEqual([provider.total.nanoUsd, 6, 0]);
    expect((await tokenBudget(["set", "shared", "--usd", "2"], env)).stdout).toContain("of $2.00");
  }

  it.skipIf(redis === undefined)("Redis: two runs share a pool", async () => {
    const server = await RedisServer.start(redis ?? "");
    await expectShared(`redis://127.0.0.1:${server.port}`);
    await server.crash();
  });

  it.skipIf(postgres === undefined)("Postgres: two runs share a pool", async () => {
    const server = await PostgresServer.start(postgres ?? "");
    await expectShared(`postgres://postgres@127.0.0.1:${server.port}/postgres`);
    await server.crash();
  });

  it.skipIf(redis === undefined)(
    "Redis, gone in the middle of a run: nothing more is spent, and the run ends",
    { timeout: 60_000 },
    async () => {
      const server = await RedisServer.start(redis ?? "");
      const store = `redis://127.0.0.1:${server.port}`;
      const args = ["run", "--pool", "p", "--usd", "1", "--store", store, ...upstreams, "--"];
      const { ended } = start([...args, ...AGENT, "100", "50"]);
      await expect.poll(() => provider.requests.length, { timeout: 20_000 }).toBeGreaterThan(2);
      await server.crash();
      await provider.idle();
      const requests = provider.requests.length;
      const { code, stdout, stderr } = await ended;
      expect(stdout).toMatch(/503 token-budget: The store has not answered/);
      expect(provider.requests.length).toBeLessThanOrEqual(requests + 1);
      // The command's own code, and what is known.
      expect(code).toBe(9);
      expect(stderr).toMatch(/the pool cannot be read; 1 refused\n {2}gpt-4o-mini: \d+ calls/);
    },
  );

  it("stores that cannot be reached are reported", async () => {
    for (const store of ["postgres://127.0.0.1:1/x", "redis://127.0.0.1:1", "redis://no.invalid"]) {
      const { code, stderr } = await tokenBudget(["status", "--store", store]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/);
      expect(stderr.trim().split("\n").length).toBe(1);
    }
  });
});
