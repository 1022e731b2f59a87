// The user's own prices, which override those of the package.

import type { PriceBook } from "../../prices/index.ts";
import { UsageError } from "../command-line.ts";
import type { ParsedArguments, CliContext } from "../command-line.ts";
import { readJsonFile } from "../settings/configuration-file.ts";
import { readConfiguration, reportFolderFile } from "../settings/configuration.ts";
import { currentPrices } from "./price-update.ts";

/**
 * Returns the price book with the user's own prices.
 * @throws {UsageError} if a price is invalid.
 */
export function pricesFor(given: ParsedArguments, context: CliContext): PriceBook {
  const path = given.text("prices") ?? context.env["TOKEN_BUDGET_PRICES"];
  const { prices = {} } = readConfiguration(context).own;
  reportFolderFile(context, { wanted: ["prices"] });
  const own = path === undefined ? {} : readJsonFile(path);
  try {
    return currentPrices(context).with({ ...prices, ...own });
  } catch (error) {
    // The option of the library has another name.
    throw error instanceof Error
      ? new UsageError(error.message.replace("overrides[", "prices["))
      : error;
  }
}
