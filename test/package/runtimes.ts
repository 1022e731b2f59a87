import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { REPOSITORY, run } from "./command.ts";

/** A runtime as npm has it: its package, version range and the arguments before a script. */
export interface Runtime {
  readonly name: "node" | "bun" | "deno";
  readonly range: string;
  readonly args: readonly string[];
}

export const NODE_20: Runtime = { name: "node", range: "20", args: [] };
export const NODE_22: Runtime = { name: "node", range: "22", args: [] };
export const NODE_24: Runtime = { name: "node", range: "24", args: [] };
export const BUN: Runtime = { name: "bun", range: "1", args: ["run"] };
export const DENO: Runtime = {
  name: "deno",
  range: "2",
  args: ["run", "--allow-read", "--no-remote"],
};

// Kept from one run to the next; `npm ci` clears it.
const CACHE = join(REPOSITORY, "node_modules/.cache/runtimes");

/** Runs a script of the consumer under a runtime and answers its output. */
export async function runScript(runtime: Runtime, script: string, folder: string): Promise<string> {
  return run(await programOf(runtime), [...runtime.args, script], folder);
}

/** The program of a runtime, from npm when it is not there yet. Fails when it cannot be had. */
export async function programOf({ name, range }: Runtime): Promise<string> {
  const folder = join(CACHE, `${name}-${range}`);
  const program = join(folder, "node_modules/.bin", name);
  if (await works(program, range)) return program;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // These packages fetch or link their program in an install script, which npm runs only for
  // packages that are named.
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, allowScripts: { [name]: true } }),
  );
  const flags = ["--ignore-scripts=false", "--no-audit", "--no-fund"];
  await run("npm", ["install", `${name}@${range}`, ...flags], folder);
  if (!(await works(program, range))) {
    throw new Error(
      `npm installed ${name}@${range}, but its program does not answer \`--version\``,
    );
  }
  return program;
}

async function works(program: string, range: string): Promise<boolean> {
  try {
    const version = await run(program, ["--version"], REPOSITORY);
    return new RegExp(`^(v|deno )?${range}\\.`).test(version);
  } catch {
    return false;
  }
}
