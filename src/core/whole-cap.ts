// The cap of a pool that is shown next to its figures.

import type { Axis } from "./axis.ts";
import type { BudgetSnapshot } from "./snapshot.ts";

/** Returns the effective cap on an axis, including the carried amount; undefined without one. */
export function wholeCap(
  { caps, carried }: Pick<BudgetSnapshot, "caps" | "carried">,
  axis: Axis,
): number | undefined {
  const cap = caps[axis];
  return cap === undefined ? cap : cap + (carried?.[axis] ?? 0);
}
