// `prices update`: newer tables are fetched, checked and kept, and what is wrong changes nothing.

import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";

import { start, stateFolder } from "./program.ts";
import type { Ended } from "./program.ts";

const MODEL = { id: "gpt-99", match: { equals: "gpt-99" }, context_window: 500_000 };

function data(prices: unknown = { input_mtok: 7, output_mtok: 70 }, more: object[] = []): string {
  const model = (id: string): object => ({
    id,
    match: { equals: id },
    prices: { input_mtok: 1, output_mtok: 2 },
  });
  return JSON.stringify([
    { id: "openai", models: [{ ...MODEL, prices }, ...more] },
    { id: "anthropic", models: [model("claude-new")] },
    { id: "google", models: [model("gemini-new")] },
  ]);
}

/** Serves a text as the data file; returns its address. */
async function served(body: string, length = Buffer.byteLength(body)): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": length });
    response.write(body);
    if (length === Buffer.byteLength(body)) response.end();
    else response.socket?.end();
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/data.json`;
}

function run(state: string, ...args: string[]): Promise<Ended> {
  return start(["prices", ...args], { XDG_STATE_HOME: state }).ended;
}

describe("prices update", () => {
  it("prices update fetches prices, stores them privately for this user, and uses them", async () => {
    const state = stateFolder();
    expect((await run(state, "openai/gpt-99")).code).not.toBe(0);
    const updated = await run(state, "update", await served(data()));
    expect(updated).toMatchObject({ code: 0, stderr: "" });
    const today = new Date().toISOString().slice(0, 4);
    expect(updated.stdout).toContain(`Saved prices as of ${today}`);
    const file = join(state, "token-budget", "prices.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const shown = await run(state, "openai/gpt-99");
    expect(shown.stdout).toContain("$7");
    expect(shown.stdout).toContain("500,000 tokens of context");
  });

  const hostile: readonly (readonly [title: string, text: string])[] = [
    ["1e999", data().replace('"input_mtok":7', '"input_mtok":1e999')],
    ["a negative rate", data({ input_mtok: -1 })],
    ["a rate that is text", data({ input_mtok: "7" })],
    ["a tier without a beginning", data({ input_mtok: { base: 1, tiers: [{ price: 2 }] } })],
    ["cut off", data().slice(0, -20)],
    ["no list", '{"__proto__":{"polluted":1}}'],
    ["no provider that people use", "[]"],
    ["a page", "<html>"],
  ];
  for (const [title, text] of hostile) {
    it(`prices update rejects invalid price data, and changes nothing: ${title}`, async () => {
      const state = stateFolder();
      const ended = await run(state, "update", await served(text));
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain("nothing was changed");
      expect(existsSync(join(state, "token-budget", "prices.json"))).toBe(false);
    });
  }

  it("prices update ignores keys of the prototype", async () => {
    const state = stateFolder();
    const text = data().replace(
      '"input_mtok":7',
      '"__proto__":{"x":1},"constructor":1,"input_mtok":7',
    );
    expect((await run(state, "update", await served(text))).code).toBe(0);
    expect((await run(state, "openai/gpt-99")).stdout).toContain("$7");
  });

  it("prices update reports an answer that was cut, or is too long", async () => {
    const state = stateFolder();
    const cut = await run(state, "update", await served(data(), 1e6));
    expect(cut).toMatchObject({ code: 1 });
    expect(cut.stderr).toContain("Cannot fetch prices");
    const long = await run(state, "update", await served(" ".repeat(17 * 1024 * 1024)));
    expect(long.stderr).toContain("longer than");
  });

  it("prices update believes that a model costs next to nothing only with --force", async () => {
    const cheap = {
      id: "gpt-4o",
      match: { equals: "gpt-4o" },
      prices: { input_mtok: 0, output_mtok: 0 },
    };
    const state = stateFolder();
    const address = await served(data(undefined, [cheap]));
    const refused = await run(state, "update", address);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("openai/gpt-4o");
    expect((await run(state, "update", address, "--force")).code).toBe(0);
  });

  it("prices update reads a file of the user's own, and says why it cannot keep prices", async () => {
    const state = stateFolder();
    const file = join(state, "mine.json");
    writeFileSync(file, data());
    expect((await run(state, "update", file)).code).toBe(0);
    const missing = await run(state, "update", join(state, "nothing.json"));
    expect(missing.stderr).toContain("Cannot read prices");
  });

  it.skipIf(process.getuid?.() === 0)(
    "prices update reports a folder that cannot be written",
    async () => {
      const state = stateFolder();
      mkdirSync(join(state, "token-budget"), { mode: 0o700 });
      chmodSync(join(state, "token-budget"), 0o500);
      const ended = await run(state, "update", await served(data()));
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain("Cannot keep the prices");
    },
  );

  it("prices update reports a state folder that cannot be made", async () => {
    const state = join(stateFolder(), "file");
    writeFileSync(state, "");
    const ended = await run(state, "update", await served(data()));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("Cannot keep the prices");
  });

  it("damaged stored prices are ignored, with a warning on stderr", async () => {
    const state = stateFolder();
    mkdirSync(join(state, "token-budget"), { mode: 0o700 });
    writeFileSync(join(state, "token-budget", "prices.json"), "{", { mode: 0o600 });
    const shown = await run(state, "openai/gpt-4o");
    expect(shown.code).toBe(0);
    expect(shown.stderr).toContain("are ignored");
  });
});
