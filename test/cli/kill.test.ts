import { expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { startProvider } from "../meter/provider.ts";
import { AGENT, start, stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();

it(
  "eight runs on one pool, killed at random: books cover the bill, and holds end with their lease",
  { timeout: 120_000 },
  async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    provider.behave(() => ({ outputTokens: 200, latencyMs: 5 }));
    const upstream = `openai=${provider.url}/v1`;
    const args = [
      "run",
      "--pool",
      "p",
      "--usd",
      "5",
      "--upstream",
      upstream,
      "--",
      ...AGENT,
      "400",
    ];
    const runs = Array.from({ length: 8 }, () => start(args, env));
    // Each is killed in the middle of its calls, however long it took to come so far.
    for (const [index, { child }] of runs.entries()) {
      const calls = 40 + index * 10;
      await expect
        .poll(() => provider.requests.length, { timeout: 60_000, interval: 5 })
        .toBeGreaterThanOrEqual(calls);
      child.kill("SIGKILL");
    }
    const ended = await Promise.all(runs.map((each) => each.ended));
    expect(ended.map(({ signal }) => signal)).toEqual(Array(8).fill("SIGKILL"));
    await provider.idle();

    const { stdout } = await tokenBudget(["status", "p", "--json"], env);
    const [found] = JSON.parse(stdout);
    const { used, reserved, openReservations } = found;
    expect(openReservations).toBeLessThanOrEqual(8);
    expect(used.calls).toBeGreaterThan(8);
    // What was on its way when its run was killed is held, and not used: never lost from both.
    const covered = BigInt(toNanoUsd(used.usd)) + BigInt(toNanoUsd(reserved.usd));
    expect(covered).toBeGreaterThanOrEqual(provider.total.nanoUsd);
    const { stdout: lines } = await tokenBudget(["ledger", "p", "--json"], env);
    const booked = lines
      .trim()
      .split("\n")
      .reduce((sum, line) => sum + BigInt(toNanoUsd(JSON.parse(line).amount.usd)), 0n);
    expect(booked).toBe(BigInt(toNanoUsd(used.usd)));
  },
);
