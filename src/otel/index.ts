/**
 * Metrics of budgets and metered calls for OpenTelemetry.
 *
 * @module
 */

export { budgetMetrics } from "./budget-metrics.ts";
export type { BudgetMetrics, WatchedFigures, WatchedPool } from "./budget-metrics.ts";
export type { Attributes, Instruments } from "./instruments.ts";
