// What goes past a budget is said, or refused.

import { describe, expect, it } from "vitest";

import { tokenBudget } from "./program.ts";

describe("token-budget run, beside what goes past it", () => {
  it.each([
    ["CLAUDE_CODE_USE_BEDROCK", "1", "calls to Amazon Bedrock go past this budget"],
    ["CLAUDE_CODE_USE_VERTEX", "true", "calls to Vertex AI go past this budget"],
    ["AZURE_OPENAI_ENDPOINT", "https://a.example", "calls to Azure go past this budget"],
  ])("%s: says that calls go past, and with --strict does not start", async (name, value, said) => {
    const env = { [name]: value };
    const lenient = await tokenBudget(["run", "--usd", "1", "--", "sh", "-c", "echo it ran"], env);
    expect([lenient.code, lenient.stdout]).toEqual([0, "it ran\n"]);
    expect(lenient.stderr).toContain(said);
    const strict = await tokenBudget(
      ["run", "--usd", "1", "--strict", "--", "sh", "-c", "echo it ran"],
      env,
    );
    expect([strict.code, strict.stdout]).toEqual([2, ""]);
    expect(strict.stderr).toContain(said);
  });

  it("says that an agent that another program starts goes past the budget", async () => {
    const run = async (...command: readonly string[]): Promise<string> =>
      (await tokenBudget(["run", "--usd", "1", "--", ...command])).stderr;
    const said = "goes past this budget: make it the command";
    expect(await run("sh", "-c", "true || npx @openai/codex exec hello")).toContain(said);
    expect(await run("echo", "codex")).toContain(said);
    expect(await run("echo", "a codex.md of my own")).not.toContain(said);
  });

  it("--leave keeps a variable as it was", async () => {
    const show = ["sh", "-c", 'echo "$OPENAI_BASE_URL $ANTHROPIC_BASE_URL"'];
    const env = { OPENAI_BASE_URL: "https://gateway.example/v1" };
    const { stdout } = await tokenBudget(
      ["run", "--usd", "1", "--leave", "OPENAI_BASE_URL", "--", ...show],
      env,
    );
    expect(stdout).toMatch(/^https:\/\/gateway\.example\/v1 http:\/\/127\.0\.0\.1:/);
  });
});
