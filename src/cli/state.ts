// Where pools are kept between runs: a SQLite file of the user's own.

import { chmodSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { sqliteStore } from "../sqlite/index.ts";
import type { BudgetStore } from "../stores/index.ts";
import { UsageError } from "./command-line.ts";
import type { Flag, Given, Surroundings } from "./command-line.ts";

/** The flag that says where. */
export const STORE_FLAG: Readonly<Record<string, Flag>> = {
  store: { value: "FILE", help: "where pools are kept (TOKEN_BUDGET_STORE, or your state folder)" },
};
const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;

/** Opens the store that was asked for. Files are made for their owner only. */
export function openStore(given: Given, { env }: Surroundings): BudgetStore {
  const path =
    given.text("store") ?? env["TOKEN_BUDGET_STORE"] ?? join(stateFolder(env), "budgets.db");
  if (/^(?:redis|rediss|postgres|postgresql):/.test(path))
    throw new UsageError(
      `A store over the network is not opened from here yet: ${path.split(":")[0]}`,
    );
  const file = path.replace(/^sqlite:(?:\/\/)?/, "");
  mkdirSync(dirname(file), { recursive: true, mode: FOLDER_OWNER_ONLY });
  const before = process.umask(0o077);
  try {
    const store = sqliteStore(file);
    chmodSync(file, OWNER_ONLY);
    return store;
  } finally {
    process.umask(before);
  }
}

function stateFolder(env: Surroundings["env"]): string {
  const { XDG_STATE_HOME: state, LOCALAPPDATA: local } = env;
  if (state !== undefined && state !== "") return join(state, "token-budget");
  if (process.platform === "win32" && local !== undefined) return join(local, "token-budget");
  if (process.platform === "darwin")
    return join(homedir(), "Library", "Application Support", "token-budget");
  return join(homedir(), ".local", "state", "token-budget");
}
