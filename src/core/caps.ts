// Caps: the most that a pool may hold on an axis. An axis without a cap only counts.

import { readQuantity } from "./amount.ts";
import { AXES } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import { toNanoUsd, toUsd } from "./nano-usd.ts";
import type { Usd } from "./nano-usd.ts";
import { FIELD_OF_AXIS, fitsWithin, NOTHING, QUANTITY_MAX, Totals } from "./quantities.ts";
import type { Quantities } from "./quantities.ts";

/** The most that a pool may hold on each axis; an omitted axis is uncapped. `usd` is dollars. */
export interface Caps {
  readonly tokens?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly usd?: Usd;
  readonly calls?: number;
}

/** A change of caps: an omitted axis does not change, `null` removes its cap. */
export type CapsChange = { readonly [A in keyof Caps]?: Caps[A] | null | undefined };

/**
 * Amounts by which caps are raised, or lowered if negative; `usd` in dollars, as a number or a
 * decimal string such as `"-0.25"`.
 */
export type CapsDifference = { readonly [A in keyof Caps]?: Caps[A] | undefined };

/** Caps as callers see them; `usd` in dollars. */
export type CapsView = { readonly [A in Axis]?: number };

/** Caps as the rules see them: integers, by field of `Quantities`. */
export type CapQuantities = { readonly [F in keyof Quantities]?: number };

/** A change of caps as the rules see it; `null` removes a cap. */
export type CapQuantitiesChange = { readonly [F in keyof Quantities]?: number | null };

/**
 * Reads a change of caps, or new caps with `isNew`: an omitted axis does not change, `null` removes
 * its cap. Errors call them `name`.
 *
 * @throws {RangeError | TypeError} if a quantity or an axis is invalid, as for an amount (R1).
 */
export function readCaps(caps: CapsChange, isNew: boolean, name = "caps"): CapQuantitiesChange {
  checkAxes(caps, name, 10);
  const read: { [F in keyof Quantities]?: number | null } = {};
  for (const axis of AXES) {
    const cap = caps[axis];
    if (cap === undefined || cap === null) {
      // A new cap that is missing, such as an unset variable, must not mean "no cap".
      if (isNew && axis in caps) throw noCap(`${name}.${axis}`, cap);
      if (cap === null) read[FIELD_OF_AXIS[axis]] = cap;
    } else {
      read[FIELD_OF_AXIS[axis]] =
        axis === "usd" ? toNanoUsd(cap, `${name}.usd`) : readQuantity(cap, `${name}.${axis}`);
    }
  }
  return read;
}

/** Fails unless something is an object by axis, such as of so many dollars. */
function checkAxes(given: object, name: string, usd: number): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new TypeError(
      `Expected \`${name}\` to be an object such as { usd: ${usd} }, got ${describe(given)}`,
    );
  }
  checkKeys(given, AXES, name);
}

/** R9. Caps with a change applied. */
export function changeCaps(caps: CapQuantities, change: CapQuantitiesChange): CapQuantities {
  const changed: { [F in keyof Quantities]?: number } = { ...caps };
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    const cap = change[field];
    if (cap === null) delete changed[field];
    else if (cap !== undefined) changed[field] = cap;
  }
  return changed;
}

function noCap(name: string, cap: null | undefined): TypeError {
  return new TypeError(`Expected \`${name}\` to be a quantity, got ${cap}; omit it for no cap`);
}

/**
 * Reads amounts by which caps change: integers, by field of `Quantities`; negative ones lower.
 *
 * @throws {RangeError | TypeError} if an amount or an axis is invalid.
 */
export function readDifference(by: CapsDifference): CapQuantities {
  checkAxes(by, "by", 5);
  const read: { [F in keyof Quantities]?: number } = {};
  for (const axis of AXES) {
    const given = by[axis];
    if (given === undefined) continue;
    const isLess = typeof given === "string" ? given.startsWith("-") : given < 0;
    const size = typeof given === "string" ? given.replace(/^[+-]/, "") : Math.abs(given);
    const quantity =
      axis === "usd"
        ? toNanoUsd(size, "by.usd")
        : readQuantity(isLess ? size : given, `by.${axis}`);
    read[FIELD_OF_AXIS[axis]] = isLess ? -quantity : quantity;
  }
  return read;
}

/**
 * R9, R17. Returns the current caps, raised or lowered by amounts: of two concurrent changes, both
 * count.
 *
 * @throws {RangeError} for an axis without a cap, and for a cap that would fall below 0 or pass
 * 2^53 − 1.
 */
export function changeCapsBy(caps: CapQuantities, by: CapQuantities, path: string): CapQuantities {
  const changed: { [F in keyof Quantities]?: number } = { ...caps };
  for (const axis of AXES) {
    const field = FIELD_OF_AXIS[axis];
    const difference = by[field];
    if (difference === undefined) continue;
    const cap = (changed[field] ?? Number.NaN) + difference;
    if (!Number.isSafeInteger(cap) || cap < 0) throw capOutOfRange(path, axis);
    changed[field] = cap;
  }
  return changed;
}

/** Returns the error for a cap that cannot be changed by an amount. */
export function capOutOfRange(path: string, axis: Axis): RangeError {
  return new RangeError(
    `The cap on \`${axis}\` of pool "${path}" cannot be changed by that amount: the axis has no cap, or the cap would leave the range from 0 to ${QUANTITY_MAX} ${axis === "usd" ? "nano-dollars" : axis}; set the cap itself`,
  );
}

/** The last limits that were made; nothing writes to them. */
let lastLimits: Quantities | undefined;

/**
 * Returns the largest allowed totals: the caps, and on uncapped axes the largest integer (R1).
 * Pools that are made one after the other with the same caps share them: 144 bytes less for each.
 */
export function limitsOf(caps: CapQuantities): Quantities {
  const limits = new Totals(
    caps.tokens ?? QUANTITY_MAX,
    caps.inputTokens ?? QUANTITY_MAX,
    caps.outputTokens ?? QUANTITY_MAX,
    caps.nanoUsd ?? QUANTITY_MAX,
    caps.calls ?? QUANTITY_MAX,
  );
  if (
    lastLimits === undefined ||
    !fitsWithin(limits, NOTHING, lastLimits) ||
    !fitsWithin(lastLimits, NOTHING, limits)
  )
    lastLimits = limits;
  return lastLimits;
}

/** Converts caps to the form that callers see, with money in dollars. */
export function capsView(caps: CapQuantities): CapsView {
  const view: { [A in Axis]?: number } = {};
  for (const axis of AXES) {
    const cap = caps[FIELD_OF_AXIS[axis]];
    if (cap !== undefined) view[axis] = axis === "usd" ? toUsd(cap) : cap;
  }
  return view;
}
