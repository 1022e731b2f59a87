// What goes past a budget is said, or refused.

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { isMissing } from "../support/programs.ts";
import { stateFolder, tokenBudget } from "./program.ts";

describe("token-budget run, beside what bypasses it", () => {
  it.each([
    ["CLAUDE_CODE_USE_BEDROCK", "1", "calls to Amazon Bedrock bypass this budget"],
    ["CLAUDE_CODE_USE_VERTEX", "true", "calls to Vertex AI bypass this budget"],
    ["AZURE_OPENAI_API_KEY", "planted", "calls to Azure bypass this budget"],
  ])(
    "run with %s reports that calls bypass the budget, and does not start with --strict",
    async (name, value, said) => {
      const env = { [name]: value };
      const lenient = await tokenBudget(
        ["run", "--usd", "1", "--", "sh", "-c", "echo it ran"],
        env,
      );
      expect([lenient.code, lenient.stdout]).toEqual([0, "it ran\n"]);
      expect(lenient.stderr).toContain(said);
      const strict = await tokenBudget(
        ["run", "--usd", "1", "--strict", "--", "sh", "-c", "echo it ran"],
        env,
      );
      expect([strict.code, strict.stdout]).toEqual([2, ""]);
      expect(strict.stderr).toContain(said);
    },
  );

  it("run reports that an agent that another program starts bypasses the budget", async () => {
    const run = async (...command: readonly string[]): Promise<string> =>
      (await tokenBudget(["run", "--usd", "1", "--", ...command])).stderr;
    const said = "outside this budget: make codex the command";
    expect(await run("sh", "-c", "true || npm exec @openai/codex exec hello")).toContain(said);
    expect(await run("sh", "-c", "true || node_modules/.bin/codex exec hello")).toContain(said);
    expect(await run("sh", "-c", "true || npx -y @openai/codex@0.169.0 exec")).not.toContain(said);
    expect(await run("echo", "codex")).toContain(said);
    expect(await run("echo", "a codex.md of my own")).not.toContain(said);
  });

  it("run reports that no call came through, unless it is quiet", async () => {
    const said = "no call came through";
    const run = ["run", "--usd", "1"];
    expect((await tokenBudget([...run, "--", "true"])).stderr).toContain(said);
    expect((await tokenBudget([...run, "--quiet", "--", "true"])).stderr).toBe("");
  });

  it("run points Codex at the budget where a shell or a script starts it, without its key", async () => {
    const folder = stateFolder();
    writeFileSync(
      join(folder, "codex"),
      '#!/bin/sh\nprintf "%s\\n" "$@"; echo "$TOKEN_BUDGET_PROXY_KEY"\n',
      {
        mode: 0o755,
      },
    );
    const PATH = `${folder}:${process.env["PATH"] ?? ""}`;
    for (const command of [
      ["codex", "exec", "a b"],
      ["sh", "-c", "codex exec 'a b'"],
    ]) {
      const ran = await tokenBudget(["run", "--usd", "1", "--", ...command], { PATH });
      const lines = ran.stdout.trim().split("\n");
      const key = lines.at(-1) ?? "";
      expect(lines.slice(-3, -1)).toEqual(["exec", "a b"]);
      expect(key.length).toBeGreaterThan(16);
      const args = lines.slice(0, -1).join("\n");
      expect(args).toContain("model_provider=token-budget");
      expect(args).toMatch(/base_url="http:\/\/127\.0\.0\.1:\d+\/b\/-\/openai\/v1"/);
      expect(args).not.toContain(key);
      expect(ran.stderr).not.toContain("outside this budget:");
    }
  });

  it("run points Codex at the budget where npx starts it", async () => {
    const folder = stateFolder();
    writeFileSync(join(folder, "npx"), '#!/bin/sh\nprintf "<%s>" "$@"\n', { mode: 0o755 });
    const PATH = `${folder}:${process.env["PATH"] ?? ""}`;
    const npx = async (...args: readonly string[]): Promise<string> =>
      (await tokenBudget(["run", "--usd", "1", "--", "npx", ...args], { PATH })).stdout;
    const settings = /<-c><model_provider=token-budget><-c><model_providers\.token-budget=[^>]*>/;
    const told = async (...args: readonly string[]): Promise<string> =>
      (await npx(...args)).replace(settings, "<SETTINGS>");
    expect(await told("codex", "exec", "it's $HOME")).toBe("<codex><SETTINGS><exec><it's $HOME>");
    expect(await told("-y", "@openai/codex@0.169.0", "codex")).toBe(
      "<-y><@openai/codex@0.169.0><SETTINGS><codex>",
    );
    expect(await told("-p", "@openai/codex", "codex", "exec")).toBe(
      "<-p><@openai/codex><codex><SETTINGS><exec>",
    );
    expect(await told("eslint", "codex", "")).toBe("<eslint><codex><>");
    for (const name of ["pnpm", "yarn"]) {
      writeFileSync(join(folder, name), '#!/bin/sh\nprintf "<%s>" "$@"\n', { mode: 0o755 });
      const ran = async (...args: readonly string[]): Promise<string> => {
        const command = ["run", "--usd", "1", "--", name, ...args];
        const { stdout, stderr } = await tokenBudget(command, { PATH });
        expect(stderr.includes("outside this budget:")).toBe(!args.includes("dlx"));
        return stdout.replace(settings, "<SETTINGS>");
      };
      expect(await ran("dlx", "@openai/codex", "exec", "it's")).toBe(
        "<dlx><@openai/codex><SETTINGS><exec><it's>",
      );
      expect(await ran("add", "codex")).toBe("<add><codex>");
    }
    expect(await told()).toBe("<>");
  });

  it.skipIf(isMissing("curl"))("--guard refuses tunnels to providers, and no others", async () => {
    const elsewhere = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nhello"));
    elsewhere.listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const address = elsewhere.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const curl = (url: string): string =>
      `curl -s --proxytunnel -x "$HTTPS_PROXY" --noproxy "" -o - ${url}; echo "code $?"`;
    const script = `${curl("https://api.openai.com/v1/models")}; ${curl(`http://127.0.0.1:${port}/`)}`;
    const args = ["run", "--usd", "1", "--guard", "--", "sh", "-c", script];
    const { stdout, stderr } = await tokenBudget(args);
    elsewhere.close();
    expect(stdout).toBe("code 56\nhellocode 0\n");
    expect(stderr).toContain("refused a connection to api.openai.com: it would bypass the budget");
  });

  it("--leave does not change a variable", async () => {
    const show = ["sh", "-c", 'echo "$OPENAI_BASE_URL $ANTHROPIC_BASE_URL"'];
    const env = { OPENAI_BASE_URL: "https://gateway.example/v1" };
    const { stdout } = await tokenBudget(
      ["run", "--usd", "1", "--leave", "OPENAI_BASE_URL", "--", ...show],
      env,
    );
    expect(stdout).toMatch(/^https:\/\/gateway\.example\/v1 http:\/\/127\.0\.0\.1:/);
  });
});
