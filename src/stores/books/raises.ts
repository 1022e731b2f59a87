// R17. Temporary changes of caps, and the caps that remain when they end.

import { AXES } from "../../core/axis.ts";
import type { CapQuantities, CapQuantitiesChange } from "../../core/caps.ts";
import { FIELD_OF_AXIS, QUANTITY_MAX } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";

/** Amounts by which caps are changed until a time, in milliseconds since 1970. */
export interface Raise {
  readonly until: number;
  readonly by: CapQuantities;
}

/** How many temporary changes with different ends a pool may have. */
export const RAISES_MAX = 100;

/**
 * Returns the temporary changes of a pool after `caps` were set and `by` was added until `until`,
 * the earliest end first. Setting a cap ends the temporary changes of it.
 *
 * @throws {RangeError} if there would be too many.
 */
export function raisesAfter(
  raises: readonly Raise[],
  caps: CapQuantitiesChange,
  by: CapQuantities,
  until: number | undefined,
): readonly Raise[] {
  const isSet = AXES.some((axis) => caps[FIELD_OF_AXIS[axis]] !== undefined);
  if (until === undefined && (!isSet || raises.length === 0)) return raises;
  const left = raises.flatMap((raise) => {
    const rest = without(raise.by, caps);
    return Object.keys(rest).length === 0 ? [] : [{ until: raise.until, by: rest }];
  });
  if (until === undefined) return left;
  const same = left.find((raise) => raise.until === until);
  const others = left.filter((raise) => raise !== same);
  if (others.length >= RAISES_MAX) throw tooManyRaises();
  return [...others, { until, by: together(same?.by ?? {}, by) }].toSorted(
    (one, other) => one.until - other.until,
  );
}

/** Returns the error for one temporary change too many. */
export function tooManyRaises(): RangeError {
  return new RangeError(
    `A pool can have ${RAISES_MAX} changes with different \`until\` times at most; give some of them the same time`,
  );
}

/** Returns the caps after a change has ended. An axis whose cap was removed still has none. */
export function capsAfter(caps: CapQuantities, { by }: Raise): CapQuantities {
  const changed: { [F in keyof Quantities]?: number } = { ...caps };
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    const cap = caps[field];
    const difference = by[field];
    if (cap === undefined || difference === undefined) continue;
    changed[field] = Math.min(QUANTITY_MAX, Math.max(0, cap - difference));
  }
  return changed;
}

function without(by: CapQuantities, caps: CapQuantitiesChange): CapQuantities {
  const rest: { [F in keyof Quantities]?: number } = { ...by };
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    if (caps[field] !== undefined) delete rest[field];
  }
  return rest;
}

function together(one: CapQuantities, other: CapQuantities): CapQuantities {
  const sum: { [F in keyof Quantities]?: number } = { ...one };
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    const difference = other[field];
    if (difference !== undefined) sum[field] = (sum[field] ?? 0) + difference;
  }
  return sum;
}

/**
 * The rarely changed temporary state of a pool: whether it is frozen, and its temporary changes.
 */
export interface PoolTerms {
  readonly frozen: boolean;
  readonly raises: readonly Raise[];
}

const NO_TERMS: PoolTerms = { frozen: false, raises: [] };

/** Returns terms as text; null if there are none. */
export function termsText({ frozen, raises }: PoolTerms): string | null {
  if (!frozen && raises.length === 0) return null;
  return JSON.stringify({ ...(frozen && { frozen }), ...(raises.length > 0 && { raises }) });
}

/** Parses the text of `termsText`. */
export function termsOf(text: string | undefined): PoolTerms {
  if (text === undefined) return NO_TERMS;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by termsText
  return { ...NO_TERMS, ...(JSON.parse(text) as Partial<PoolTerms>) };
}
