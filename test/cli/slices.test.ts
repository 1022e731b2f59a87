// What commands show of a pool that a process holds a slice of.

import { join } from "node:path";
import { expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { sqliteStore } from "../../src/sqlite/index.ts";
import { startProvider } from "../meter/provider.ts";
import { AGENT, stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();

it("status shows room held in slices until it is returned", async () => {
  const file = join(stateFolder(), "budgets.db");
  const store = sqliteStore(file);
  await store.pool("acme", { caps: { usd: 100 } });
  const pool = await store.pool("acme", { slices: { horizonMs: 60_000, leaseMs: 600_000 } });
  const hold = await pool.reserve({ usd: 0.5 });
  const held = await tokenBudget(["status", "acme", "--store", `sqlite:${file}`]);
  expect(held.stdout).toMatch(/^acme: \$0\.00 of \$100\.00 used; .*; \$\d+\.\d\d in slices\n$/);
  hold.release();
  await store.close();
  const after = await tokenBudget(["status", "acme", "--store", `sqlite:${file}`]);
  expect(after.stdout).not.toContain("in slices");
});

it("run and proxy take a pool in slices, and report all of it at their end", async () => {
  provider.behave(() => ({ outputTokens: 200 }));
  const env = { XDG_STATE_HOME: stateFolder() };
  const upstream = ["--upstream", `openai=${provider.url}/v1`];
  const budget = ["--pool", "p", "--usd", "5", "--slices", ...upstream];
  const ran = await tokenBudget(["run", ...budget, "--", ...AGENT, "8"], env);
  expect(ran.code).toBe(0);
  const { stdout } = await tokenBudget(["status", "p", "--json"], env);
  const [{ used, reserved }] = JSON.parse(stdout);
  expect(BigInt(toNanoUsd(used.usd))).toBe(provider.total.nanoUsd);
  expect([used.calls, reserved.usd]).toEqual([8, 0]);
  const own = await tokenBudget(["run", "--usd", "1", "--slices", "--", "true"], env);
  expect([own.code, own.stderr]).toEqual([
    2,
    expect.stringContaining("--slices needs a pool that is shared: pass --pool NAME"),
  ]);
});
