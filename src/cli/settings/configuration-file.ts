// The settings of `token-budget.json`, and how it is read.

import { readFileSync, statSync } from "node:fs";

import { checkKeys } from "../../core/check-keys.ts";
import type { Override } from "../../prices/index.ts";
import { typedCaps, typedWindow } from "./caps.ts";
import { givenOf, UsageError } from "../command-line.ts";
import { periodCapsOf } from "./periods.ts";

/** The name of the file, in a working folder and in the user's configuration folder. */
export const FILE_NAME = "token-budget.json";
/** Longer than any handwritten file. */
const BYTES_MAX = 1024 * 1024;

/** The settings of a configuration file. */
export interface Settings {
  /** The place of the store. */
  readonly store?: string;
  /** Addresses by the name of the upstream. */
  readonly upstreams?: Readonly<Record<string, string>>;
  /** The user's own prices, in dollars per million tokens, by model. */
  readonly prices?: Readonly<Record<string, Override>>;
  /** The model that a name stands for. */
  readonly models?: Readonly<Record<string, string>>;
  readonly usd?: number | string;
  readonly tokens?: number;
  readonly "input-tokens"?: number;
  readonly "output-tokens"?: number;
  readonly calls?: number;
  readonly per?: string;
  readonly from?: string;
  readonly "time-zone"?: string;
  readonly pool?: string;
  readonly label?: string;
}

/** Settings of amounts and windows. */
export const LIMIT_KEYS = [
  "usd",
  "tokens",
  "input-tokens",
  "output-tokens",
  "calls",
  "per",
  "from",
  "time-zone",
] as const;
type LimitKey = (typeof LIMIT_KEYS)[number];

/** Settings that can only make a run stricter. */
export const STRICTER_KEYS: readonly (LimitKey | "pool" | "label")[] = [
  ...LIMIT_KEYS,
  "pool",
  "label",
];
const KEYS: readonly string[] = ["store", "upstreams", "prices", "models", ...STRICTER_KEYS];

/** A configuration file after reading. */
export interface ConfigurationFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly settings: Settings;
}

/**
 * Reads a configuration file; returns undefined if there is none.
 * @throws {UsageError}
 */
export function readConfigurationFile(path: string): ConfigurationFile | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  // Reading a pipe would wait for its writer.
  if (!stats.isFile() || stats.size > BYTES_MAX)
    throw new UsageError(`Expected ${path} to be a file of no more than ${BYTES_MAX} bytes`);
  const content = readBytes(path);
  const found: Settings = objectIn(content, path);
  try {
    checkKeys(found, KEYS, path);
    checkTypes(found, path);
    const given = givenOf(textsOf(found), [], []);
    if (periodCapsOf(given).length > 0) return { path, content, settings: found };
    typedCaps(given);
    typedWindow(given);
  } catch (error) {
    throw error instanceof Error ? new UsageError(inFile(path, error.message)) : error;
  }
  return { path, content, settings: found };
}

/** Reads a file that holds a JSON object. @throws {UsageError} if it does not. */
export function readJsonFile(path: string): Record<string, never> {
  return objectIn(readBytes(path), path);
}

/** Returns the settings that have a flag of the same name, in the form of the flags. */
export function textsOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    STRICTER_KEYS.flatMap((key) => {
      const value = settings[key];
      return value === undefined ? [] : [[key, String(value)]];
    }),
  );
}

function inFile(path: string, message: string): string {
  return message.includes(path) ? message : `${path}: ${message.replaceAll("--", "")}`;
}

function checkTypes(settings: Settings, path: string): void {
  const { store, upstreams, prices, models, usd, tokens, calls } = settings;
  const { "input-tokens": inputTokens, "output-tokens": outputTokens } = settings;
  const counts = { tokens, "input-tokens": inputTokens, "output-tokens": outputTokens, calls };
  for (const [name, value] of Object.entries({ upstreams, prices, models }))
    if (value !== undefined && (typeof value !== "object" || value === null))
      throw new UsageError(`Expected "${name}" in ${path} to be an object`);
  for (const [name, value] of Object.entries(counts))
    if (value !== undefined && typeof value !== "number")
      throw new UsageError(`Expected "${name}" in ${path} to be a number`);
  if (usd !== undefined && typeof usd !== "number" && typeof usd !== "string")
    throw new UsageError(
      `Expected "usd" in ${path} to be a number, or a string such as "0.25" or "5/day,50/month"`,
    );
  const { per, from, "time-zone": timeZone, pool, label } = settings;
  const texts = { store, per, from, "time-zone": timeZone, pool, label };
  for (const [name, value] of Object.entries(texts))
    if (value !== undefined && typeof value !== "string")
      throw new UsageError(`Expected "${name}" in ${path} to be a string`);
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${error instanceof Error ? error.message : "?"}`);
  }
}

function objectIn(content: Uint8Array, path: string): Record<string, never> {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder().decode(content));
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${error instanceof Error ? error.message : "?"}`);
  }
  if (typeof found !== "object" || found === null || Array.isArray(found))
    throw new UsageError(`Expected ${path} to contain a JSON object`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its readers look at every value
  return found as Record<string, never>;
}
