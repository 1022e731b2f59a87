/**
 * A budget for everything that runs below a function, wherever it is called from.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";

import { describe } from "../core/describe.ts";
import type { MeteredPool } from "../meter/metered-pool.ts";

/**
 * One for all copies of this package in a program; otherwise a budget would be lost between them.
 */
const KEY = Symbol.for("token-budget.scope");

function storage(): AsyncLocalStorage<MeteredPool> {
  const found: unknown = Reflect.get(globalThis, KEY);
  if (found instanceof AsyncLocalStorage) return found;
  const made = new AsyncLocalStorage<MeteredPool>();
  Reflect.set(globalThis, KEY, made);
  return made;
}

/**
 * Calls `task` and returns its result. `pool` is the budget of everything that `task` calls, now or
 * later, through `meteredFetch(currentBudget)`. A nested `withBudget` replaces it for the calls
 * below: use `pool.child(…)` to stay within both.
 *
 * @throws {TypeError} if `pool` is not a pool; and what `task` throws.
 *
 * @example
 * const pool = new BudgetPool({ name: "acme", caps: { usd: 5 } });
 * const client = new OpenAI({ fetch: meteredFetch(currentBudget) });
 * await withBudget(pool, async () => {
 *   await client.embeddings.create({ model: "text-embedding-3-small", input: "Hello" });
 * });
 * pool.snapshot().used.calls; // => 1
 */
export function withBudget<T>(pool: MeteredPool, task: () => T): T {
  if (typeof pool?.reserveUpTo !== "function") {
    throw new TypeError(`Expected \`pool\` to be a pool, got ${describe(pool)}`);
  }
  return storage().run(pool, task);
}

/**
 * Returns the budget of the surrounding `withBudget`; undefined if there is none.
 *
 * @example
 * currentBudget(); // => undefined
 * const pool = new BudgetPool({ name: "acme" });
 * withBudget(pool, () => currentBudget()?.path); // => "acme"
 */
export function currentBudget(): MeteredPool | undefined {
  return storage().getStore();
}

export type { MeteredGrant, MeteredHold, MeteredPool } from "../meter/metered-pool.ts";
