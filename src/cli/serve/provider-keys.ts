// The sources of provider keys: the environment, a private file, or a command that prints them.
// They are never on the command line, where other users could see them.

import { execFile } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import process from "node:process";
import { promisify } from "node:util";

import { describe } from "../../core/describe.ts";
import { PROVIDERS } from "../../wire/providers.ts";
import { Failure, UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, CliContext } from "../command-line.ts";

/** The flags that name them. */
export const PROVIDER_KEY_FLAGS: Readonly<Record<string, Flag>> = {
  "provider-keys": {
    value: "FILE",
    help: 'JSON of mode 0600: {"openai": "sk-…", "anthropic": ["…", "…"], "google": {"command": "…"}} (default: variables such as OPENAI_API_KEY, several with commas)',
  },
  "keys-from": {
    value: "NAME=CMD",
    isMany: true,
    help: "a command that prints the keys of a provider, one on each line; run again on SIGHUP, and when the provider refuses a key, at most every 10 seconds",
  },
};

const OTHERS = 0o077;
const COMMAND_MS = 30_000;
/** Variables other than that of the provider itself. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  google: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
  xai: ["XAI_API_KEY"],
};

/**
 * Returns the keys of all providers that have any, or of a named one.
 *
 * @throws {UsageError} if a file or flag is invalid.
 * @throws {Failure} if others may read the file, or a command fails.
 */
export async function providerKeysFor(
  given: ParsedArguments,
  { env }: CliContext,
  upstreams: readonly string[],
  only?: string,
): Promise<Record<string, readonly string[]>> {
  const names = [...PROVIDERS.map(({ id }) => id), ...upstreams];
  const isWanted = (name: string): boolean => only === undefined || name === only;
  const keys: Record<string, readonly string[]> = {};
  for (const name of names.filter(isWanted)) {
    const found = keysIn(env, name);
    if (found.length > 0) keys[name] = found;
  }
  const path = given.text("provider-keys");
  if (path !== undefined)
    for (const [name, value] of Object.entries(fileAt(path))) {
      if (!isWanted(name)) continue;
      // oxlint-disable-next-line no-await-in-loop -- commands may ask for a password
      keys[name] = await keysOf(name, value);
    }
  for (const text of given.texts("keys-from")) {
    const at = text.indexOf("=");
    const name = text.slice(0, at);
    if (at < 1 || !names.includes(name))
      throw new UsageError(
        `Expected --keys-from to be NAME=CMD, a command with the name of a provider, got "${text}"`,
      );
    if (!isWanted(name)) continue;
    // oxlint-disable-next-line no-await-in-loop -- as above
    keys[name] = await printedBy(text.slice(at + 1), name);
  }
  return keys;
}

function keysIn(env: CliContext["env"], name: string): readonly string[] {
  const own = `${name.toUpperCase().replaceAll("-", "_")}_API_KEY`;
  for (const variable of VARIABLES[name] ?? [own]) {
    const keys = (env[variable] ?? "").split(",").map((each) => each.trim());
    const found = keys.filter((each) => each !== "");
    if (found.length > 0) return found;
  }
  return [];
}

function fileAt(path: string): object {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UsageError(`There is no file ${path}`);
  // Orchestrators mount a link into a folder that they own.
  const isLink = stats.isSymbolicLink();
  if (!isLink && process.platform !== "win32" && (stats.mode & OTHERS) !== 0)
    throw new Failure(`Others may read ${path}: run chmod 600 ${path}`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Failure(`Cannot read ${path}: ${error instanceof Error ? error.name : "?"}`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content))
    throw new UsageError(`Expected ${path} to be an object of keys by provider`);
  return content;
}

async function keysOf(name: string, value: unknown): Promise<readonly string[]> {
  if (typeof value === "string") return [value];
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  const command: unknown = Reflect.get(Object(value), "command");
  if (typeof command === "string") return await printedBy(command, name);
  throw new UsageError(
    `Expected the keys of ${describe(name)} to be a string, a list, or {"command": "…"}`,
  );
}

async function printedBy(command: string, name: string): Promise<readonly string[]> {
  const shell = process.platform === "win32" ? ["cmd", "/c"] : ["/bin/sh", "-c"];
  const [file = "", flag = ""] = shell;
  try {
    const { stdout } = await promisify(execFile)(file, [flag, command], { timeout: COMMAND_MS });
    const keys = stdout.split("\n").map((each) => each.trim());
    const found = keys.filter((each) => each !== "");
    if (found.length > 0) return found;
  } catch (error) {
    // Its output may be part of a key.
    const code: unknown = Reflect.get(Object(error), "code");
    throw new Failure(`The command for the keys of ${name} failed (${String(code)})`);
  }
  throw new Failure(`The command for the keys of ${name} printed nothing`);
}
