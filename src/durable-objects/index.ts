/**
 * One budget for all Workers, in Durable Objects of Cloudflare: the class to export, and the store
 * that uses it.
 *
 * @module
 */

export { budgetObject } from "./budget-object.ts";
export type { BudgetObject, BudgetObjectClass, ObjectBase } from "./budget-object.ts";
export { durableObjectStore } from "./object-store.ts";
export type { BudgetObjectNamespace, BudgetObjectStub } from "./object-store.ts";
