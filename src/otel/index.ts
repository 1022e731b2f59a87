/**
 * Metrics of budgets and of what is metered with them, for OpenTelemetry.
 *
 * @module
 */

export { budgetMetrics } from "./budget-metrics.ts";
export type { BudgetMetrics, WatchedFigures, WatchedPool } from "./budget-metrics.ts";
export type { Attributes, Instruments } from "./instruments.ts";
