import { execFileSync } from "node:child_process";
import process from "node:process";
import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { AGENT, MAIN, stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();
const upstreams = [
  "--upstream",
  `openai=${provider.url}/v1`,
  "--upstream",
  `anthropic=${provider.url}`,
];
const CLAUDE = {
  model: "claude-haiku-4-5",
  max_tokens: 9,
  messages: [{ role: "user", content: "Hi" }],
};

describe("token-budget ledger", () => {
  it("ledger shows usage by model, by label, by day, and entry by entry", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    const run = ["run", "--pool", "daily", ...upstreams];
    const ask = `curl -s "$ANTHROPIC_BASE_URL/v1/messages" -d '${JSON.stringify(CLAUDE)}'`;
    await tokenBudget([...run, "--usd", "1", "--label", "team a", "--", ...AGENT, "3"], env);
    await tokenBudget([...run, "--", "sh", "-c", ask], env);
    const sums = async (by: string): Promise<readonly [string, number][]> => {
      const { stdout } = await tokenBudget(["ledger", "daily", "--by", by, "--json"], env);
      return stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .map(({ name, amount }) => [name, amount.calls]);
    };
    expect(new Map(await sums("model"))).toEqual(
      new Map([
        ["gpt-4o-mini", 3],
        ["claude-haiku-4-5", 1],
      ]),
    );
    expect(new Map(await sums("label"))).toEqual(
      new Map([
        ["team a", 3],
        ["sh", 1],
      ]),
    );
    expect(await sums("day")).toEqual([[new Date().toISOString().slice(0, 10), 4]]);
    expect(await sums("pool")).toEqual([["daily", 4]]);
    const table = await tokenBudget(["ledger", "daily", "--by", "model"], env);
    expect(table.stdout).toMatch(/^gpt-4o-mini +\$0\.\d+ +[\d,]+ tokens +3 calls$/m);
    const lines = await tokenBudget(["ledger", "daily"], env);
    expect(lines.stdout).toMatch(/commit .* daily {2}gpt-4o-mini {2}team a$/m);
    expect(lines.stdout).toMatch(/commit .* daily {2}claude-haiku-4-5 {2}sh$/m);
    const none = await tokenBudget(
      ["ledger", "daily", "--by", "model", "--since", "2099-01-01"],
      env,
    );
    expect(none.stdout).toBe("Nothing booked yet\n");
  });

  it("ledger ends quietly when its pipe is closed", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    await tokenBudget(["run", "--pool", "p", "--usd", "1", "--", "true"], env);
    const script = '"$0" "$1" status --json; "$0" "$1" --help';
    const out = execFileSync(
      "sh",
      ["-c", `(${script}) 2>&1 | true; echo done`, process.execPath, MAIN],
      {
        env: { ...process.env, ...env },
      },
    );
    expect(out.toString()).toBe("done\n");
  });
});
