// Settings that need not be typed each time: flags override the environment, the environment
// overrides the file of the working folder, and that overrides the one in the user's configuration
// folder. The file of a working folder may come from a stranger, as in a cloned repository:
// addresses, prices and stores are read from it only if this user has allowed it.

import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { isAllowed } from "./allowed-files.ts";
import type { Flag, CliContext } from "../command-line.ts";
import { FILE_NAME, readConfigurationFile, STRICTER_KEYS } from "./configuration-file.ts";
import type { ConfigurationFile, Settings } from "./configuration-file.ts";

/** The settings in force. */
export interface Configuration {
  /** The settings that this user has written or allowed. */
  readonly own: Settings;
  /**
   * The settings of a file that this user has not allowed: only those that make a budget stricter.
   */
  readonly foreign: Settings;
}

/** The flag for the user's own prices. */
export const PRICES_FLAG: Readonly<Record<string, Flag>> = {
  prices: {
    value: "FILE",
    help: "your own prices as JSON, by model (default: TOKEN_BUDGET_PRICES)",
  },
};

/** Settings that are read from a file only if this user has written or allowed it. */
export const CODE_KEYS = ["store", "upstreams", "prices", "models"] as const;
type CodeKey = (typeof CODE_KEYS)[number];

/** The file of the working folder. */
export interface FolderFile extends ConfigurationFile {
  readonly isAllowed: boolean;
}

interface Layers {
  readonly ofUser: ConfigurationFile | undefined;
  readonly ofFolder: FolderFile | undefined;
}

const layersRead = new WeakMap<CliContext, Layers>();
const reported = new WeakSet<CliContext>();

/**
 * Returns the settings of both files.
 * @throws {UsageError} if one of them is invalid.
 */
export function readConfiguration(context: CliContext): Configuration {
  const { ofUser, ofFolder } = layersOf(context);
  const user = ofUser?.settings ?? {};
  const folder = ofFolder?.settings ?? {};
  if (ofFolder?.isAllowed !== true) {
    const { store: _store, upstreams: _upstreams, ...rest } = folder;
    const { prices: _prices, models: _models, ...foreign } = rest;
    return { own: user, foreign };
  }
  return {
    own: {
      ...user,
      ...folder,
      upstreams: { ...user.upstreams, ...folder.upstreams },
      prices: { ...user.prices, ...folder.prices },
      models: { ...user.models, ...folder.models },
    },
    foreign: {},
  };
}

/**
 * Reports on stderr, once, what applies from the file of the working folder: what makes the budget
 * `stricter`, and which of the other `wanted` settings were used or ignored.
 */
export function reportFolderFile(
  context: CliContext,
  { stricter = [], wanted }: { stricter?: readonly string[]; wanted: readonly CodeKey[] },
): void {
  const { ofFolder } = layersOf(context);
  if (ofFolder === undefined || reported.has(context)) return;
  const { settings, isAllowed: allowed } = ofFolder;
  const named: readonly string[] = wanted.filter((key) => settings[key] !== undefined);
  const own = allowed ? STRICTER_KEYS.filter((key) => settings[key] !== undefined) : [];
  const taken = [...stricter, ...(allowed ? [...named, ...own] : [])];
  const ignored = allowed ? [] : named;
  if (taken.length + ignored.length === 0) return;
  reported.add(context);
  const parts = [
    ...(taken.length === 0 ? [] : [`${taken.join(", ")} taken`]),
    ...(ignored.length === 0
      ? []
      : [`${ignored.join(", ")} ignored; to use them too, allow the file: token-budget allow`]),
  ];
  context.err(`token-budget: from ./${FILE_NAME}: ${parts.join("; ")}`);
}

/**
 * Returns the file of the working folder; undefined if there is none.
 * @throws {UsageError}
 */
export function readFolderFile(env: CliContext["env"]): FolderFile | undefined {
  const found = readConfigurationFile(join(process.cwd(), FILE_NAME));
  if (found === undefined) return undefined;
  const path = realpathSync(found.path);
  return { ...found, path, isAllowed: isAllowed(env, path, found.content) };
}

function layersOf(context: CliContext): Layers {
  const found = layersRead.get(context) ?? readLayers(context.env);
  layersRead.set(context, found);
  return found;
}

function readLayers(env: CliContext["env"]): Layers {
  const folder = env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  const path = join(folder, "token-budget", FILE_NAME);
  const ofUser = readConfigurationFile(path);
  const ofFolder = readFolderFile(env);
  // In the user's own configuration folder, both are the same file.
  const isSame = ofUser !== undefined && ofFolder?.path === realpathSync(path);
  return { ofUser, ofFolder: isSame ? undefined : ofFolder };
}
