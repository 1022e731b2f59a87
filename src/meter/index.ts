/**
 * Holds and books what calls to language models cost, by watching their traffic.
 *
 * @module
 */

export { meteredFetch } from "./metered-fetch.ts";
export { meteredTool } from "./metered-tool.ts";
export type {
  MeteredToolOptions,
  MeterTool,
  ToolCall,
  ToolClient,
  ToolFunction,
} from "./metered-tool.ts";
export type { MeteredFetchOptions } from "./metered-fetch.ts";
export { budgetExceededFrom } from "./budget-exceeded-from.ts";
export { CannotMeter } from "./refusals.ts";
export type { RefusalCode } from "./refusals.ts";
export { adaptiveEstimate } from "./adaptive-estimate.ts";
export type { AdaptiveEstimate, AdaptiveEstimateOptions, HoldRatio } from "./adaptive-estimate.ts";
export { publicTokenizer } from "./public-tokenizer.ts";
export type { Encode, PublicEncodings, PublicTokenizer } from "./public-tokenizer.ts";
export type { MeterOptions } from "./options.ts";
export type { Eventually } from "../pool/any-budget-pool.ts";
export type { MeteredGrant, MeteredHold, MeteredPool, PoolSource } from "./metered-pool.ts";
export type { AnswerHead, AnswerHeaders, ReportedUsd } from "./answer-head.ts";
export type { Estimate, EstimateRequest, Estimator, Expected, Observed } from "./estimate.ts";
export type { ExchangeOutcome, ExchangeReport } from "./report.ts";
