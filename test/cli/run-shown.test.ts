// What a run shows of itself while it runs: to its command, in the user's store, and on stderr.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { startProvider } from "../meter/provider.ts";
import { AGENT, stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();
const upstream = ["--upstream", `openai=${provider.url}/v1`];

it("a run without a pool is in status, ledger and history, to the nano-dollar", async () => {
  const env = { XDG_STATE_HOME: stateFolder() };
  provider.behave(() => ({ outputTokens: 20 }));
  const run = await tokenBudget(["run", "--usd", "1", ...upstream, "--", ...AGENT, "3"], env);
  expect(run.code).toBe(0);
  const status = await tokenBudget(["status", "--json"], env);
  const pools: unknown = JSON.parse(status.stdout);
  expect(pools).toEqual([
    expect.objectContaining({ path: "runs", used: expect.objectContaining({ calls: 3 }) }),
    expect.objectContaining({
      path: expect.stringMatching(/^runs\/node-\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}$/),
      caps: { usd: 1 },
    }),
  ]);
  const [{ used }] = JSON.parse(status.stdout);
  expect(BigInt(toNanoUsd(used.usd))).toBe(provider.total.nanoUsd);
  const { stdout } = await tokenBudget(["history"], env);
  expect(stdout).toMatch(/node +gpt-4o-mini +3 /);
});

it("the command can read the remainder with its key, and not without", async () => {
  const script = `
    const url = process.env.TOKEN_BUDGET_URL;
    const { caps, remaining } = await (await fetch(url)).json();
    const wrong = await fetch(url.replace(/\\/b\\/[^/]+/, "/b/wrong-key"));
    console.log(JSON.stringify([process.env.TOKEN_BUDGET_POOL, caps, remaining, wrong.status]));`;
  const args = ["run", "--usd", "2", "--", process.execPath, "--input-type=module", "-e", script];
  const { stdout } = await tokenBudget(args, { XDG_STATE_HOME: stateFolder() });
  expect(JSON.parse(stdout)).toEqual([
    expect.stringMatching(/^runs\//),
    { usd: 2 },
    { usd: 2 },
    404,
  ]);
});

it("run reports usage at thresholds, and runs the user's hooks then and at the first refusal", async () => {
  const folder = stateFolder();
  const said = join(folder, "said");
  const env = { XDG_STATE_HOME: folder, SAID: said };
  provider.behave(() => ({ outputTokens: 390 }));
  const hooks = [
    "--on-warn",
    'echo "warn $TOKEN_BUDGET_USED_PERCENT" >> "$SAID"',
    "--on-refuse",
    'echo "refuse $TOKEN_BUDGET_REFUSAL" >> "$SAID"',
  ];
  const args = ["run", "--usd", "0.002", "--warn", "25,50", ...hooks, ...upstream];
  const { stderr } = await tokenBudget([...args, "--", ...AGENT, "50"], env);
  expect(stderr.match(/ % of the budget is used/g)?.length).toBe(2);
  await expect
    .poll(() => readFileSync(said, "utf8"), { timeout: 20_000 })
    .toMatch(/refuse .*exceeded/);
  const lines = readFileSync(said, "utf8").trim().split("\n");
  expect(lines.filter((line) => line.startsWith("warn ")).length).toBe(2);
  expect(lines.filter((line) => line.startsWith("refuse ")).length).toBe(1);
  const quiet = await tokenBudget(["run", "--usd", "1", "--warn", "200", "--", "true"], env);
  expect([quiet.code, quiet.stderr]).toEqual([
    2,
    expect.stringContaining("--warn to be percentages"),
  ]);
});
