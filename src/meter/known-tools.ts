// Functions of modules that are loaded at once, for those that are loaded beside: a bundler would
// cut what both import into many small files.

import { supersede } from "../core/superseded.ts";
import { membersOf } from "../wire/json/set-members.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeParts } from "./exchange-parts.ts";
import { inputTokensOf } from "./input-tokens.ts";
import { aboutOf } from "./metered-pool.ts";
import { priceFor } from "./pricing.ts";

/** What opens requests that are like an earlier one needs of the others. */
export interface KnownTools {
  readonly begin: (parts: ExchangeParts) => Exchange;
  readonly supersede: typeof supersede;
  readonly membersOf: typeof membersOf;
  readonly inputTokensOf: typeof inputTokensOf;
  readonly aboutOf: typeof aboutOf;
  readonly priceFor: typeof priceFor;
}

/** These functions. */
export const KNOWN_TOOLS: KnownTools = {
  begin: (parts) => new Exchange(parts),
  supersede,
  membersOf,
  inputTokensOf,
  aboutOf,
  priceFor,
};
