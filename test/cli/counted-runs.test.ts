// What one run has had counted bounds the calls of the next one.

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { startProvider } from "../meter/provider.ts";
import { stateFolder, tokenBudget } from "./program.ts";

const provider = await startProvider();
const upstreams = [
  "--upstream",
  `openai=${provider.url}/v1`,
  "--upstream",
  `anthropic=${provider.url}`,
];
const LONG = "It was a bright cold day in April, and the clocks were striking. ".repeat(800);
const first = [{ role: "user", content: LONG }];
const more = [
  ...first,
  { role: "assistant", content: "One" },
  { role: "user", content: "And then?" },
];

/** Runs a command that asks once, and returns the status of its answer. */
async function ask(
  usd: string,
  path: string,
  body: object,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<string> {
  const script = `
    const base = process.env[${JSON.stringify(path === "messages" ? "ANTHROPIC_BASE_URL" : "OPENAI_BASE_URL")}];
    const headers = { authorization: "Bearer sk-1", "content-type": "application/json" };
    const url = base + ${JSON.stringify(path === "messages" ? "/v1/messages" : "/chat/completions")};
    const request = { method: "POST", headers, body: JSON.stringify(BODY) };
    console.log((await fetch(url, request)).status);`;
  const code = script.replace("BODY", () => JSON.stringify(body));
  const command = [process.execPath, "--input-type=module", "-e", code];
  const { stdout } = await tokenBudget(
    ["run", "--usd", usd, ...flags, ...upstreams, "--", ...command],
    env,
  );
  return stdout.trim();
}

const chat = (messages: readonly object[]): object => ({
  model: "gpt-4o",
  max_tokens: 300,
  messages,
});

describe("a run after another one", () => {
  it("a second run continues a conversation that fits only with the count of the first", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    expect(await ask("0.04", "chat", chat(more), env)).toBe("402");
    expect(await ask("0.5", "chat", chat(first), env)).toBe("200");
    expect(await ask("0.04", "chat", chat(more), env)).toBe("200");
    const file = join(env.XDG_STATE_HOME, "token-budget", "counts");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("a run makes no file of counts where nothing had to be counted", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    expect(await ask("50", "chat", chat(first), env)).toBe("200");
    expect(existsSync(join(env.XDG_STATE_HOME, "token-budget", "counts"))).toBe(false);
  });

  it("a run trusts what Anthropic has just cached, unless it is strict", async () => {
    const env = { XDG_STATE_HOME: stateFolder() };
    const marked = { type: "text", text: LONG, cache_control: { type: "ephemeral" } };
    const messages = [{ role: "user", content: [marked] }];
    const claude = (all: readonly object[]): object => ({
      model: "claude-sonnet-4-5",
      max_tokens: 300,
      messages: all,
    });
    provider.behave(({ index }) =>
      index === 0 ? { cacheWriteTokens: 13_000 } : { cachedTokens: 13_000 },
    );
    expect(await ask("0.5", "messages", claude(messages), env)).toBe("200");
    const goneOn = claude([...messages, ...more.slice(1)]);
    // To read 13,000 tokens costs $0.004, to write them $0.049.
    expect(await ask("0.02", "messages", goneOn, env, ["--strict"])).toBe("402");
    expect(await ask("0.02", "messages", goneOn, env)).toBe("200");
  });
});
