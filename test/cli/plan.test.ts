// The windows of a subscription on the command line: limited by --plan, and shown.

import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { AGENT, stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();
const upstreams = ["--upstream", `openai=${provider.url}/v1`];

/** Headers of a plan of which each call takes a tenth. */
function usedByCalls(): void {
  const reset = String(Math.round(Date.now() / 1000) + 7230);
  provider.behave(({ index }) => ({
    headers: {
      "x-codex-primary-used-percent": String((index + 1) * 10),
      "x-codex-primary-window-minutes": "300",
      "x-codex-primary-reset-at": reset,
      "x-codex-secondary-used-percent": "3",
      "x-codex-secondary-window-minutes": "10080",
    },
  }));
}

describe("the windows of a plan", () => {
  it("--plan refuses the next call above a limit, and run, status and statusline show its windows", async () => {
    usedByCalls();
    const env = { XDG_STATE_HOME: stateFolder() };
    const flags = ["--pool", "plan", "--usd", "4", "--plan", "5h=40%,7d=80"];
    const run = await tokenBudget(["run", ...flags, ...upstreams, "--", ...AGENT, "50"], env);
    expect(run.code).toBe(9);
    expect(run.stdout).toContain("402 token-budget: 40 % of the plan's 5h window is used");
    expect(provider.total.calls).toBe(4);
    expect(run.stderr).toMatch(/^ {2}plan: openai 5h 40 % \(resets in [^)]+\), 7d 3 %$/m);
    const status = await tokenBudget(["status"], env);
    expect(status.stdout).toMatch(/^plan: openai 5h 40 % \(resets in [^)]+\), 7d 3 %$/m);
    const line = await tokenBudget(["statusline", "plan"], env);
    expect(line.stdout).toMatch(/^plan .* \| 5h 40 %\n$/);
    const json = await tokenBudget(["statusline", "plan", "--json"], env);
    expect(JSON.parse(json.stdout)).toMatchObject({ plan: [{ name: "5h" }, { name: "7d" }] });
  });

  it("the windows of a plan are in the summary as JSON, and refusals are counted as such", async () => {
    usedByCalls();
    const args = ["run", "--usd", "4", "--plan", "5h=10%", "--json", ...upstreams];
    const { stderr } = await tokenBudget([...args, "--", ...AGENT, "50"]);
    const summary: unknown = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "");
    expect(summary).toMatchObject({
      plan: [{ provider: "openai", name: "5h", usedPart: 0.1 }, { name: "7d" }],
      run: { refused: { plan: 1 } },
    });
  });

  it("invalid plans are an error of usage", async () => {
    for (const plan of ["5h", "5h=", "5h=101%", "5h=a%", "=5%", "5h=10%,", "5 h=10%"]) {
      // oxlint-disable-next-line no-await-in-loop -- one program at a time
      const { code, stderr } = await tokenBudget([
        "run",
        "--usd",
        "1",
        "--plan",
        plan,
        "--",
        "true",
      ]);
      expect([plan, code]).toEqual([plan, 2]);
      expect(stderr).toContain(
        "Expected --plan to be windows with percents, such as 5h=40%,7d=80%",
      );
    }
  });
});
