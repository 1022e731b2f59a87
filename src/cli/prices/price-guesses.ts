// Reports once for each model that its price is a guess.

import type { ExchangeReport } from "../../meter/report.ts";

const MODELS_MAX = 100;

/** Reports models that were booked at the highest rates of their provider. */
export class PriceGuesses {
  readonly #known = new Set<string>();
  readonly #asOf: string;

  /** `asOf`: the date of the prices. */
  constructor(asOf: string) {
    this.#asOf = asOf;
  }

  /** Writes one message for a new model. */
  report({ model, provider, guessedPrice }: ExchangeReport, write: (text: string) => void): void {
    if (model === undefined || !guessedPrice) return;
    if (this.#known.has(model) || this.#known.size >= MODELS_MAX) return;
    this.#known.add(model);
    write(
      `token-budget: no price is known for ${model}: it is booked at the highest rates of ${provider ?? "its provider"} (prices as of ${this.#asOf}); set its price with --prices FILE, or name its model with --model ${model}=NAME`,
    );
  }
}
