// The files of working folders that this user has allowed, each by its real path and its content: a
// changed file must be allowed again.

import { join } from "node:path";
import process from "node:process";

import type { CliContext } from "../command-line.ts";
import { readPrivateFile, stateFolder, writePrivateFile } from "../store/private-files.ts";

const NAME = "allowed.json";

/** Returns whether this user has allowed a file with exactly this content. */
export function isAllowed(env: CliContext["env"], path: string, content: Uint8Array): boolean {
  return readAllowed(env).get(path) === digestOf(content);
}

/** Allows a file with this content. */
export function allowFile(env: CliContext["env"], path: string, content: Uint8Array): void {
  const allowed = readAllowed(env);
  allowed.set(path, digestOf(content));
  write(env, allowed);
}

/** Revokes the permission; returns whether there was one. */
export function disallowFile(env: CliContext["env"], path: string): boolean {
  const allowed = readAllowed(env);
  const was = allowed.delete(path);
  if (was) write(env, allowed);
  return was;
}

function digestOf(content: Uint8Array): string {
  // Loaded only if there is a file, because it takes longer than the rest of a status line.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(content).digest("hex");
}

function pathOf(env: CliContext["env"]): string {
  return join(stateFolder(env), NAME);
}

/** An unreadable file allows nothing. */
function readAllowed(env: CliContext["env"]): Map<string, string> {
  const text = readPrivateFile(pathOf(env));
  if (text === undefined) return new Map();
  try {
    const found: unknown = JSON.parse(text);
    return new Map(
      Object.entries(Object(found)).flatMap(([path, digest]) =>
        typeof digest === "string" ? [[path, digest]] : [],
      ),
    );
  } catch {
    return new Map();
  }
}

function write(env: CliContext["env"], allowed: ReadonlyMap<string, string>): void {
  writePrivateFile(pathOf(env), `${JSON.stringify(Object.fromEntries(allowed), undefined, 2)}\n`);
}
