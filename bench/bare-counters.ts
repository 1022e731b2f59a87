// What the pool is measured against: the least that anybody could write by hand. Two numbers with a compare; float
// dollars, no validation, no hierarchy, nothing told.
//
// Both counters start at values that only a double can hold (past 2^31, and with a fraction), as those of a pool that
// has run for a while: small integers would be cheaper, and no real counter stays small.

import type { CallAmount } from "./amounts.ts";

const TOKENS_AT_START = 2 ** 33 + 1;
const USD_AT_START = 0.5;

/** Two counters under two caps. */
export class BareCounters {
  tokens: number = TOKENS_AT_START;
  usd: number = USD_AT_START;
  readonly capTokens: number = 0;
  readonly capUsd: number = 0;

  constructor(caps: CallAmount) {
    this.capTokens = caps.tokens;
    this.capUsd = caps.usd;
  }

  record(amount: CallAmount): boolean {
    if (this.tokens + amount.tokens > this.capTokens || this.usd + amount.usd > this.capUsd)
      return false;
    this.tokens += amount.tokens;
    this.usd += amount.usd;
    return true;
  }
}

/** Two counters under two caps that are taken from first and settled afterwards. */
export class BareHolds {
  tokens: number = TOKENS_AT_START;
  usd: number = USD_AT_START;
  readonly capTokens: number = 0;
  readonly capUsd: number = 0;

  constructor(caps: CallAmount) {
    this.capTokens = caps.tokens;
    this.capUsd = caps.usd;
  }

  take(amount: CallAmount): boolean {
    if (this.tokens + amount.tokens > this.capTokens || this.usd + amount.usd > this.capUsd)
      return false;
    this.tokens += amount.tokens;
    this.usd += amount.usd;
    return true;
  }

  settle(held: CallAmount, used: CallAmount): void {
    this.tokens += used.tokens - held.tokens;
    this.usd += used.usd - held.usd;
  }
}
