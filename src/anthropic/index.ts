/**
 * Middleware for Anthropic's official SDK that holds and books what its calls cost.
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
