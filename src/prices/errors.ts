// Errors of prices.

import { BudgetError } from "../core/errors.ts";

/**
 * Thrown when a price is unknown: the model is not in the book, a class of tokens has no rate, or
 * the service has no multiplier. A missing price is never $0.
 */
export class PriceUnknown extends BudgetError {
  override readonly name = "PriceUnknown" as const;
  override readonly code = "PRICE_UNKNOWN" as const;
  /** The requested provider and model. */
  readonly model: string;
  /** The nearest known models, such as `"openai/gpt-5.5"`. */
  readonly nearest: readonly string[];

  constructor(model: string, message: string, nearest: readonly string[] = []) {
    super("PRICE_UNKNOWN", message);
    this.model = model;
    this.nearest = nearest;
  }

  /** Returns whether a value is a `PriceUnknown`, whichever copy of the package made it. */
  static override is(value: unknown): value is PriceUnknown {
    return BudgetError.is(value) && value.code === "PRICE_UNKNOWN";
  }
}
