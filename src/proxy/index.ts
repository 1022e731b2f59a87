/**
 * A local proxy that programs use instead of a provider, and that spends from a budget.
 *
 * @module
 */

export { startProxy } from "./start-proxy.ts";
export type { ProxyOptions } from "./proxy-options.ts";
export type { BudgetProxy } from "./start-proxy.ts";
export type { PlanLimits, ProviderWindow } from "./plan.ts";
