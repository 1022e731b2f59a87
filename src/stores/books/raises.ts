// R17. Changes of caps that end by themselves: what they are, and what is left of the caps then.

import { AXES } from "../../core/axis.ts";
import type { CapQuantities, CapQuantitiesChange } from "../../core/caps.ts";
import { FIELD_OF_AXIS, QUANTITY_MAX } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";

/** Amounts by which caps are changed until a time; milliseconds since 1970. */
export interface Raise {
  readonly until: number;
  readonly by: CapQuantities;
}

/** How many changes a pool may have that end at different times. */
export const RAISES_MAX = 100;

/**
 * Returns what the changes of a pool that end by themselves are after `caps` were set and `by` was
 * added until `until`, the first to end first. A cap that is set ends what changes it.
 *
 * @throws {RangeError} when there would be too many.
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

/** Returns the error for one change more than a pool may have that end at different times. */
export function tooManyRaises(): RangeError {
  return new RangeError(
    `A pool can have ${RAISES_MAX} changes with different \`until\` times at most; give some of them the same time`,
  );
}

/** Caps when a change has ended. An axis whose cap was taken away has none still. */
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

/** What is so of a pool for now: kept with it, and changed seldom. */
export interface PoolTerms {
  readonly frozen: boolean;
  readonly raises: readonly Raise[];
}

const NO_TERMS: PoolTerms = { frozen: false, raises: [] };

/** Terms as text; null where nothing is special. */
export function termsText({ frozen, raises }: PoolTerms): string | null {
  if (!frozen && raises.length === 0) return null;
  return JSON.stringify({ ...(frozen && { frozen }), ...(raises.length > 0 && { raises }) });
}

/** Returns the terms that `termsText` made the text of. */
export function termsOf(text: string | undefined): PoolTerms {
  if (text === undefined) return NO_TERMS;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by termsText
  return { ...NO_TERMS, ...(JSON.parse(text) as Partial<PoolTerms>) };
}
