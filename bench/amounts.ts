// What all contenders are fed: amounts as LLM calls have them, from a seed.

import { randomFrom } from "./random.ts";

/** What a call uses. */
export interface CallAmount {
  readonly tokens: number;
  readonly usd: number;
}

const COUNT = 1024;

/** Turns a running number into an index of the lists below. A helper for that would see four kinds of lists and be slow. */
export const MASK: number = COUNT - 1;

const random = randomFrom(2606);

/** Estimates: 500 to 4,500 tokens, at $3 a million. */
export const ESTIMATES: readonly CallAmount[] = Array.from({ length: COUNT }, () => {
  const tokens = 500 + Math.floor(random() * 4000);
  return { tokens, usd: (tokens * 3000) / 1e9 };
});

/** What the same calls really used: a quarter to all of it. */
export const ACTUALS: readonly CallAmount[] = ESTIMATES.map((estimate) => {
  const tokens = Math.ceil(estimate.tokens * (0.25 + 0.75 * random()));
  return { tokens, usd: (tokens * 3000) / 1e9 };
});

/**
 * The figures of `ESTIMATES` and `ACTUALS` on their own, for amounts written as literals at the call site. Tokens are
 * small integers here as there, and as in the JSON of a provider: an object that holds such ones has another layout
 * than one that holds doubles.
 */
export const TOKENS: Int32Array = Int32Array.from(ESTIMATES, ({ tokens }) => tokens);
export const USD: Float64Array = Float64Array.from(ESTIMATES, ({ usd }) => usd);
export const TOKENS_USED: Int32Array = Int32Array.from(ACTUALS, ({ tokens }) => tokens);
export const USD_USED: Float64Array = Float64Array.from(ACTUALS, ({ usd }) => usd);

/** Caps that no run of a benchmark reaches. In another order than amounts, so that the two layouts stay apart. */
export const AMPLE = { usd: 9e6, tokens: 9e15 };
