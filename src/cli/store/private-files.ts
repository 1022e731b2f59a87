// Private files of this user: no other user may read them, or have created them.

import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

import { Failure } from "../command-line.ts";
import type { CliContext } from "../command-line.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;

/** Returns the path of this user's state folder. */
export function stateFolder(env: CliContext["env"]): string {
  const { XDG_STATE_HOME: state, LOCALAPPDATA: local } = env;
  if (state !== undefined && state !== "") return join(state, "token-budget");
  if (process.platform === "win32" && local !== undefined) return join(local, "token-budget");
  if (process.platform === "darwin")
    return join(homedir(), "Library", "Application Support", "token-budget");
  return join(homedir(), ".local", "state", "token-budget");
}

/**
 * Creates a private folder, or checks that it is one.
 *
 * @throws {Failure} if it is a symbolic link, or belongs to another user.
 */
export function makePrivateFolder(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  if (statsOf(path) === undefined) mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  const stats = lstatSync(path);
  checkOwn(path, stats);
  if (!stats.isDirectory()) throw new Failure(`${path} is not a folder: move it away`);
  if ((stats.mode & OTHERS) !== 0) chmodSync(path, FOLDER_MODE);
}

/**
 * Checks that a file, if it exists, is a plain file of this user, and removes the access of others.
 *
 * @throws {Failure} if it is a symbolic link, or belongs to another user.
 */
export function checkPrivateFile(path: string): void {
  const stats = statsOf(path);
  if (stats === undefined) return;
  checkOwn(path, stats);
  if (stats.isFile() && (stats.mode & OTHERS) !== 0) chmodSync(path, FILE_MODE);
}

/**
 * Reads such a file; returns undefined if it does not exist.
 * @throws {Failure} as above.
 */
export function readPrivateFile(path: string): string | undefined {
  if (statsOf(path) === undefined) return undefined;
  checkPrivateFile(path);
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    checkOwn(path, fstatSync(file));
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** Writes such a file atomically, in a private folder. */
export function writePrivateFile(path: string, text: string, mode: number = FILE_MODE): void {
  makePrivateFolder(dirname(path));
  checkPrivateFile(path);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode, flag: "wx" });
  renameSync(draft, path);
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function checkOwn(path: string, stats: Stats): void {
  if (stats.isSymbolicLink())
    throw new Failure(
      `${path} is a symbolic link, which another user may have put there: name the file that it leads to, or remove it`,
    );
  const user = process.getuid?.();
  if (user !== undefined && stats.uid !== user)
    throw new Failure(
      `${path} belongs to another user (${stats.uid}, you are ${user}): remove it, or set XDG_STATE_HOME to a folder of yours`,
    );
}
