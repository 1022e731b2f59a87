// What the results of a batch report: each is an answer of its own, of which the usage is added up.

import { BATCH } from "./batch-asked.ts";
import type { ModelPass, WireUsage } from "./wire-usage.ts";

/** Adds up the results of a batch. */
export class BatchReport {
  readonly #passes: ModelPass[] = [];
  readonly #doubts = new Set<string>();
  #isWhole = true;

  /** One result that is billed; undefined where it does not say what it used. */
  add(reported: WireUsage | undefined): void {
    this.#isWhole &&= reported?.isWhole === true;
    if (reported === undefined) return;
    this.#passes.push({ model: reported.model, usage: reported.usage }, ...reported.passes);
    for (const doubt of reported.doubts) this.#doubts.add(doubt);
  }

  /** All of them. */
  usage(): WireUsage {
    return {
      usage: {},
      passes: this.#passes,
      isWhole: this.#isWhole,
      doubts: [...this.#doubts],
      model: undefined,
      service: { tier: BATCH },
      reportedUsd: undefined,
    };
  }
}
