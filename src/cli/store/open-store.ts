// Where pools are stored between runs: by default a SQLite file of the user's own.

import { chmodSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";

import { describe } from "../../core/describe.ts";
import { sqliteStore } from "../../sqlite/index.ts";
import type { BudgetStore } from "../../stores/index.ts";
import { Failure, UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments, CliContext } from "../command-line.ts";
import { readConfiguration, reportFolderFile } from "../settings/configuration.ts";
import { checkPrivateFile, makePrivateFolder, stateFolder } from "./private-files.ts";
import { databaseAt } from "./sqlite-driver.ts";

/** The flag that names the store. */
export const STORE_FLAG: Readonly<Record<string, Flag>> = {
  store: {
    value: "PLACE",
    help: "a file, redis://… or postgres://… (default: TOKEN_BUDGET_STORE, or a file in your state folder)",
  },
};
const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;

const ON_THE_NETWORK = /^(?:rediss?|postgres(?:ql)?):\/\//;

/** Returns whether the store is a server that processes on many machines use. */
export function isOnTheNetwork(given: ParsedArguments, context: CliContext): boolean {
  const { own } = readConfiguration(context);
  const named = given.text("store") ?? context.env["TOKEN_BUDGET_STORE"] ?? own.store;
  return named !== undefined && ON_THE_NETWORK.test(named);
}

/** An open store, and how to close it with its connections. */
export interface OpenStore {
  readonly store: BudgetStore;
  readonly close: () => Promise<void>;
}

/**
 * Opens the named store. Files are created for their owner only.
 *
 * @throws {UsageError} if the address is invalid.
 * @throws {Failure} if it cannot be opened.
 */
export async function openStore(given: ParsedArguments, context: CliContext): Promise<OpenStore> {
  const { env } = context;
  const { own } = readConfiguration(context);
  reportFolderFile(context, { wanted: ["store"] });
  const named = given.text("store") ?? env["TOKEN_BUDGET_STORE"] ?? own.store;
  const place = named ?? join(stateFolder(env), "budgets.db");
  // Loaded only here: most stores are files.
  if (/^rediss?:\/\//.test(place)) return (await import("./network-stores.ts")).openRedis(place);
  if (/^postgres(?:ql)?:\/\//.test(place))
    return (await import("./network-stores.ts")).openPostgres(place);
  const file = place.replace(/^sqlite:(?:\/\/)?/, "");
  if (file === "" || /^\w[\w+.-]+:\/\//.test(file))
    throw new UsageError(
      `Expected the store to be a file, redis://… or postgres://…, got ${describe(place)}`,
    );
  if (named === undefined) makePrivateFolder(dirname(file));
  return openFile(file);
}

function openFile(file: string): OpenStore {
  const before = process.umask(0o077);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: FOLDER_OWNER_ONLY });
    checkPrivateFile(file);
    const database = databaseAt(file);
    const store = sqliteStore(database);
    chmodSync(file, OWNER_ONLY);
    return {
      store,
      async close() {
        await store.close();
        // The store closes what it has opened itself.
        if (typeof database !== "string") database.close();
      },
    };
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Failure) throw error;
    const cause = error.cause instanceof Error ? error.cause : error;
    throw new Failure(`Cannot open the store ${file}: ${cause.message}`);
  } finally {
    process.umask(before);
  }
}
