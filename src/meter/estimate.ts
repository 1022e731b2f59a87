// What is held before a call, in place of the bound.

import type { WireName } from "../wire/wire-name.ts";

/** A request as an estimate is asked of it. */
export interface EstimateRequest {
  readonly wire: WireName | "ai-sdk" | "route";
  readonly provider: string;
  readonly model: string;
  /** The body as JSON, or the options of the call. */
  readonly body: unknown;
  /** The bound of the input, in tokens; undefined when there is none. */
  readonly inputTokens: number | undefined;
  /** The bound of what comes out, of all choices, in tokens. */
  readonly outputTokens: number;
}

/** The expected usage of a call; a field that is omitted is bounded. */
export interface Expected {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** Says what a call is expected to use; undefined leaves it to the bound. */
export type Estimate = (request: EstimateRequest) => Expected | undefined;

/** The usage of a call, as the provider counted it. */
export interface Observed {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** An estimate that learns. */
export interface Estimator {
  readonly estimate: Estimate;
  /** Called after every call whose usage the provider has reported in full. */
  readonly learn?: (request: EstimateRequest, used: Observed) => void;
}
