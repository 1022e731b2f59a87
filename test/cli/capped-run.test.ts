// Caps for models under `run` and `proxy`, which use those of the gateway.

import { expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { AGENT, stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();

for (const slices of [[], ["--slices"]])
  it(`run holds to the cap of a model below its pool ${slices.join(" ")}`, async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    const made = await tokenBudget(["template", "p/model:gpt-4o*", "--calls", "3"], env);
    expect(made.code).toBe(0);
    const upstream = ["--upstream", `openai=${provider.url}/v1`];
    const budget = ["--pool", "p", "--usd", "5", ...slices, ...upstream];
    const ran = await tokenBudget(["run", ...budget, "--", ...AGENT, "8"], env);
    expect(ran.stderr).toContain("p/model:gpt-4o*");
    const { stdout } = await tokenBudget(["status", "--json"], env);
    const used = (JSON.parse(stdout) as { path: string; used: { calls: number } }[]).map(
      ({ path, used: { calls } }) => [path, calls],
    );
    expect(used).toEqual([
      ["p", 3],
      ["p/model:gpt-4o*", 3],
    ]);
    expect(provider.total.calls).toBe(3);
  });
