// The hold of a call in place of its bound.

import type { WireName } from "../wire/wire-name.ts";

/** A request, as an estimate sees it. */
export interface EstimateRequest {
  readonly wire: WireName | "ai-sdk" | "route";
  readonly provider: string;
  readonly model: string;
  /** The body as JSON, or the options of the call. */
  readonly body: unknown;
  /** The bound of the input, in tokens; undefined if there is none. */
  readonly inputTokens: number | undefined;
  /** The bound of the output of all choices, in tokens. */
  readonly outputTokens: number;
}

/** The expected usage of a call; a field that is omitted is bounded. */
export interface Expected {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** Returns the expected usage of a call; undefined leaves it to the bound. */
export type Estimate = (request: EstimateRequest) => Expected | undefined;

/** The usage of a call, as the provider counted it. */
export interface Observed {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A learning estimate. */
export interface Estimator {
  readonly estimate: Estimate;
  /** Called after every call whose usage the provider has reported in full. */
  readonly learn?: (request: EstimateRequest, used: Observed) => void;
}
