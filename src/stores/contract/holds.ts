// Open reservations as callers see them, and the options of their list.

import { amountView } from "../../core/amount.ts";
import type { AmountView } from "../../core/amount.ts";
import { describe } from "../../core/describe.ts";
import type { Quantities } from "../../core/quantities.ts";
import { readOptions, whole } from "../../core/read-options.ts";
import type { TableFor } from "../../core/read-options.ts";

/** The open reservations to return, in the order of their ids. */
export interface HoldsQuery {
  /** The pool; reservations of the pools below it are included. */
  readonly path: string;
  /** Only reservations with an id after this one; empty for all. */
  readonly after: string;
  readonly limit: number;
  /** Only the reservation with this id; empty for all. */
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
  /** The path of the pool of the request; the amount is held in every pool above too. */
  readonly pool: string;
  readonly amount: AmountView;
  /** When its lease ends unless its process renews it; milliseconds since 1970. */
  readonly expiresAt: number;
  /** Whether it is the slice of a process, which may hold many calls. */
  readonly isSlice: boolean;
}

/** Options of `holds`. */
export interface HoldsOptions {
  /**
   * Only reservations with an id after this one, in the order of ids.
   *
   * @default from the first
   */
  readonly after?: string | undefined;
  /**
   * The most reservations to return, from 1 to 1,000.
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

/**
 * Reads the options of `holds`.
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function readHoldsOptions(options: HoldsOptions): Omit<HoldsQuery, "path" | "id"> {
  return readOptions(options, OPTIONS);
}

function readAfter(after: string = "", name: string): string {
  if (typeof after === "string") return after;
  throw new TypeError(`Expected \`${name}\` to be the id of a reservation, got ${describe(after)}`);
}

/** Converts a reservation to the form that callers see. */
export function openHoldOf({ id, path, quantities, expiresAt, isSlice }: ListedHold): OpenHold {
  return { id, pool: path, amount: amountView(quantities), expiresAt, isSlice };
}
