// What a pool with slices is asked with, and how it is read.

import { describe } from "../../core/describe.ts";
import { readWhole } from "../../core/whole.ts";
import { checkOptions } from "../../pool/options.ts";

/** How a process shares a stored pool in slices (R15). */
export interface SliceOptions {
  /**
   * How much room is taken ahead: what the process has asked for in so many milliseconds, from 0
   * (none: every ask is a trip, commits are not) to 60,000. @default 1000
   */
  readonly horizonMs?: number | undefined;
  /** How late what was settled is reported to the store, from 10 to 60,000. @default 500 */
  readonly reportMs?: number | undefined;
  /**
   * After how long without a word of this process all of its slice is booked as unknown, from 100
   * to 86,400,000. @default 10000
   */
  readonly leaseMs?: number | undefined;
  /**
   * What the ledger keeps: an entry for each settled call, or one for each report, model and label.
   * @default "entries"
   */
  readonly ledger?: "entries" | "sums" | undefined;
}

/** The options as read. */
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

/** Reads the options of slices. @throws {TypeError | RangeError} on what is wrong. */
export function readSliceOptions(slices: true | SliceOptions): ReadSliceOptions {
  const options = slices === true ? {} : slices;
  checkOptions(options, ["horizonMs", "reportMs", "leaseMs", "ledger"]);
  const {
    horizonMs = HORIZON_MS_DEFAULT,
    reportMs = REPORT_MS_DEFAULT,
    leaseMs = LEASE_MS_DEFAULT,
    ledger = "entries",
  } = options;
  readWhole("horizonMs", horizonMs, 0, MINUTE_MS);
  readWhole("reportMs", reportMs, 10, MINUTE_MS);
  readWhole("leaseMs", leaseMs, 100, DAY_MS);
  if (ledger !== "entries" && ledger !== "sums") {
    throw new RangeError(`Expected \`ledger\` to be "entries" or "sums", got ${describe(ledger)}`);
  }
  return { horizonMs, reportMs, leaseMs, ledger };
}
