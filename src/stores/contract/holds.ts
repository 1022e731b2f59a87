// Open reservations as callers see them, and which of them are asked for.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { describe } from "../../core/describe.ts";
import type { Quantities } from "../../core/quantities.ts";
import { readOptions, whole } from "../../core/read-options.ts";
import type { TableFor } from "../../core/read-options.ts";

/** Which open reservations are asked for, in the order of their ids. */
export interface HoldsQuery {
  /** The pool; reservations of the pools below it count. */
  readonly path: string;
  /** Only those with an id behind this one; empty for all. */
  readonly after: string;
  readonly limit: number;
  /** Only the one with this id; empty for all. */
  readonly id: string;
}

/** An open reservation as a store returns it. */
export interface ListedHold {
  readonly id: string;
  readonly path: string;
  readonly quantities: Quantities;
  /** When its lease ends; milliseconds since 1970. */
  readonly expiresAt: number;
  /** Whether it is the slice of a process (R15). */
  readonly isSlice: boolean;
}

/** An open reservation. */
export interface OpenHold {
  /** The id of the reservation, for `endHold`. */
  readonly id: string;
  /** The path of the pool of the request; it holds in every pool above too. */
  readonly pool: string;
  readonly amount: AmountView;
  /** When its lease ends unless its process renews it; milliseconds since 1970. */
  readonly expiresAt: number;
  /** Whether it is the slice of a process, in which many calls may be held. */
  readonly isSlice: boolean;
}

/** Options of `holds`. */
export interface HoldsOptions {
  /**
   * Only reservations with an id behind this one, in the order of ids.
   *
   * @default from the first
   */
  readonly after?: string | undefined;
  /**
   * How many at most, from 1 to 1,000.
   *
   * @default 100
   */
  readonly limit?: number | undefined;
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;
const OPTIONS = {
  after: readAfter,
  limit: whole(1, LIMIT_MAX, LIMIT_DEFAULT),
} satisfies TableFor<HoldsOptions>;

/** Reads which reservations are asked for. @throws {TypeError | RangeError} on what is wrong. */
export function readHoldsOptions(options: HoldsOptions): Omit<HoldsQuery, "path" | "id"> {
  return readOptions(options, OPTIONS);
}

function readAfter(after: string = "", name: string): string {
  if (typeof after === "string") return after;
  throw new TypeError(`Expected \`${name}\` to be the id of a reservation, got ${describe(after)}`);
}

/** Shows a reservation as callers see it. */
export function openHoldOf({ id, path, quantities, expiresAt, isSlice }: ListedHold): OpenHold {
  return { id, pool: path, amount: amountView(quantities), expiresAt, isSlice };
}
