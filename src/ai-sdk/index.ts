/**
 * Middleware for the Vercel AI SDK that holds and books what its calls cost.
 *
 * @module
 */

export { budgetMiddleware } from "./budget-middleware.ts";
export type { BudgetMiddleware, GenerateCall, StreamCall } from "./budget-middleware.ts";
export type { CallOptions } from "./call.ts";
export type { MeterOptions, MeteredPool, PoolSource } from "../meter/index.ts";
