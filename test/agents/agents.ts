// The coding agents, and where they run.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

import type { SimulatedProvider } from "../../src/testing/provider/index.ts";

/** Where the agents are. */
export const BINARIES: string = join(import.meta.dirname, "node_modules/.bin");
/** What costs nothing: a greeting, and counting, which the meter itself may ask for. */
const FREE = /\/api\/hello$|\/responses\/input_tokens$|\/messages\/count_tokens|:countTokens/;

/** An agent, and what it needs to be told. */
interface Agent {
  readonly command: readonly string[];
  /** A tool of its own that it can be told to call. */
  readonly tool: string;
  /** Room for some calls, not for all. */
  readonly usd: string;
  /** How often it may ask in vain: one asks for a title as well. */
  readonly refusedMax: number;
}

/** The agents, by their packages. */
export const AGENTS: Readonly<Record<string, Agent>> = {
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
export function homeFolder(): string {
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

/** The version of an agent that is installed. */
export function versionOf(name: string): string {
  const manifest = join(import.meta.dirname, "node_modules", name, "package.json");
  return String(JSON.parse(readFileSync(manifest, "utf8")).version);
}

/** Requests that may cost something. */
export function billable({ requests }: SimulatedProvider): readonly string[] {
  return requests.map(({ path }) => path).filter((path) => !FREE.test(path));
}
