// The amounts of single calls in a slice.

import type { Quantities } from "../../core/quantities.ts";

/**
 * The amount of one call. It has a class of its own because engines choose the representation of
 * a field by class: totals elsewhere are large, and would make every field of a request a double.
 */
export class AskQuantities implements Quantities {
  declare tokens: number;
  declare inputTokens: number;
  declare outputTokens: number;
  declare nanoUsd: number;
  declare calls: number;

  constructor(
    tokens: number,
    inputTokens: number,
    outputTokens: number,
    nanoUsd: number,
    calls: number,
  ) {
    this.tokens = tokens;
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
    this.nanoUsd = nanoUsd;
    this.calls = calls;
  }
}

/** The amount of a call that holds or used nothing. */
export const NO_ASK: Quantities = new AskQuantities(0, 0, 0, 0, 0);

/** Returns a copy of an amount. */
export function askOf(amount: Quantities): Quantities {
  const { tokens, inputTokens, outputTokens, nanoUsd, calls } = amount;
  return new AskQuantities(tokens, inputTokens, outputTokens, nanoUsd, calls);
}
