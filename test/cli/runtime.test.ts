// On a runtime without SQLite of its own, as Node.js 20 is.

import { cpSync } from "node:fs";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

import { isTooNew } from "../../src/cli/store/sqlite-driver.ts";
import { MAIN, stateFolder, tokenBudget } from "./program.ts";

const WITHOUT_SQLITE = { NODE_OPTIONS: "--no-experimental-sqlite" };

it("better-sqlite3 beside token-budget keeps the pools", async () => {
  const env = { XDG_STATE_HOME: stateFolder(), ...WITHOUT_SQLITE };
  const made = await tokenBudget(["run", "--pool", "p", "--usd", "5", "--", "true"], env);
  expect(made.code).toBe(0);
  expect((await tokenBudget(["status"], env)).stdout).toContain("p: $0.00 of $5.00");
  const { stdout } = await tokenBudget(["doctor"], env);
  expect(stdout).toContain("SQLite of better-sqlite3");
});

it.each([
  ["13.2.0", "20.20.2", true],
  ["12.4.1", "20.20.2", false],
  ["13.2.0", "22.12.0", false],
])("better-sqlite3 %s on Node.js %s: is it too new? %s", (version, node, tooNew) => {
  expect(isTooNew(version, node)).toBe(tooNew);
});

it("without any SQLite, every command that needs a store says what to install, in one line", async () => {
  const folder = stateFolder();
  const dist = dirname(dirname(MAIN));
  cpSync(dist, join(folder, "dist"), { recursive: true });
  cpSync(join(dist, "../package.json"), join(folder, "package.json"));
  const main = join(folder, "dist/cli/main.js");
  const env = { ...process.env, XDG_STATE_HOME: folder, ...WITHOUT_SQLITE };
  const failed = async (...args: readonly string[]) => {
    const ran = promisify(execFile)(process.execPath, [main, ...args], { env });
    const { code, stderr }: { code: number; stderr: string } = await ran.then(
      () => ({ code: 0, stderr: "" }),
      (error: unknown) => Object(error),
    );
    return { code, stderr };
  };
  const pool = ["run", "--pool", "p", "--usd", "5", "--", "true"];
  for (const args of [["status"], ["ledger", "p"], ["history"], ["set", "p", "--usd", "1"], pool]) {
    // oxlint-disable-next-line no-await-in-loop -- one process after the other
    const { code, stderr } = await failed(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^token-budget: .*Node\.js 22\.13 or newer.*better-sqlite3.*\n$/);
    expect(stderr).not.toMatch(/sqliteStore|new Database|\n.*\n/);
  }
  expect(await failed("run", "--usd", "5", "--quiet", "--", "true")).toEqual({
    code: 0,
    stderr: "",
  });
});
