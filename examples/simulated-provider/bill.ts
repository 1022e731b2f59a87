import type { Route } from "./behavior.ts";
import { nanoUsdOf } from "./prices.ts";
import type { BilledUsage } from "./prices.ts";

/** One line of the bill. */
export interface BillLine {
  readonly index: number;
  readonly route: Route;
  readonly model: string;
  readonly attempt: number;
  /** Of the answer; 0 when there was none. */
  readonly status: number;
  readonly usage: BilledUsage;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** How many of the output are reasoning. */
  readonly reasoningTokens: number;
  readonly nanoUsd: bigint;
  /** How the answer ended. */
  readonly how: "whole" | "streamed" | "interrupted" | "lost" | "error";
  /** Whether the caller was told all of it. */
  readonly isTold: boolean;
  /** Whether it was part of a batch, at half the price. */
  readonly isBatch?: boolean;
}

/** What all calls have cost together. */
export interface BillTotal {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly nanoUsd: bigint;
}

/** What the provider wants to be paid for. */
export class Bill {
  readonly lines: BillLine[] = [];

  add(line: Omit<BillLine, "inputTokens" | "outputTokens" | "nanoUsd">): void {
    const { usage, model } = line;
    const inputTokens = usage.input + usage.cachedRead + usage.cacheWrite + usage.cacheWrite1h;
    const whole = nanoUsdOf(model, usage);
    const nanoUsd = line.isBatch === true ? (whole + 1n) / 2n : whole;
    this.lines.push({ ...line, inputTokens, outputTokens: usage.output, nanoUsd });
  }

  get total(): BillTotal {
    return {
      calls: this.lines.length,
      inputTokens: this.lines.reduce((sum, line) => sum + line.inputTokens, 0),
      outputTokens: this.lines.reduce((sum, line) => sum + line.outputTokens, 0),
      nanoUsd: this.lines.reduce((sum, line) => sum + line.nanoUsd, 0n),
    };
  }
}
