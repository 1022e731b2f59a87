// A command of the same name, first in the path, for an agent that takes its base URL from its
// arguments alone: whatever starts it by its name, such as a shell or a script, gets those too.

import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";

import type { Surroundings } from "./command-line.ts";

/** The folder of the commands, and how it goes away. */
export interface AgentShims {
  /** The folder; undefined when there is none. */
  readonly folder: string | undefined;
  /** The path with the folder first. */
  readonly path: string | undefined;
  /** Removes the folder. */
  remove(): void;
}

const NONE: AgentShims = { folder: undefined, path: undefined, remove: () => undefined };
const OWNER_ONLY = 0o700;

/** Makes such a command for an agent that is installed; nothing where it is not, or on Windows. */
export function makeShim(
  name: string,
  args: readonly string[],
  env: Surroundings["env"],
): AgentShims {
  const found = process.platform === "win32" ? undefined : commandIn(env["PATH"] ?? "", name);
  if (found === undefined) return NONE;
  // Made with mode 0700, for this user alone.
  const folder = mkdtempSync(join(tmpdir(), "token-budget-run-"));
  const line = [found, ...args].map(quoted).join(" ");
  writeFileSync(join(folder, name), `#!/bin/sh\nexec ${line} "$@"\n`, { mode: OWNER_ONLY });
  return {
    folder,
    path: `${folder}${delimiter}${env["PATH"] ?? ""}`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Where a command of that name is; undefined when it is nowhere. */
export function commandIn(path: string, name: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A word as a shell reads it unchanged. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
