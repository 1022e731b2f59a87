// R7. What a window carries over: the unused room of a period is added to the caps of the next one.
// It is stored as the one part of the window, under the start of the ended period; it is negative
// after overage.

import { changeCaps, readCaps } from "./caps.ts";
import type { CapQuantities } from "./caps.ts";
import { checkKeys } from "./check-keys.ts";
import type { PoolState } from "./pool-state.ts";
import { quantitiesOf, QUANTITY_MAX } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { CarryOver, CarryRule } from "./window-rule.ts";

/**
 * Reads `carryOver`.
 * @throws {TypeError | RangeError} if it is neither true nor valid limits.
 */
export function readCarryOver(carryOver: CarryOver | undefined): { readonly carry?: CarryRule } {
  if (carryOver === undefined) return {};
  if (carryOver === true) return { carry: true };
  checkKeys(carryOver, ["upTo"], "window.carryOver");
  return { carry: changeCaps({}, readCaps(carryOver.upTo, true, "window.carryOver.upTo")) };
}

/** The state on which carry-over depends. */
type Level = Pick<PoolState, "caps" | "window" | "parts">;
type Field = keyof Quantities;

/** Returns the most that a level may carry on an axis; 0 on an uncapped one. */
export function carryLimit({ caps, window }: Level, field: Field): number {
  const cap = caps[field];
  const carry = window?.carry;
  return (cap === undefined || carry === true ? cap : carry?.[field]) ?? 0;
}

/** Returns the amount carried to the current period. */
export function carriedOn(level: Level, field: Field): number {
  return Math.max(0, Math.min(level.parts[0]?.used[field] ?? 0, carryLimit(level, field)));
}

/** Returns the cap on an axis in the current period, including the carried amount. */
export function capNow(level: Level, field: Field): number | undefined {
  const cap = level.caps[field];
  return cap === undefined ? cap : Math.min(QUANTITY_MAX, cap + carriedOn(level, field));
}

/** Returns all caps in the current period. */
export function capsNow(level: Level): CapQuantities {
  if (level.window?.carry === undefined) return level.caps;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of caps are fields
  const fields = Object.keys(level.caps) as Field[];
  return Object.fromEntries(fields.map((field) => [field, capNow(level, field)]));
}

/**
 * Returns whether an instant before the current period lies in the previous one, whose remainder
 * can still be corrected.
 */
export function wasLeftOf({ parts, window }: Level, bookedAt: number): boolean {
  const at = parts[0]?.at;
  return window?.carry !== undefined && at !== undefined && bookedAt >= at;
}

/**
 * Returns the remainder of the current period when a later one begins; the periods in between are
 * idle. After one period the remainder can still be corrected, after several it is final.
 */
export function leave(level: PoolState, startsAt: number, periods: number): PoolState["parts"] {
  const used = quantitiesOf((field) => {
    const left = (capNow(level, field) ?? 0) - level.taken[field] + level.reserved[field];
    if (periods === 1) return left;
    const cap = level.caps[field] ?? 0;
    const carried = Math.max(0, left) + (periods - 2) * cap;
    return Math.min(QUANTITY_MAX, cap + Math.min(carried, carryLimit(level, field)));
  });
  return [{ at: periods === 1 ? level.windowStartsAt : startsAt, used }];
}
