// Changes of a stored pool: their options, and what the ledger records of them.

import { AXES } from "../../core/axis.ts";
import type { Axis } from "../../core/axis.ts";
import { capsView } from "../../core/caps.ts";
import type { CapQuantitiesChange } from "../../core/caps.ts";
import { describe } from "../../core/describe.ts";
import { toUsd } from "../../core/nano-usd.ts";
import { FIELD_OF_AXIS } from "../../core/quantities.ts";
import { readWord } from "../../core/word.ts";
import { readChange } from "../../pool/options.ts";
import type { PoolChange, ReadChange } from "../../pool/options.ts";
import { readAccountable } from "./attribution.ts";
import type { Accountable } from "./attribution.ts";
import type { ChangeView, EntryMetadata } from "./entry-details.ts";
import { windowText } from "./stored-settings.ts";

/** A change of a stored pool, with its actor and reason. */
export interface StoredPoolChange extends PoolChange, Accountable {
  /**
   * When `by` is reverted: a `Date`, or milliseconds since 1970. A cap that a later change sets
   * keeps its value.
   *
   * @default the change is permanent
   */
  readonly until?: number | Date | undefined;
  /**
   * 1 to 128 characters, unique within the tree of the pool: a change with the same id is applied
   * once.
   *
   * @default a new id
   */
  readonly id?: string | undefined;
}

/** A change after reading. */
export interface ReadStoredChange extends ReadChange {
  readonly until?: number;
  readonly id?: string | undefined;
  readonly about: EntryMetadata | undefined;
}

/**
 * Reads a change of settings.
 * @throws {TypeError | RangeError} if a setting is invalid.
 */
export function readStoredChange(change: StoredPoolChange): ReadStoredChange {
  if (typeof change !== "object" || change === null)
    return { ...readChange(change), about: undefined };
  const { actor, reason, until, id, ...rest } = change;
  const read = readChange(rest);
  const untilMs = until === undefined ? undefined : readUntil(until);
  if (untilMs !== undefined && (read.by === undefined || Object.keys(read.by).length === 0)) {
    throw new TypeError(
      "`until` needs `by`, the amounts to take back at that time; omit `until` to keep a cap as it is set",
    );
  }
  const named = id !== undefined && { id: readWord("id", id) };
  const settings = { ...read, ...(untilMs !== undefined && { until: untilMs }) };
  return { ...settings, ...named, about: aboutChange(viewOf(settings), { actor, reason }) };
}

/**
 * Returns the metadata of a change for the ledger.
 * @throws {TypeError | RangeError} if the actor or reason is invalid.
 */
export function aboutChange(change: ChangeView, account: Accountable): EntryMetadata {
  return { details: { ...readAccountable(account)?.details, change } };
}

function viewOf({ caps, by, until, overage, window }: ReadChange & { until?: number }): ChangeView {
  return {
    ...(caps !== undefined && { caps: capsChangeView(caps) }),
    ...(by !== undefined && { by: capsView(by) }),
    ...(until !== undefined && { until }),
    ...(overage !== undefined && { overage }),
    ...(window !== undefined && { window: window === null ? null : dataOf(windowText(window)) }),
  };
}

function capsChangeView(caps: CapQuantitiesChange): { [A in Axis]?: number | null } {
  const view: { [A in Axis]?: number | null } = {};
  for (const axis of AXES) {
    const cap = caps[FIELD_OF_AXIS[axis]];
    if (cap !== undefined) view[axis] = axis === "usd" && cap !== null ? toUsd(cap) : cap;
  }
  return view;
}

function dataOf(text: string): object {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object, as windowText says
  return JSON.parse(text) as object;
}

/**
 * Reads an instant.
 * @throws {RangeError} if it is invalid.
 */
function readUntil(until: number | Date): number {
  const untilMs = until instanceof Date ? until.getTime() : until;
  if (Number.isSafeInteger(untilMs) && untilMs >= 0) return untilMs;
  throw new RangeError(
    `Expected \`until\` to be a valid Date or milliseconds since 1970, got ${describe(until)}`,
  );
}
