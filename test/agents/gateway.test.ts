// The same agents behind a gateway, each with its address and a key of it: the budget of the key ends
// them, and no key of a provider is where they are.

import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";

import { toNanoUsd } from "../../src/core/nano-usd.ts";
import { KeyStore } from "../../src/gateway/index.ts";
import { sqliteStore } from "../../src/sqlite/index.ts";
import type { BudgetStore } from "../../src/stores/index.ts";
import { start } from "../cli/program.ts";
import { startProvider } from "../meter/provider.ts";
import { freePort } from "../support/servers.ts";
import { temporaryFile } from "../support/temporary-file.ts";
import { AGENTS, billable, BINARIES, homeFolder, versionOf } from "./agents.ts";

const provider = await startProvider();
const PATIENCE = { timeout: 60_000 };
const POOL = "users/ada";

interface Team {
  readonly url: string;
  readonly key: string;
  readonly store: BudgetStore;
}

/** A gateway with a key whose budget is so much. */
async function startTeam(usd: string): Promise<Team> {
  const file = temporaryFile("team.db");
  const store = sqliteStore(file);
  onTestFinished(() => store.close());
  await store.pool(POOL, { caps: { usd }, overage: "allow" });
  const { key } = await new KeyStore(store).create({ pool: POOL }, "test");
  const port = await freePort();
  const { url } = provider;
  const upstreams = [`openai=${url}/v1`, `anthropic=${url}`, `google=${url}`];
  const own = ["serve", "--store", file, "--port", String(port), "--quiet"];
  const planted = { OPENAI_API_KEY: "sk-planted", ANTHROPIC_API_KEY: "sk-planted" };
  const { child, ended } = start(
    [...own, ...upstreams.flatMap((upstream) => ["--upstream", upstream])],
    { ...planted, GEMINI_API_KEY: "planted" },
  );
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const gateway = `http://127.0.0.1:${port}`;
  const status = async (): Promise<number | undefined> =>
    (await fetch(`${gateway}/readyz`).catch(() => undefined))?.status;
  await expect.poll(status, PATIENCE).toBe(200);
  return { url: gateway, key, store };
}

/** How each agent is pointed at a gateway, as the guides say: variables, or a file. */
const POINTED: Readonly<
  Record<string, (team: Team, home: string) => Readonly<Record<string, string>>>
> = {
  "@anthropic-ai/claude-code": ({ url, key }) => ({
    ANTHROPIC_BASE_URL: `${url}/anthropic`,
    ANTHROPIC_AUTH_TOKEN: key,
  }),
  "@openai/codex": ({ url, key }, home) => {
    const lines = [
      'model_provider = "team"',
      "[model_providers.team]",
      'name = "team"',
      `base_url = "${url}/openai/v1"`,
      'env_key = "BUDGET_KEY"',
      'wire_api = "responses"',
    ];
    write(join(home, ".codex/config.toml"), lines.join("\n"));
    return { BUDGET_KEY: key };
  },
  "@google/gemini-cli": ({ url, key }) => ({
    GOOGLE_GEMINI_BASE_URL: `${url}/google`,
    GEMINI_API_KEY: key,
    GEMINI_CLI_TRUST_WORKSPACE: "true",
  }),
  "opencode-ai": ({ url, key }) => ({
    ANTHROPIC_BASE_URL: `${url}/anthropic`,
    ANTHROPIC_API_KEY: key,
  }),
};

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

describe("a coding agent behind a gateway", () => {
  for (const [name, { command, tool, usd, refusedMax }] of Object.entries(AGENTS)) {
    const pointed = POINTED[name];
    if (pointed === undefined) continue;
    it(`${name} ${versionOf(name)} behind a gateway is ended by the budget of its key, and the books are the bill`, async () => {
      provider.behave(() => ({ tool }));
      const team = await startTeam(usd);
      const home = homeFolder();
      const [file = "", ...args] = command;
      const child = spawn(join(BINARIES, file), args, {
        cwd: join(home, "work"),
        env: {
          PATH: [BINARIES, process.env["PATH"]].join(delimiter),
          HOME: home,
          ...pointed(team, home),
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      const [out, err] = [text(child.stdout), text(child.stderr)];
      await once(child, "exit");
      const output = `${await out}\n${await err}`;
      expect(output).toMatch(/token-budget: Budget exceeded: .* used in pool users\/ada/);
      expect(output).not.toContain("planted");
      await provider.idle();
      // It came to work, and was ended by its budget.
      expect(provider.total.calls).toBeGreaterThan(1);
      expect(billable(provider).length - provider.total.calls).toBeLessThanOrEqual(refusedMax - 1);
      for (const { headers } of provider.requests)
        expect(JSON.stringify(headers)).not.toContain(team.key);
      // The bill is in the books, and within the cap.
      const { used, reserved } = await (await team.store.pool(POOL)).snapshot();
      expect(BigInt(toNanoUsd(used.usd))).toBe(provider.total.nanoUsd);
      expect([used.calls, reserved.usd]).toEqual([provider.total.calls, 0]);
      expect(provider.total.nanoUsd).toBeLessThanOrEqual(BigInt(toNanoUsd(usd)));
    });
  }
});
