/**
 * Middleware for the Vercel AI SDK that reserves and books the cost of its calls.
 *
 * @module
 */

export { budgetMiddleware } from "./budget-middleware.ts";
export type { BudgetMiddleware, GenerateCall, StreamCall } from "./budget-middleware.ts";
export type { CallOptions } from "./call.ts";
export type { MeterOptions, MeteredPool, PoolSource } from "../meter/index.ts";
