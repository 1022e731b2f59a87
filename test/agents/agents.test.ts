// Real coding agents, each with a task that never ends: the simulated provider has them call a tool
// again and again. Their budget ends it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { MAIN } from "../cli/program.ts";
import { startProvider } from "../meter/provider.ts";

const provider = await startProvider();
const BINARIES = join(import.meta.dirname, "node_modules/.bin");
/** What costs nothing: a greeting, and counting, which the meter itself may ask for. */
const FREE = /\/api\/hello$|\/responses\/input_tokens$|\/messages\/count_tokens|:countTokens/;

interface Agent {
  readonly command: readonly string[];
  /** A tool of its own that it can be told to call. */
  readonly tool: string;
  /** Room for some calls, not for all. */
  readonly usd: string;
  /** How often it may ask in vain: one asks for a title as well. */
  readonly refusedMax: number;
}

const AGENTS: Readonly<Record<string, Agent>> = {
  "@anthropic-ai/claude-code": {
    command: ["claude", "-p", "List the files", "--model", "claude-haiku-4-5"],
    tool: "Bash",
    usd: "0.45",
    refusedMax: 1,
  },
  "@openai/codex": {
    command: ["codex", "exec", "--skip-git-repo-check", "-m", "gpt-5.5", "List the files"],
    tool: "exec_command",
    usd: "1.00",
    refusedMax: 1,
  },
  "@google/gemini-cli": {
    command: ["gemini", "-p", "List the files", "-m", "gemini-2.5-flash", "--yolo"],
    tool: "glob",
    usd: "0.024",
    refusedMax: 1,
  },
  "opencode-ai": {
    command: ["opencode", "run", "-m", "anthropic/claude-haiku-4-5", "List the files"],
    tool: "glob",
    usd: "0.20",
    refusedMax: 2,
  },
};

/** A home without anything of the user's, and a folder to work in. */
function homeFolder(): string {
  const home = mkdtempSync(join(tmpdir(), "token-budget-agent-"));
  onTestFinished(() => {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
  mkdirSync(join(home, "work"));
  mkdirSync(join(home, ".gemini"));
  const auth = { selectedType: "gemini-api-key" };
  writeFileSync(join(home, ".gemini/settings.json"), JSON.stringify({ security: { auth } }));
  return home;
}

async function runAgent(
  usd: string,
  command: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string; readonly summary: Summary }> {
  const home = homeFolder();
  const { url } = provider;
  const upstreams = [`openai=${url}/v1`, `anthropic=${url}`, `google=${url}`];
  const flags = upstreams.flatMap((upstream) => ["--upstream", upstream]);
  const args = ["run", "--usd", usd, "--json", ...flags, "--", ...command];
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: join(home, "work"),
    env: {
      PATH: [BINARIES, process.env["PATH"]].join(delimiter),
      HOME: home,
      OPENAI_API_KEY: "sk-planted",
      ANTHROPIC_API_KEY: "sk-planted",
      GEMINI_API_KEY: "planted",
      GEMINI_CLI_TRUST_WORKSPACE: "true",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err] = [text(child.stdout), text(child.stderr)];
  await once(child, "exit");
  const told = (await err).trimEnd().split("\n");
  const summary = JSON.parse(told.pop() ?? "");
  return { code: child.exitCode, output: `${await out}\n${told.join("\n")}`, summary };
}

interface Summary {
  readonly used: { readonly usd: number; readonly calls: number };
  readonly run: { readonly refused: Readonly<Record<string, number>> };
}

/** Requests that may cost something. */
function billable(): readonly string[] {
  return provider.requests.map(({ path }) => path).filter((path) => !FREE.test(path));
}

describe("a coding agent whose task costs more than its budget", () => {
  for (const [name, { command, tool, usd, refusedMax }] of Object.entries(AGENTS)) {
    const manifest = join(import.meta.dirname, "node_modules", name, "package.json");
    const { version } = JSON.parse(readFileSync(manifest, "utf8"));
    it(`F61 ${name} ${version} ends with the message, and asks no provider again`, async () => {
      provider.behave(() => ({ tool }));
      const { code, output, summary } = await runAgent(usd, command);
      expect(output).toMatch(
        /token-budget: Budget exceeded: \$[\d.]+ of \$[\d.]+ used in pool run/,
      );
      expect(output).toContain("run it again with more: token-budget run --usd");
      expect(output).not.toContain("planted");
      expect(code).not.toBe(0);
      await provider.idle();
      // It came to work, and was ended by its budget.
      expect(provider.total.calls).toBeGreaterThan(1);
      expect(billable().length - provider.total.calls).toBeLessThanOrEqual(refusedMax - 1);
      expect(Object.keys(summary.run.refused)).toEqual(["budget"]);
      expect(summary.run.refused["budget"]).toBeLessThanOrEqual(refusedMax);
      // The bill is in the books, and within the cap.
      expect(BigInt(toNanoUsd(summary.used.usd))).toBe(provider.total.nanoUsd);
      expect(summary.used.calls).toBe(provider.total.calls);
      expect(provider.total.nanoUsd).toBeLessThanOrEqual(BigInt(toNanoUsd(usd)));
    });
  }
});
