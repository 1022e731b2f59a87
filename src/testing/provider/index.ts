/**
 * A server that stands in for providers of models, for tests of programs that call them: it answers
 * in their formats, misbehaves on request, and keeps a bill to compare a budget with.
 *
 * @module
 */

export { SimulatedProvider } from "./simulated-provider.ts";
export type { SimulatedProviderOptions } from "./simulated-provider.ts";
export type { Behave, Behavior, ProviderRoute, ReceivedRequest } from "./behavior.ts";
export type { BillEntry, BillTotal } from "./bill.ts";
export type { BilledUsage } from "./prices.ts";
