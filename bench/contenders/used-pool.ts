import { BudgetPool } from "../../dist/index.js";
import { AMPLE } from "../amounts.ts";

/** A pool that, as `BareCounters` from the start, has counted past what small integers hold. */
export function usedPool(): BudgetPool {
  const pool = new BudgetPool({ caps: AMPLE });
  for (let i = 0; i < 8; i++) pool.record({ tokens: 2 ** 30, usd: 0.0625 });
  return pool;
}

/** The lowest of three such pools, each with caps. */
export function usedPoolThreeLevelsDeep(): BudgetPool {
  const pool = usedPool().child("team", { caps: AMPLE }).child("run", { caps: AMPLE });
  for (let i = 0; i < 8; i++) pool.record({ tokens: 2 ** 30, usd: 0.0625 });
  return pool;
}
