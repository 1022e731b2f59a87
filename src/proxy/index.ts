/**
 * A local proxy that programs speak to in place of a provider, and that spends from a budget.
 *
 * @module
 */

export { startProxy } from "./start-proxy.ts";
export type { BudgetProxy, ProxyOptions } from "./start-proxy.ts";
export type { PlanLimits, ProviderWindow } from "./plan.ts";
