// Real coding agents, each with a task that never ends: the simulated provider has them call a tool
// again and again. Their budget ends it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { MAIN } from "../cli/program.ts";
import { startProvider } from "../meter/provider.ts";
import { AGENTS, billable, BINARIES, homeFolder, versionOf } from "./agents.ts";

const provider = await startProvider();
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

describe("a coding agent whose task costs more than its budget", () => {
  for (const [name, { command, tool, usd, refusedMax }] of Object.entries(AGENTS)) {
    it(`F61 ${name} ${versionOf(name)} ends with the message, and makes no further provider call`, async () => {
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
      expect(billable(provider).length - provider.total.calls).toBeLessThanOrEqual(refusedMax - 1);
      expect(Object.keys(summary.run.refused)).toEqual(["budget"]);
      expect(summary.run.refused["budget"]).toBeLessThanOrEqual(refusedMax);
      // The bill is in the books, and within the cap.
      expect(BigInt(toNanoUsd(summary.used.usd))).toBe(provider.total.nanoUsd);
      expect(summary.used.calls).toBe(provider.total.calls);
      expect(provider.total.nanoUsd).toBeLessThanOrEqual(BigInt(toNanoUsd(usd)));
    });
  }
});
