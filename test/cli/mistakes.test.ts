// What the command line says of mistakes, and of itself.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { MAIN, stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();
const upstreams = ["--upstream", `openai=${provider.url}/v1`];

describe("mistyped command lines", () => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [["rnu"], /Unknown command "rnu"; did you mean run\?/],
    [["run", "--uds", "5", "--", "true"], /Unknown flag --uds; did you mean --usd\?/],
    [["run", "--usd", "5"], /Missing command: put it after --/],
    [["run", "--usd", "5", "claude"], /Put the command after --/],
    [["run", "--", "true"], /Missing cap: pass --usd/],
    [["run", "--usd", "-5", "--", "true"], /--usd/],
    [["run", "--usd", "much", "--", "true"], /--usd.*dollars/],
    [["run", "--calls", "1.5", "--", "true"], /--calls to be a whole number/],
    [["run", "--usd", "5", "--per", "year", "--", "true"], /--per to be one of minute/],
    [["run", "--usd", "5", "--upstream", "x", "--", "true"], /NAME=URL/],
    [["set", "daily"], /Nothing to set: pass --usd/],
    [["run", "--usd", "1", "--time-zone", "UTC", "--", "true"], /--time-zone goes with --per/],
    [["run", "--usd", "1", "--per", "day", "--time-zone", "X/Y", "--", "true"], /IANA time zone/],
    [["run", "--usd", "1", "--from", "15", "--", "true"], /--from goes with --per/],
    [["run", "--usd", "1", "--per", "hour", "--from", "15", "--", "true"], /--from goes with/],
    [["run", "--usd", "1", "--per", "day", "--from", "6 am", "--", "true"], /--from to be a day/],
    [
      ["run", "--usd", "1", "--per", "week", "--from", "8", "--", "true"],
      /a day of a week, 1 to 7/,
    ],
    [["run", "--pool", "p", "--per", "day", "--", "true"], /--per needs --usd/],
    [["run", "--pool", "", "--usd", "1", "--", "true"], /name to be 1 to 128 characters/],
    [["run", "--usd", "1", "--label", "", "--", "true"], /--label to be 1 to 128/],
    [["status", "--store", "http://x"], /Expected the store to be a file, redis/],
    [["ledger", "p", "--by", "team"], /--by to be one of model/],
    [["ledger", "p", "--since", "then"], /--since to be a time such as/],
    [["status", "one", "two"], /Unexpected argument: two/],
    [["top", "daily"], /Unexpected argument: daily/],
    [["ledger"], /Missing pool/],
    [["prices"], /Missing model/],
    [["status", "--jsno"], /did you mean --json\?/],
  ];
  for (const [args, message] of wrong) {
    it(`${args.join(" ")}: ${String(message)}`, async () => {
      const { code, stdout, stderr } = await tokenBudget(args, { XDG_STATE_HOME: stateFolder() });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/See token-budget.* --help\n$/);
      expect(stderr).not.toContain("    at ");
    });
  }

  it("help, with examples, for the program and every command", async () => {
    const all = await tokenBudget(["--help"]);
    expect([all.code, all.stderr]).toEqual([0, ""]);
    for (const line of all.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    for (const name of ["run", "status", "top", "set", "reset", "ledger", "prices"]) {
      expect(all.stdout).toContain(`  ${name} `);
      const { stdout } = await tokenBudget([name, "--help"]);
      expect(stdout).toContain(`  token-budget ${name}`);
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it.each(["bash", "zsh", "fish"])(
    "completion prints a script for %s with commands and flags",
    async (shell) => {
      const { code, stdout } = await tokenBudget(["completion", shell]);
      expect(code).toBe(0);
      for (const word of ["run", "status", "upstream"]) expect(stdout).toContain(word);
    },
  );

  it("--version prints the version", async () => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
    );
    expect((await tokenBudget(["--version"])).stdout).toBe(`${version}\n`);
  });

  it("completion completes commands and flags in bash", async () => {
    const script = `source <("$0" "$1" completion bash)
      COMP_WORDS=(token-budget run --us); COMP_CWORD=2; _token_budget; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(token-budget st); COMP_CWORD=1; _token_budget; echo "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script, process.execPath, MAIN]);
    expect(stdout).toBe("--usd\nstatus statusline\n");
  });

  it("a call refused without a price or a reader names the flag that helps", async () => {
    const ask = (path: string, body: object): string =>
      `curl -s "$OPENAI_BASE_URL/${path}" -d '${JSON.stringify(body)}' >/dev/null`;
    const ended = async (command: string) =>
      (await tokenBudget(["run", "--usd", "1", ...upstreams, "--", "sh", "-c", command])).stderr;
    expect(await ended(ask("chat/completions", { model: "nobodys" }))).toContain("--prices FILE");
    expect(await ended(ask("fine_tuning/jobs", {}))).toContain("--unmetered");
  });

  it("an unknown pool and an unknown model are reported", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    const pool = await tokenBudget(["status", "nope"], env);
    expect([pool.code, pool.stderr]).toEqual([
      1,
      'token-budget: no pool named "nope"; no pools exist yet; to make one: token-budget run --pool NAME --usd 5 -- COMMAND\n',
    ]);
    const model = await tokenBudget(["prices", "openai/gpt-5.55"]);
    expect([model.code, model.stderr.includes("openai/gpt-5.5")]).toEqual([1, true]);
    const price = await tokenBudget(["prices", "claude-haiku-4-5", "--json"]);
    expect(JSON.parse(price.stdout)).toMatchObject({
      provider: "anthropic",
      rates: { inputTokens: 1 },
    });
  });
});
