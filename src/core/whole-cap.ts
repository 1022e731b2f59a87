// The cap of a pool as its figures are shown beside it.

import type { Axis } from "./axis.ts";
import type { BudgetSnapshot } from "./snapshot.ts";

/** Returns the cap that counts on an axis: with what was carried over; undefined without one. */
export function wholeCap(
  { caps, carried }: Pick<BudgetSnapshot, "caps" | "carried">,
  axis: Axis,
): number | undefined {
  const cap = caps[axis];
  return cap === undefined ? cap : cap + (carried?.[axis] ?? 0);
}
