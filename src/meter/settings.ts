// The settings of a meter: its options after reading, and its memory.

import type { Amount } from "../core/amount.ts";
import type { WaitOptions } from "../pool/wait.ts";
import type { PriceBook } from "../prices/index.ts";
import type { ReportedUsd } from "./answer-head.ts";
import type { Estimator } from "./estimate.ts";
import type { ExchangeReport } from "./report.ts";
import type { BoundSource } from "./tighter-bounds.ts";

/** The options as read. */
export interface MeterSettings {
  readonly prices: PriceBook;
  readonly models: ReadonlyMap<string, string>;
  readonly unknownModel: "refuse" | "dearest" | "tokens only";
  readonly localModels: "priced" | "free";
  readonly provider: string | undefined;
  /** Whether an output limit may be written. */
  readonly limitsOutput: boolean;
  /** Whether anything may be written. */
  readonly rewrites: boolean;
  readonly outputTokensMax: number;
  readonly outputTokensMin: number;
  readonly estimator: Estimator | undefined;
  readonly tokenizer: ((text: string, model: string) => number) | undefined;
  readonly unbounded: "refuse" | "context window" | "overage";
  readonly unmetered: "refuse" | "pass";
  readonly routes: ReadonlyMap<string, Amount>;
  readonly reportedUsd: ReportedUsd | undefined;
  readonly wait: Pick<WaitOptions, "timeoutMs"> | undefined;
  readonly label: string | undefined;
  readonly explain: ((error: Error) => string) | undefined;
  /** Returns what the caller may read of a refusal; left out where all of it. */
  readonly shown?: ((error: Error) => Error) | undefined;
  /** Undefined where nothing observes. */
  readonly onExchange: ((report: ExchangeReport) => void) | undefined;
  /** The state of a running meter. */
  readonly state: MeterState;
}

/** What a meter remembers. */
export interface MeterState {
  /** How many calls are waiting for a hold or running. */
  underWay: number;
  /** What was written into requests and rejected, by host: it is not written there again. */
  readonly rejected: Set<string>;
  /** Sources of bounds tighter than the bytes, in the order in which they are used. */
  readonly boundSources: readonly BoundSource[];
}
