// What is said of a batch, and its results: each result is an answer of its own, of which the usage
// is added up.

import { BATCH } from "./batch-asked.ts";
import type { AnswerReading, ModelPass, WireUsage, WorkUnderWay } from "./wire-usage.ts";

/** Reads a batch. A provider's own says what its messages are, and when the batch is over. */
export abstract class BatchReading implements AnswerReading {
  readonly outputBytes = 0;
  readonly hidesOutput = true;
  readonly awaitsUsage = false;
  hasError = false;
  readonly #passes: ModelPass[] = [];
  readonly #doubts = new Set<string>();
  #isWhole = true;

  abstract read(message: unknown): void;

  abstract get later(): WorkUnderWay | undefined;

  done(): void {}

  /** All results; undefined while the batch goes on. */
  usage(): WireUsage | undefined {
    if (this.later?.isOver !== true) return undefined;
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

  /** Adds a result that is billed; undefined where it does not say what it used. */
  protected add(reported: WireUsage | undefined): void {
    this.#isWhole &&= reported?.isWhole === true;
    if (reported === undefined) return;
    this.#passes.push({ model: reported.model, usage: reported.usage }, ...reported.passes);
    for (const doubt of reported.doubts) this.#doubts.add(doubt);
  }
}
