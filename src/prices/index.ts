/**
 * What models cost: usage by class of tokens, times dated prices, in exact dollars.
 *
 * @module
 */

import { PriceBook } from "./price-book.ts";
import { AS_OF, TABLES } from "./tables/tables.ts";

/** The prices of the providers, as of the day that `priceBook.asOf` says. */
export const priceBook: PriceBook = new PriceBook(TABLES, AS_OF);

export type { FindOptions, PriceBook } from "./price-book.ts";
export type { Override } from "./unlisted-price.ts";
export type { Bound, Price, ServiceFactor, ServiceOptions } from "./price.ts";
export type { Service } from "../core/service.ts";
export type { Multipliers, Rate, Rates, ServiceMultipliers, TieredRate } from "./rates.ts";
export type { Usage, UsageClass } from "../core/usage.ts";
export { PriceUnknown } from "./errors.ts";
