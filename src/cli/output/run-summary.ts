// The summary of a run.

import { amountView, readAmount } from "../../core/amount.ts";
import { BudgetExceeded } from "../../core/errors.ts";
import { add, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { BudgetSnapshot } from "../../core/snapshot.ts";
import { CannotMeter } from "../../meter/refusals.ts";
import type { ExchangeReport } from "../../meter/report.ts";
import type { ProviderWindow } from "../../proxy/index.ts";
import { count, counted, dollars, usedOf } from "./figures.ts";

/** More reasons than these are not listed. */
const DOUBTS_MAX = 5;

/** The reason of a refusal, in a word. */
function refusalOf(error: Error | undefined): string {
  if (BudgetExceeded.is(error)) return "budget";
  return CannotMeter.is(error) && error.reason === "plan_reached" ? "plan" : "not metered";
}

/** Adds up the exchanges of a run. */
export class RunSummary {
  readonly #explain: (error: Error) => string;
  readonly #models = new Map<string, Quantities>();
  readonly #refused = new Map<string, number>();
  #unsure = 0;
  #limited = 0;
  #cut = 0;
  readonly #doubts = new Set<string>();
  #lastRefusal: Error | undefined;

  constructor(explain: (error: Error) => string) {
    this.#explain = explain;
  }

  add(report: ExchangeReport): void {
    const { outcome, booked, unbooked, model = "unknown model", error } = report;
    if (outcome === "refused") {
      const reason = refusalOf(error);
      this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
      this.#lastRefusal = error;
      return;
    }
    if (outcome === "unknown" || outcome === "bounded") this.#unsure++;
    if (report.writtenLimit !== undefined && outcome !== "released") this.#limited++;
    if (report.isCut) this.#cut++;
    for (const doubt of report.doubts) if (this.#doubts.size < DOUBTS_MAX) this.#doubts.add(doubt);
    const spent = booked ?? unbooked;
    if (spent === undefined) return;
    const sum = this.#models.get(model) ?? uniform(0);
    add(sum, readAmount(spent));
    this.#models.set(model, sum);
  }

  /** Returns the summary for programs. */
  toJSON(snapshot: BudgetSnapshot | undefined, plan: readonly ProviderWindow[] = []): object {
    const models = [...this.#models].map(([model, sum]) => [model, amountView(sum)]);
    return {
      pool: snapshot?.path,
      caps: snapshot?.caps,
      used: snapshot?.used,
      remaining: snapshot?.remaining,
      ...(plan.length > 0 && { plan }),
      run: {
        models: Object.fromEntries(models),
        refused: Object.fromEntries(this.#refused),
        bounded: this.#unsure,
        limited: this.#limited,
        cut: this.#cut,
        doubts: [...this.#doubts],
      },
    };
  }

  /** Returns the summary for people: a line for the pool, and one for each model. */
  lines(snapshot: BudgetSnapshot | undefined): string[] {
    const refused = [...this.#refused.values()].reduce((sum, times) => sum + times, 0);
    const pool =
      snapshot === undefined
        ? "the pool cannot be read"
        : `${usedOf(snapshot)} (pool "${snapshot.path}")`;
    const lines = [...this.#models].map(([model, sum]) => {
      const { calls, tokens, usd } = amountView(sum);
      return `  ${model}: ${counted(calls, "call")}, ${counted(tokens, "token")}, ${dollars(usd)}`;
    });
    return [
      `token-budget: ${pool}${refused === 0 ? "" : `; ${count(refused)} refused`}`,
      ...lines,
      ...(this.#models.size === 0 && refused === 0
        ? [
            "  no call came through: a program that reads no base URL from its environment bypasses the budget (--guard refuses that)",
          ]
        : []),
      ...(this.#unsure === 0
        ? []
        : [
            `  ${count(this.#unsure)} of these were interrupted, reported no usage, or are in doubt; each is booked at no less than its bound`,
          ]),
      ...[...this.#doubts].map((doubt) => `  in doubt: ${doubt}`),
      ...(this.#limited === 0
        ? []
        : [
            `  ${counted(this.#limited, "answer")} got an output limit because room was short; ${count(this.#cut)} ended at it`,
          ]),
      ...(this.#lastRefusal === undefined
        ? []
        : [`  last refused: ${this.#explain(this.#lastRefusal)}`]),
    ];
  }
}
