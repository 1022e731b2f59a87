// Prices of the user's own, laid over those of the package.

import type { PriceBook } from "../../prices/index.ts";
import { UsageError } from "../command-line.ts";
import type { Given, Surroundings } from "../command-line.ts";
import { readJsonFile } from "../settings/configuration-file.ts";
import { readConfiguration, reportFolderFile } from "../settings/configuration.ts";
import { currentPrices } from "./price-update.ts";

/** Returns the price book with the user's own prices. @throws {UsageError} on what is wrong. */
export function pricesFor(given: Given, surroundings: Surroundings): PriceBook {
  const path = given.text("prices") ?? surroundings.env["TOKEN_BUDGET_PRICES"];
  const { prices = {} } = readConfiguration(surroundings).own;
  reportFolderFile(surroundings, { wanted: ["prices"] });
  const own = path === undefined ? {} : readJsonFile(path);
  try {
    return currentPrices(surroundings).with({ ...prices, ...own });
  } catch (error) {
    // The option of the library has another name.
    throw error instanceof Error
      ? new UsageError(error.message.replace("overrides[", "prices["))
      : error;
  }
}
