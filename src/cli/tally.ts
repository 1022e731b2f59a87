// What a run has come to.

import { BudgetExceeded } from "../core/errors.ts";
import type { BudgetSnapshot } from "../core/snapshot.ts";
import { CannotMeter } from "../meter/refusals.ts";
import type { ExchangeReport } from "../meter/report.ts";
import { PriceUnknown } from "../prices/index.ts";
import { count, dollars, usedOf } from "./figures.ts";

interface OfModel {
  calls: number;
  tokens: number;
  usd: number;
}

/** Adds up the exchanges of a run. */
export class Tally {
  readonly #models = new Map<string, OfModel>();
  readonly #refused = new Map<string, number>();
  #unsure = 0;
  #lastRefusal: string | undefined;
  #hint: string | undefined;

  add(report: ExchangeReport): void {
    const { outcome, booked, model = "unknown model", error } = report;
    if (outcome === "refused") {
      const reason = BudgetExceeded.is(error) ? "budget" : "not metered";
      this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
      this.#lastRefusal = error?.message;
      this.#hint = hintFor(error) ?? this.#hint;
      return;
    }
    if (outcome === "unknown" || outcome === "bounded") this.#unsure++;
    if (booked === undefined) return;
    const found = this.#models.get(model) ?? { calls: 0, tokens: 0, usd: 0 };
    found.calls += booked.calls;
    found.tokens += booked.tokens;
    found.usd += booked.usd;
    this.#models.set(model, found);
  }

  /** What a program reads. */
  toJSON(snapshot: BudgetSnapshot): object {
    return {
      pool: snapshot.path,
      caps: snapshot.caps,
      used: snapshot.used,
      remaining: snapshot.remaining,
      run: {
        models: Object.fromEntries(this.#models),
        refused: Object.fromEntries(this.#refused),
        bounded: this.#unsure,
      },
    };
  }

  /** What a person reads: a line for the pool, and one for each model. */
  lines(snapshot: BudgetSnapshot): string[] {
    const refused = [...this.#refused.values()].reduce((sum, times) => sum + times, 0);
    const lines = [...this.#models].map(
      ([model, { calls, tokens, usd }]) =>
        `  ${model}: ${count(calls)} calls, ${count(tokens)} tokens, ${dollars(usd)}`,
    );
    return [
      `token-budget: ${usedOf(snapshot)} (pool "${snapshot.path}")${refused === 0 ? "" : `; ${count(refused)} refused`}`,
      ...lines,
      ...(this.#unsure === 0
        ? []
        : [
            `  ${count(this.#unsure)} of these were cut or not told, and are booked at their bound`,
          ]),
      ...(this.#lastRefusal === undefined ? [] : [`  last refused: ${this.#lastRefusal}`]),
      ...(this.#hint === undefined ? [] : [`  ${this.#hint}`]),
    ];
  }
}

/** Which flag helps. */
function hintFor(error: unknown): string | undefined {
  if (PriceUnknown.is(error)) return "to say what a model costs: --prices FILE";
  if (!CannotMeter.is(error)) return undefined;
  if (error.reason === "route_unmetered") return "to let such requests through: --unmetered";
  return error.reason === "input_unbounded"
    ? "to let such calls through: leave out --strict"
    : undefined;
}
