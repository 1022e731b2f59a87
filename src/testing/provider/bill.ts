// The provider's own bill: its work, at the prices of its own table.

import type { ProviderRoute } from "./behavior.ts";
import { billedNanoUsd, isMediaModel, mediaNanoUsd } from "./prices.ts";
import type { BilledUsage } from "./prices.ts";

/** The provider's bill for one request. */
export interface BillEntry {
  /** The position of the request among all requests, from 0. */
  readonly index: number;
  readonly route: ProviderRoute;
  readonly model: string;
  /** How many attempts came before, as the SDKs of OpenAI and Anthropic say. */
  readonly attempt: number;
  /** The status of the answer; 0 if there was no answer. */
  readonly status: number;
  /** Tokens by the classes that have prices of their own. */
  readonly usage: BilledUsage;
  /** All tokens of input, cached ones included. */
  readonly inputTokens: number;
  /** All tokens of output, reasoning included. */
  readonly outputTokens: number;
  /** The part of `outputTokens` that is reasoning. */
  readonly reasoningTokens: number;
  /** The cost in nano-dollars, rounded up. */
  readonly nanoUsd: bigint;
  /** The cost in dollars. */
  readonly usd: number;
  /** How the answer ended. */
  readonly how: "whole" | "streamed" | "interrupted" | "lost" | "error";
  /** Whether the caller received the usage. */
  readonly isReported: boolean;
  /**
   * Characters of speech, or seconds of sound or video: the billed amount of a model sold by them,
   * not by the token.
   */
  readonly pieces?: number;
  /** Whether the request was part of a batch, which costs half. */
  readonly isBatch?: boolean;
}

/** The sums of a bill. */
export interface BillTotal {
  /** How many requests were billed. */
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The cost in nano-dollars. */
  readonly nanoUsd: bigint;
  /** The cost in dollars: exact for sums below nine million dollars, as `usd` of a pool is. */
  readonly usd: number;
}

const NANO_USD_PER_USD = 1e9;

/** Collects the entries of a bill. */
export class Bill {
  readonly entries: BillEntry[] = [];

  /** Prices a request and adds it. */
  add(entry: Omit<BillEntry, "inputTokens" | "outputTokens" | "nanoUsd" | "usd">): void {
    const { usage, model } = entry;
    const { input, inputImage = 0, cachedRead, cacheWrite, cacheWrite1h } = usage;
    const inputTokens = input + inputImage + cachedRead + cacheWrite + cacheWrite1h;
    const { pieces } = entry;
    const whole = isMediaModel(model, pieces)
      ? mediaNanoUsd(model, usage, pieces ?? 0)
      : billedNanoUsd(model, usage);
    const nanoUsd = entry.isBatch === true ? (whole + 1n) / 2n : whole;
    const usd = Number(nanoUsd) / NANO_USD_PER_USD;
    this.entries.push({ ...entry, inputTokens, outputTokens: usage.output, nanoUsd, usd });
  }

  get total(): BillTotal {
    const nanoUsd = this.entries.reduce((sum, entry) => sum + entry.nanoUsd, 0n);
    return {
      calls: this.entries.length,
      inputTokens: this.entries.reduce((sum, entry) => sum + entry.inputTokens, 0),
      outputTokens: this.entries.reduce((sum, entry) => sum + entry.outputTokens, 0),
      nanoUsd,
      usd: Number(nanoUsd) / NANO_USD_PER_USD,
    };
  }
}
