// The arguments of a pool's methods other than amounts, and how they are read.

import { readAmount, readAmountWithDefaults, readQuantity } from "../core/amount.ts";
import type { Amount } from "../core/amount.ts";
import { checkKeys } from "../core/check-keys.ts";
import { describe } from "../core/describe.ts";
import type { OveragePolicy } from "../core/pool-state.ts";
import { NOTHING } from "../core/quantities.ts";
import type { Quantities } from "../core/quantities.ts";
import { optionalFunction, readOptions } from "../core/read-options.ts";
import type { TableFor } from "../core/read-options.ts";
import { readOverage } from "./options.ts";
import type { Settlement } from "./settlement.ts";
import type { WaitOptions } from "./wait.ts";

/**
 * A request of `reserveUpTo`: `fixed + n · unit`, with the largest `n` from `min` to `max` that
 * fits.
 */
export interface GrantRequest {
  /**
   * What is needed whatever `n` is, such as the input of a call.
   *
   * @default one call
   */
  readonly fixed?: Amount | undefined;
  /** What each unit adds, such as one output token and its price. `calls` defaults to 0 here. */
  readonly unit: Amount;
  /**
   * The smallest useful `n`.
   *
   * @default 1
   */
  readonly min?: number | undefined;
  /** The largest useful `n`. */
  readonly max: number;
  /** The model to be called, for the journal of refusals of a stored pool. */
  readonly model?: string | undefined;
  /** The user or purpose of the call, for the journal of refusals of a stored pool. */
  readonly label?: string | undefined;
}

/** Options of `record`. */
export interface RecordOptions {
  /**
   * `"reject"` books nothing and throws, `"throw"` books and throws, `"allow"` books.
   *
   * @default `"reject"`
   */
  readonly overage?: OveragePolicy | undefined;
}

/** Options of `run`. */
export interface RunOptions {
  /**
   * Waits for room as `reserveWhenFree` does, instead of refusing when busy. `true` waits without
   * limit.
   *
   * @default `false`, a busy pool refuses
   */
  readonly wait?: WaitOptions | boolean | undefined;
  /**
   * Called when a commit takes a pool over a cap; an error it throws is thrown by the commit.
   *
   * @default none, nothing is called
   */
  readonly onOverage?: ((settlement: Settlement) => void) | undefined;
}

const RECORD = {
  overage: (overage: OveragePolicy = "reject") => readOverage(overage),
} satisfies TableFor<RecordOptions>;
const RUN = {
  wait: readWait,
  onOverage: optionalFunction<RunOptions["onOverage"]>,
} satisfies TableFor<RunOptions>;
/** The options of a grant, read one by one: a table of readers takes three times as long. */
const GRANT: readonly (keyof GrantRequest)[] = ["fixed", "unit", "min", "max", "model", "label"];

/** Reads the options of `record`. @throws {TypeError | RangeError} if one is invalid. */
export function readRecordOptions(options: RecordOptions): OveragePolicy {
  return readOptions(options, RECORD).overage;
}

/** The options of `run` after reading. */
interface ReadRunOptions {
  readonly wait: WaitOptions | false;
  readonly onOverage: (settlement: Settlement) => void;
}

/** Reads the options of `run`. @throws {TypeError} if one is invalid. */
export function readRunOptions(options: RunOptions | undefined): ReadRunOptions {
  if (options === undefined) return NO_WAIT;
  const { wait, onOverage = ignore } = readOptions(options, RUN);
  return { wait, onOverage };
}

function readWait(wait: RunOptions["wait"] = false): WaitOptions | false {
  if (typeof wait === "boolean") return wait && {};
  if (typeof wait === "object" && wait !== null) return wait;
  throw new TypeError(
    `Expected \`wait\` to be true or { signal, timeoutMs }, got ${describe(wait)}`,
  );
}

function ignore(): void {}
const NO_WAIT: ReadRunOptions = { wait: false, onOverage: ignore };

/** A grant request after reading. */
export interface ReadGrant {
  readonly fixed: Quantities;
  readonly unit: Quantities;
  readonly min: number;
  readonly max: number;
}

/** Reads a grant request. @throws {TypeError | RangeError} if it is invalid. */
export function readGrantRequest(request: GrantRequest): ReadGrant {
  if (typeof request !== "object" || request === null) {
    throw new TypeError(
      `Expected \`request\` to be an object such as { unit, max }, got ${describe(request)}`,
    );
  }
  checkKeys(request, GRANT, "request");
  const { fixed = {}, unit, min = 1, max } = request;
  const read: ReadGrant = {
    fixed: readAmount(fixed),
    unit: readAmountWithDefaults(unit, NOTHING),
    min: readQuantity(min, "min"),
    max: readQuantity(max, "max"),
  };
  if (read.min > read.max)
    throw new RangeError(`Expected \`min\` to be at most \`max\`, got ${min} and ${max}`);
  return read;
}
