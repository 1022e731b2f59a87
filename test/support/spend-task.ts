// One of many tasks that spend from one pool, each its own amount under its own id.

import { BudgetExceeded } from "../../src/index.ts";
import type { StoredBudgetPool } from "../../src/stores/index.ts";

/** Spends what a task is told to, and answers what it was told is booked. */
export async function spendTask(pool: StoredBudgetPool, count: number): Promise<number> {
  const id = `task-${count}`;
  try {
    if (count % 2 === 0) {
      await pool.record({ tokens: count % 7 }, { id });
      return count % 7;
    }
    const hold = await pool.reserve({ tokens: 10 }, { id });
    await hold.commit({ tokens: count % 13 });
    return count % 13;
  } catch (error) {
    if (!BudgetExceeded.is(error)) throw error;
    return error.booked ? count % 13 : 0;
  }
}
