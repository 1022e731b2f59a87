import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

import { isMissing } from "../support/programs.ts";
import { MAIN, stateFolder, tokenBudget } from "./program.ts";
import { inTerminal } from "./terminal.ts";

const GREEN = "\u001B[32m";
const RED = "\u001B[31m";
const PLAIN = "\u001B[39m";

async function withPool(): Promise<Record<string, string>> {
  const env = { XDG_STATE_HOME: stateFolder() };
  await tokenBudget(["run", "--pool", "daily", "--usd", "20", "--", "true"], env);
  return env;
}

describe.skipIf(isMissing("python3"))("top in a terminal", () => {
  for (const [name, key] of [
    ["q", "q"],
    ["Ctrl-C", "\u0003"],
  ] as const) {
    it(`top draws, redraws when resized, and leaves the terminal as it was: ${name}`, async () => {
      const env = await withPool();
      const resized = { rows: 24, columns: 29 };
      const steps = [{ until: "daily" }, resized, { until: "1 pool   …" }, { type: key }];
      const { code, text } = await inTerminal(["top"], steps, env);
      expect(code).toBe(0);
      expect(text.startsWith("\u001B[?1049h\u001B[?25l\u001B[H")).toBe(true);
      expect(text).toContain(
        `${GREEN}daily  [                    ] $0.00 of $20.00  0 open${PLAIN}\u001B[K`,
      );
      expect(text).toContain("token-budget top   1 pool   …");
      expect(text).toContain("\u001B[?25h\u001B[?1049l");
      // Nothing is cleared before it is drawn anew: that would flicker.
      expect(text).not.toContain("\u001B[2J");
    });
  }

  it("top prints one line of JSON per second outside a terminal, until its pipe is closed", async () => {
    const env = await withPool();
    const script = '"$0" "$1" top --json | head -n 2';
    const { stdout } = await promisify(execFile)("sh", ["-c", script, process.execPath, MAIN], {
      env: { ...process.env, ...env },
    });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)[0].path);
    expect(lines).toEqual(["daily", "daily"]);
  });

  it("top without --json is refused outside a terminal", async () => {
    const { code, stderr } = await tokenBudget(["top"], { XDG_STATE_HOME: stateFolder() });
    expect([code, stderr.includes("top --json")]).toEqual([2, true]);
  });
});

describe.skipIf(isMissing("python3"))("colors", () => {
  it("colors are shown in a terminal, and neither under NO_COLOR nor in a pipe", async () => {
    const env = await withPool();
    await tokenBudget(["run", "--pool", "spent", "--usd", "0", "--", "true"], env);
    const plain =
      "daily: $0.00 of $20.00 used; $20.00 left\nspent: $0.00 of $0.00 used; $0.00 left\n";
    const coloured = `daily: ${GREEN}$0.00 of $20.00 used${PLAIN}; $20.00 left\r\nspent: ${RED}$0.00 of $0.00 used${PLAIN}; $0.00 left\r\n`;
    expect((await inTerminal(["status"], [], env)).text).toBe(coloured);
    const without = await inTerminal(["status"], [], { ...env, NO_COLOR: "1" });
    expect(without.text).toBe(plain.replaceAll("\n", "\r\n"));
    expect((await tokenBudget(["status"], env)).stdout).toBe(plain);
  });
});

describe.skipIf(isMissing("python3"))("a command that has the terminal", () => {
  const run = (script: string): readonly string[] => [
    "run",
    "--usd",
    "1",
    "--quiet",
    "--",
    process.execPath,
    "-e",
    script,
  ];

  it("F60 a command under run has the whole terminal: three terminals, their size, and single keys", async () => {
    const script = `
      const { stdin, stdout, stderr } = process;
      const { columns, rows } = stdout;
      console.log([stdin, stdout, stderr].map((each) => each.isTTY).join(), columns + "x" + rows);
      stdin.setRawMode(true);
      stdin.once("data", (key) => {
        console.log("key", JSON.stringify(key.toString()));
        stdin.setRawMode(false);
        process.exit(4);
      });
      console.log("ready");`;
    const steps = [{ until: "ready" }, { type: "\u0003" }];
    const { code, text } = await inTerminal(run(script), steps, {});
    expect(text).toContain("true,true,true 80x24\r\n");
    expect(text).toContain('key "\\u0003"');
    expect(code).toBe(4);
  });

  it("a command under run gets Ctrl-C once, from the terminal, and ends as it likes", async () => {
    const script = `
      let times = 0;
      process.on("SIGINT", () => { times++; });
      setTimeout(() => { console.log("times " + times); process.exit(6); }, 1500);
      console.log("ready");`;
    const steps = [{ until: "ready" }, { type: "\u0003" }];
    const { code, text } = await inTerminal(run(script), steps, {});
    expect(text).toContain("times 1\r\n");
    expect(code).toBe(6);
  });
});
