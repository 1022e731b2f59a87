/**
 * Middleware for Anthropic's official SDK that reserves and books the cost of its calls.
 *
 * @module
 */

export { anthropicMiddleware } from "./anthropic-middleware.ts";
export type {
  AnthropicMiddleware,
  AnthropicMiddlewareOptions,
  AnthropicRequest,
} from "./anthropic-middleware.ts";
export type { ExchangeReport, MeterOptions, MeteredPool, PoolSource } from "../meter/index.ts";
