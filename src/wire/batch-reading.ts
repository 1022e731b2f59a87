// Answers about a batch, and its results: each result is an answer of its own, and their usage is
// added up.

import { BATCH } from "./batch-asked.ts";
import { textAt } from "./json/untrusted.ts";
import type { Provider } from "./provider.ts";
import type { AnswerReading, ModelPass, WireUsage, WorkUnderWay } from "./wire-usage.ts";

/** Reads a batch. A provider's format says what its messages are, and when the batch is over. */
export abstract class BatchReading implements AnswerReading {
  readonly outputBytes = 0;
  readonly hidesOutput = true;
  readonly awaitsUsage = false;
  hasError = false;
  readonly #passes: ModelPass[] = [];
  readonly #doubts = new Set<string>();
  #isWhole = true;
  protected readonly provider: Provider;
  /** The last state of the batch. */
  protected batch: unknown;
  /** Whether there was a result. */
  protected hasResults = false;

  constructor(provider: Provider) {
    this.provider = provider;
  }

  abstract read(message: unknown): void;

  /** The state of the batch, without its id. */
  protected abstract progress(batch: unknown): Omit<WorkUnderWay, "id">;

  get later(): WorkUnderWay | undefined {
    if (this.hasResults) return { id: "", isOver: true };
    const id = textAt(this.batch, "id");
    return id === undefined ? undefined : { id, ...this.progress(this.batch) };
  }

  done(): void {}

  /** All results; undefined while the batch is in progress. */
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

  /** Adds a billed result; undefined if it does not report its usage. */
  protected add(reported: WireUsage | undefined): void {
    this.#isWhole &&= reported?.isWhole === true;
    if (reported === undefined) return;
    this.#passes.push({ model: reported.model, usage: reported.usage }, ...reported.passes);
    for (const doubt of reported.doubts) this.#doubts.add(doubt);
  }
}
