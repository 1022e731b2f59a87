// The SQLite that opens the file of a store: the runtime's own, or better-sqlite3 next to
// token-budget.

import process from "node:process";

import type { SqliteDatabase } from "../../sqlite/index.ts";
import { Failure } from "../command-line.ts";
import { installedVersion, loadInstalled } from "./installed.ts";

const PACKAGE = "better-sqlite3";
/** The first version of Node.js that has SQLite built in without a flag. */
const NODE_WITH_SQLITE = "22.13";
/** The last version that Node.js 20 can load: a later one ends the process. */
const LAST_FOR_NODE_20 = 12;
const NODE_OF_LATER_VERSIONS = 22;

/** A driver that this runtime can use. */
type SqliteDriver = "node:sqlite" | "better-sqlite3";

/** Returns the driver that opens files here; undefined if there is none. */
export function sqliteDriver(): SqliteDriver | undefined {
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => unknown };
  if (getBuiltinModule?.("node:sqlite") !== undefined) return "node:sqlite";
  const version = installedVersion(PACKAGE);
  return version === undefined || isTooNew(version, process.versions.node) ? undefined : PACKAGE;
}

/**
 * Returns whether the binary of a version of better-sqlite3 is for later versions of Node.js than
 * the given one, whose process it would end with a segmentation fault.
 */
export function isTooNew(version: string, node: string): boolean {
  return majorOf(version) > LAST_FOR_NODE_20 && majorOf(node) < NODE_OF_LATER_VERSIONS;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

/** Returns what to do without a driver. */
export function driverAdvice(): string {
  const { node } = process.versions;
  const found = installedVersion(PACKAGE);
  const tooNew =
    found !== undefined && isTooNew(found, node) ? ` (${PACKAGE} ${found} needs Node.js 22)` : "";
  const wanted =
    majorOf(node) < NODE_OF_LATER_VERSIONS ? `${PACKAGE}@${LAST_FOR_NODE_20}` : PACKAGE;
  return `named pools need Node.js ${NODE_WITH_SQLITE} or newer, and this is ${node}${tooNew}: install that, or the package ${PACKAGE} beside token-budget (npm install -g token-budget ${wanted}). Without --pool, run --usd 5 works here`;
}

/**
 * Returns the argument for `sqliteStore`: the path, or a database of better-sqlite3.
 *
 * @throws {Failure} if there is no driver, with what to install.
 */
export function databaseAt(path: string): string | SqliteDatabase {
  const driver = sqliteDriver();
  if (driver === "node:sqlite") return path;
  if (driver === undefined) throw new Failure(driverAdvice());
  const Database: unknown = loadInstalled(PACKAGE);
  if (typeof Database !== "function") throw new Failure(driverAdvice());
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the package is known for
    return new (Database as new (file: string) => SqliteDatabase)(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`${PACKAGE} cannot open ${path}: ${reason}`);
  }
}
