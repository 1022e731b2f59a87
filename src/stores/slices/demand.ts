// Estimates how much room a process will request, which sizes its slice.

import { add, assign, fitsWithin, quantitiesOf, Totals, uniform } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";

/** The age at which a request weighs about a third of a new one, in milliseconds. */
const MEMORY_MS = 1000;

/** The demand of one process on one pool. */
export class Demand {
  readonly #asked: Quantities = new Totals(0, 0, 0, 0, 0);
  #asks = 0;
  #perMs: Quantities = uniform(0);
  #mean: Quantities = uniform(0);
  #since: number;

  constructor(nowMs: number) {
    this.#since = nowMs;
  }

  /** Counts a request that the slice has not reserved at once. */
  count(ask: Quantities): void {
    add(this.#asked, ask);
    this.#asks++;
  }

  /**
   * Counts the requests that the slice has reserved at once since the last estimate, and returns
   * the expected requests of the next `horizonMs`, and the least useful amount, two requests.
   * Returns zero if the first is less than the second.
   */
  estimate(
    taken: { readonly amount: Quantities; readonly times: number },
    nowMs: number,
    horizonMs: number,
  ): { target: Quantities; least: Quantities } {
    add(this.#asked, taken.amount);
    this.#asks += taken.times;
    const passedMs = Math.max(1, nowMs - this.#since);
    const weight = 1 - Math.exp(-passedMs / MEMORY_MS);
    const asked = this.#asked;
    const before = this.#perMs;
    const asks = this.#asks;
    const mean = this.#mean;
    this.#perMs = quantitiesOf(
      (field) => before[field] + weight * (asked[field] / passedMs - before[field]),
    );
    if (asks > 0) this.#mean = quantitiesOf((field) => (mean[field] + asked[field] / asks) / 2);
    assign(asked, uniform(0));
    this.#asks = 0;
    this.#since = nowMs;
    const least = quantitiesOf((field) => Math.ceil(2 * this.#mean[field]));
    const target = quantitiesOf((field) => Math.ceil(this.#perMs[field] * horizonMs));
    // Whether `least` is within `target` on every axis.
    return fitsWithin(uniform(0), least, target)
      ? { target, least }
      : { target: uniform(0), least: uniform(0) };
  }
}
