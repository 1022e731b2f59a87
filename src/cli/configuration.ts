// What need not be typed each time: flags win over the environment, the environment over the file
// in this folder, that over the one in the user's configuration.

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { checkKeys } from "../core/check-keys.ts";
import { priceBook } from "../prices/index.ts";
import type { Override, PriceBook } from "../prices/index.ts";
import { UsageError } from "./command-line.ts";
import type { Flag, Given, Surroundings } from "./command-line.ts";

/** What a file may say. */
export interface Configuration {
  /** Where pools are kept. */
  readonly store?: string;
  /** Addresses by the name of the upstream. */
  readonly upstreams?: Readonly<Record<string, string>>;
  /** Prices of your own, in dollars for a million tokens, by model. */
  readonly prices?: Readonly<Record<string, Override>>;
}

/** The flag for prices of one's own. */
export const PRICES_FLAG: Readonly<Record<string, Flag>> = {
  prices: { value: "FILE", help: "prices of your own as JSON, by model (TOKEN_BUDGET_PRICES)" },
};
const NAME = "token-budget.json";
const KEYS: readonly string[] = ["store", "upstreams", "prices"];

/** The configuration of here and of the user, together. @throws {UsageError} on what is wrong. */
export function readConfiguration(env: Surroundings["env"]): Configuration {
  const folder = env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  const [ofUser, ofHere] = [join(folder, "token-budget", NAME), join(process.cwd(), NAME)].map(
    (path) => (existsSync(path) ? readFile(path) : {}),
  );
  return {
    ...ofUser,
    ...ofHere,
    upstreams: { ...ofUser?.upstreams, ...ofHere?.upstreams },
    prices: { ...ofUser?.prices, ...ofHere?.prices },
  };
}

/** The price book, with the user's own prices. @throws {UsageError} on what is wrong. */
export function pricesFor(given: Given, { env }: Surroundings): PriceBook {
  const path = given.text("prices") ?? env["TOKEN_BUDGET_PRICES"];
  const { prices = {} } = readConfiguration(env);
  const own = path === undefined ? {} : parsed(path);
  try {
    return priceBook.with({ ...prices, ...own });
  } catch (error) {
    // The option of the library has another name.
    throw error instanceof Error
      ? new UsageError(error.message.replace("overrides[", "prices["))
      : error;
  }
}

function readFile(path: string): Configuration {
  const found: Configuration = parsed(path);
  try {
    checkKeys(found, KEYS, path);
  } catch (error) {
    throw error instanceof Error ? new UsageError(error.message) : error;
  }
  checkTypes(found, path);
  return found;
}

function checkTypes({ store, upstreams, prices }: Configuration, path: string): void {
  if (store !== undefined && typeof store !== "string")
    throw new UsageError(`Expected "store" in ${path} to be a text`);
  for (const [name, value] of Object.entries({ upstreams, prices }))
    if (value !== undefined && (typeof value !== "object" || value === null))
      throw new UsageError(`Expected "${name}" in ${path} to be an object`);
}

function parsed(path: string): Record<string, never> {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${error instanceof Error ? error.message : "?"}`);
  }
  if (typeof found !== "object" || found === null || Array.isArray(found))
    throw new UsageError(`Expected ${path} to hold a JSON object`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its readers look at every value
  return found as Record<string, never>;
}
