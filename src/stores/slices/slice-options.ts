// Options of a pool with slices.

import { oneOf, readOptions, whole } from "../../core/read-options.ts";
import type { OptionTable } from "../../core/read-options.ts";

/** Options for sharing a stored pool in slices (R15). */
export interface SliceOptions {
  /**
   * How much room to take ahead: what the process requested in so many milliseconds, from 0 to
   * 60,000. With 0, every request is a round trip; commits are not.
   * @default 1000
   */
  readonly horizonMs?: number | undefined;
  /**
   * How often settled calls are reported to the store, in milliseconds from 10 to 60,000.
   * @default 500
   */
  readonly reportMs?: number | undefined;
  /**
   * How long this process may be silent before its whole slice is booked as unknown, in
   * milliseconds from 100 to 86,400,000.
   * @default 10000
   */
  readonly leaseMs?: number | undefined;
  /**
   * What the ledger keeps: an entry for each settled call, or one for each report, model and label.
   * @default "entries"
   */
  readonly ledger?: "entries" | "sums" | undefined;
}

/** The options after reading. */
export interface ReadSliceOptions {
  readonly horizonMs: number;
  readonly reportMs: number;
  readonly leaseMs: number;
  readonly ledger: "entries" | "sums";
}

const HORIZON_MS_DEFAULT = 1000;
const REPORT_MS_DEFAULT = 500;
const LEASE_MS_DEFAULT = 10_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const SLICES: OptionTable<SliceOptions, ReadSliceOptions> = {
  horizonMs: whole(0, MINUTE_MS, HORIZON_MS_DEFAULT),
  reportMs: whole(10, MINUTE_MS, REPORT_MS_DEFAULT),
  leaseMs: whole(100, DAY_MS, LEASE_MS_DEFAULT),
  ledger: oneOf("entries", "sums"),
};

/**
 * Reads the options of slices.
 * @throws {TypeError | RangeError} if an option is invalid.
 */
export function readSliceOptions(slices: true | SliceOptions): ReadSliceOptions {
  const options = slices === true ? {} : slices;
  return readOptions(options, SLICES);
}
