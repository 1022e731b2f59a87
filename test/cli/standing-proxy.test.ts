// The proxy without a command, and what is said of this shell.

import { once } from "node:events";
import { chmodSync, mkdirSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { upstreamsBut } from "../../src/cli/commands/proxy.ts";
import { startProvider } from "../meter/provider.ts";
import { start, stateFolder, tokenBudget, usedOf } from "./program.ts";

const provider = await startProvider();
const CHAT = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };

async function freePort(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return String(typeof address === "object" && address !== null ? address.port : 0);
}

/** Starts the proxy, and returns the base URL for OpenAI that it shows. */
async function listening(env: Readonly<Record<string, string>>, args: readonly string[]) {
  const { child, ended } = start(["proxy", ...args], env);
  let shown = "";
  while (!/Cursor[^\n]*\n\S+\n/.test(shown)) {
    const [piece] = await once(child.stdout ?? process.stdin, "data");
    shown += String(piece);
  }
  const base = /export OPENAI_BASE_URL=(\S+)/.exec(shown)?.[1] ?? "";
  return { child, ended, shown, base };
}

describe("token-budget proxy", () => {
  it("proxy meters, ends at a signal, and keeps its port, key and books afterwards", async () => {
    const port = await freePort();
    const env = { XDG_STATE_HOME: stateFolder(), OPENAI_BASE_URL: `${provider.url}/v1` };
    const args = ["--usd", "5/day", "--port", port];
    const bases: string[] = [];
    for (let round = 1; round <= 2; round++) {
      const { child, ended, base, shown } = await listening(env, args);
      expect(shown).toContain("ANTHROPIC_BASE_URL");
      bases.push(base);
      const body = JSON.stringify(CHAT);
      const answer = await fetch(`${base}/chat/completions`, { method: "POST", body });
      expect(answer.status).toBe(200);
      await answer.text();
      child.kill("SIGINT");
      const { code, stderr } = await ended;
      expect([code, stderr]).toEqual([0, expect.stringContaining('(pool "desktop")')]);
      expect((await usedOf("desktop", env)).calls).toBe(round);
    }
    expect(bases[0]).toBe(bases[1]);
    expect(bases[0]).toContain(`:${port}/b/`);
  });

  it("proxy meters by the flags of run: an alias, the price of a route, an upstream", async () => {
    const port = await freePort();
    const env = { XDG_STATE_HOME: stateFolder() };
    const speaker = createHttpServer((_request, response) => response.end("sound"));
    speaker.listen(0, "127.0.0.1");
    await once(speaker, "listening");
    const speakerPort = String(Object(speaker.address()).port);
    const upstreams = [`openai=${provider.url}/v1`, `voices=http://127.0.0.1:${speakerPort}/v1`];
    const flags = upstreams.flatMap((each) => ["--upstream", each]);
    const prices = ["--route", "/v1/audio/speech=0.01", "--model", "gpt-4o-mini=gpt-4o"];
    const args = ["--usd", "5", "--port", port, ...flags, ...prices];
    const { child, ended, base } = await listening(env, args);
    const post = async (url: string, body: object): Promise<string> =>
      (await fetch(url, { method: "POST", body: JSON.stringify(body) })).text();
    const billed = provider.total.nanoUsd;
    expect(await post(`${base}/chat/completions`, CHAT)).toContain("chat.completion");
    const voices = base.replace("/openai/", "/voices/");
    expect(await post(`${voices}/audio/speech`, { model: "tts", input: "Hello" })).toBe("sound");
    speaker.close();
    child.kill("SIGINT");
    expect((await ended).code).toBe(0);
    const { stdout } = await tokenBudget(["ledger", "desktop", "--json"], env);
    const lines = stdout.trim().split("\n");
    const [chat = 0, speech] = lines.map((line): number => JSON.parse(line).amount.usd);
    // What the alias stands for costs 50/3 of what was asked.
    const bill = Number(provider.total.nanoUsd - billed) / 1e9;
    expect(chat / bill).toBeCloseTo(50 / 3, 5);
    expect([speech, lines.length]).toEqual([0.01, 2]);
  });

  it("proxy ignores its own address in the environment, and keeps that of another proxy", () => {
    const env = {
      OPENAI_BASE_URL: "http://127.0.0.1:4141/b/the-key/openai/v1",
      GOOGLE_GEMINI_BASE_URL: "http://LOCALHOST:4141/b/the-key/google",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:4142/b/of-another-proxy/anthropic",
    };
    expect(upstreamsBut(4141, env)).toEqual({ anthropic: env.ANTHROPIC_BASE_URL });
  });

  it("proxy reports that its port is taken, and makes a new key on request", async () => {
    const port = await freePort();
    const env = { XDG_STATE_HOME: stateFolder() };
    const first = await listening(env, ["--usd", "5", "--port", port]);
    const second = await tokenBudget(["proxy", "--usd", "5", "--port", port], env);
    expect([second.code, second.stderr]).toEqual([
      1,
      expect.stringContaining(`port ${port} is in use`),
    ]);
    first.child.kill("SIGTERM");
    await first.ended;
    const third = await listening(env, ["--usd", "5", "--port", port, "--new-key"]);
    third.child.kill("SIGTERM");
    await third.ended;
    expect(third.base).not.toBe(first.base);
    const wrong = await tokenBudget(["proxy", "--usd", "5", "--port", "70000"], env);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("from 1 to 65535")]);
  });
});

describe("token-budget doctor", () => {
  it("doctor reports settings and problems", async () => {
    const folder = stateFolder();
    const env = { XDG_STATE_HOME: folder, OPENAI_API_KEY: "planted-key" };
    const fine = await tokenBudget(["doctor"], env);
    expect([fine.code, fine.stderr]).toEqual([0, ""]);
    for (const part of [
      "Node.js",
      "SQLite of node:sqlite",
      "prices",
      "no base URL is set",
      "OPENAI_API_KEY",
    ])
      expect(fine.stdout).toContain(part);
    expect(fine.stdout).not.toContain("planted-key");
    // One screen, but for addresses and paths, which are not cut.
    const lines = fine.stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) if (!line.includes("/")) expect(line.length).toBeLessThanOrEqual(80);
    mkdirSync(join(folder, "token-budget"), { recursive: true });
    chmodSync(join(folder, "token-budget"), 0o755);
    const wrong = await tokenBudget(["doctor", "--json"], {
      ...env,
      TOKEN_BUDGET_STORE: "redis://u:secret@127.0.0.1:1/",
      CLAUDE_CODE_USE_BEDROCK: "1",
    });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).not.toContain("secret");
    const findings: unknown = JSON.parse(wrong.stdout);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ about: "state", isFine: false }),
        expect.objectContaining({ about: "store", isFine: false }),
        expect.objectContaining({ about: "bypass", isFine: false }),
      ]),
    );
  });
});
