// R7. What a window carries over: what a period leaves is added to the caps of the next one. It is
// kept as the one part of the window: under the start of the period that has ended, what it left;
// less than nothing after overage.

import { changeCaps, readCaps } from "./caps.ts";
import type { CapQuantities } from "./caps.ts";
import { checkKeys } from "./check-keys.ts";
import type { PoolState } from "./pool-state.ts";
import { quantitiesOf, QUANTITY_MAX } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";
import type { CarryOver, CarryRule } from "./window-rule.ts";

/** Reads `carryOver`. @throws {TypeError | RangeError} on what is neither true nor a limit. */
export function readCarryOver(carryOver: CarryOver | undefined): { readonly carry?: CarryRule } {
  if (carryOver === undefined) return {};
  if (carryOver === true) return { carry: true };
  checkKeys(carryOver, ["upTo"], "window.carryOver");
  return { carry: changeCaps({}, readCaps(carryOver.upTo, true, "window.carryOver.upTo")) };
}

/** What carrying over depends on. */
type Level = Pick<PoolState, "caps" | "window" | "parts">;
type Field = keyof Quantities;

/** Returns the most that a level may carry on an axis; nothing on one without a cap. */
export function carryLimit({ caps, window }: Level, field: Field): number {
  const cap = caps[field];
  const carry = window?.carry;
  return (cap === undefined || carry === true ? cap : carry?.[field]) ?? 0;
}

/** Returns what was carried to the period of now. */
export function carriedOn(level: Level, field: Field): number {
  return Math.max(0, Math.min(level.parts[0]?.used[field] ?? 0, carryLimit(level, field)));
}

/** Returns the cap on an axis in the period of now, with what was carried to it. */
export function capNow(level: Level, field: Field): number | undefined {
  const cap = level.caps[field];
  return cap === undefined ? cap : Math.min(QUANTITY_MAX, cap + carriedOn(level, field));
}

/** Returns all caps in the period of now. */
export function capsNow(level: Level): CapQuantities {
  if (level.window?.carry === undefined) return level.caps;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of caps are fields
  const fields = Object.keys(level.caps) as Field[];
  return Object.fromEntries(fields.map((field) => [field, capNow(level, field)]));
}

/**
 * Returns what the period before has left: whether something that was booked at an instant before
 * the period of now is in it.
 */
export function wasLeftOf({ parts, window }: Level, bookedAt: number): boolean {
  const at = parts[0]?.at;
  return window?.carry !== undefined && at !== undefined && bookedAt >= at;
}

/**
 * Returns what the period of now has left, when a later one begins: in each period between them
 * nothing is used. What is left of one is corrected by its start; of several, it is final.
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
