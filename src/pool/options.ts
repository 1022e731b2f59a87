// The options of pools, and how they are read.

import { capsView, changeCaps, readCaps, readDifference } from "../core/caps.ts";
import type {
  CapQuantities,
  CapQuantitiesChange,
  Caps,
  CapsChange,
  CapsDifference,
} from "../core/caps.ts";
import type { Clock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import type { OveragePolicy, PoolSettings } from "../core/pool-state.ts";
import { asGiven, optional, optionalFunction, readOptions } from "../core/read-options.ts";
import type { OptionTable, TableFor } from "../core/read-options.ts";
import { readThresholds } from "../core/thresholds.ts";
import type { ThresholdEvent } from "../core/thresholds.ts";
import { readWindow } from "../core/window.ts";
import type { WindowOption, WindowRule } from "../core/window-rule.ts";

/** Options of `child`. */
export interface ChildPoolOptions {
  /**
   * The most that the pool may hold on each axis.
   *
   * @default no caps, a counter
   */
  readonly caps?: Caps | undefined;
  /**
   * What happens to a commit that goes over a cap.
   *
   * @default the parent's policy, and at the root `"throw"`
   */
  readonly overage?: OveragePolicy | undefined;
  /**
   * The period after which used starts at zero.
   *
   * @default none, used never resets by itself
   */
  readonly window?: WindowOption | undefined;
  /**
   * The IANA time zone of a calendar window.
   *
   * @default `"UTC"`
   */
  readonly timeZone?: string | undefined;
  /**
   * Fractions of each cap at which `onThreshold` is called, such as `[0.5, 0.8, 1]`.
   *
   * @default none
   */
  readonly thresholds?: readonly number[] | undefined;
  /**
   * Called when used reaches a threshold: once per crossing and window, on each axis, after the
   * books are up to date. Errors of the listener are dropped.
   *
   * @default none, nothing is called
   */
  readonly onThreshold?: ((event: ThresholdEvent) => unknown) | undefined;
}

/** Options of `new BudgetPool`. */
export interface BudgetPoolOptions extends ChildPoolOptions {
  /**
   * The name that paths begin with: 1 to 128 characters without `/`.
   *
   * @default `"budget"`
   */
  readonly name?: string | undefined;
  /**
   * The source of time.
   *
   * @default the system's clock
   */
  readonly clock?: Clock | undefined;
}

/** A change for `configure`; an omitted setting does not change. */
export interface PoolChange {
  /**
   * Caps to raise, lower, set, or remove (`null`), by axis.
   *
   * @default they do not change
   */
  readonly caps?: CapsChange | undefined;
  /**
   * Amounts by which caps are raised, or lowered if negative, by axis, after `caps`: of two
   * concurrent changes, both count. An axis without a cap is a `RangeError`.
   *
   * @default no difference
   */
  readonly by?: CapsDifference | undefined;
  /** @default it stays as it is */
  readonly overage?: OveragePolicy | undefined;
  /**
   * A new window, or `null` for none. Used counts in its current period.
   *
   * @default it does not change
   */
  readonly window?: WindowOption | null | undefined;
  /**
   * The time zone of the calendar window in the same call.
   *
   * @default `"UTC"`
   */
  readonly timeZone?: string | undefined;
}

const POLICIES: readonly OveragePolicy[] = ["throw", "allow", "reject"];

/** The options of a child pool after reading. */
interface ReadChildOptions extends PoolOptionsAsGiven {
  readonly caps: PoolSettings["caps"];
  readonly overage: OveragePolicy | undefined;
  readonly thresholds: readonly number[];
}
type PoolOptionsAsGiven = Required<
  Pick<BudgetPoolOptions, "window" | "timeZone" | "onThreshold" | "name" | "clock">
>;

const NO_THRESHOLDS: readonly number[] = [];

/** The options of a child pool. */
export const CHILD_OPTIONS: OptionTable<ChildPoolOptions, ReadChildOptions> = {
  caps: (caps) => (caps === undefined ? {} : changeCaps({}, readCaps(caps, true))),
  overage: optional(readOverage),
  window: asGiven,
  timeZone: asGiven,
  thresholds: (thresholds) =>
    thresholds === undefined ? NO_THRESHOLDS : readThresholds(thresholds),
  onThreshold: optionalFunction,
};
/** The options of a root pool. Its name is read where its path is created. */
export const ROOT_OPTIONS: OptionTable<BudgetPoolOptions, ReadChildOptions> = {
  ...CHILD_OPTIONS,
  name: asGiven,
  clock: optional(readClockOption),
};
const CHANGE = {
  caps: optional((caps: CapsChange) => readCaps(caps, false)),
  by: optional(readDifference),
  overage: optional(readOverage),
  window: asGiven<WindowOption | null>,
  timeZone: asGiven<string>,
} satisfies TableFor<PoolChange>;

/**
 * Reads the settings of a root pool.
 * @throws {TypeError | RangeError} on the first invalid option.
 */
export function readRootSettings(options: BudgetPoolOptions): PoolSettings {
  return settingsOf(readOptions(options, ROOT_OPTIONS));
}

/**
 * Reads a clock.
 * @throws {TypeError} if it lacks a method.
 */
export function readClockOption(clock: Clock): Clock {
  if (typeof clock?.now === "function" && typeof clock.schedule === "function") return clock;
  throw new TypeError(
    `Expected \`clock\` to be an object with now() and schedule(), got ${describe(clock)}`,
  );
}

/**
 * Reads the settings of a child pool.
 * @throws {TypeError | RangeError} on the first invalid option.
 */
export function readChildSettings(options: ChildPoolOptions): PoolSettings {
  return settingsOf(readOptions(options, CHILD_OPTIONS));
}

function settingsOf(options: Omit<ReadChildOptions, "name" | "clock">): PoolSettings {
  const { caps, overage, window, timeZone, thresholds } = options;
  if (window === undefined && timeZone !== undefined) throw timeZoneAlone();
  return {
    caps,
    overage,
    window: window === undefined ? undefined : readWindow(window, timeZone),
    thresholds,
  };
}

/**
 * A change after reading: an omitted setting does not change; `window: null` removes the window.
 */
export interface ReadChange {
  readonly caps?: CapQuantitiesChange;
  readonly by?: CapQuantities;
  readonly overage?: OveragePolicy;
  readonly window?: WindowRule | null;
}

/**
 * Reads a change of settings.
 * @throws {TypeError | RangeError} if a setting is invalid.
 */
export function readChange(change: PoolChange): ReadChange {
  const { caps, by, overage, window, timeZone } = readOptions(change, CHANGE);
  if (timeZone !== undefined && (window === undefined || window === null)) throw timeZoneAlone();
  return {
    ...(caps !== undefined && { caps }),
    ...(by !== undefined && { by }),
    ...(overage !== undefined && { overage }),
    ...(window !== undefined && { window: window === null ? null : readWindow(window, timeZone) }),
  };
}

/**
 * Returns settings as one line of text: equal for equal settings, and readable in an error message.
 */
export function settingsText(
  settings: Omit<PoolSettings, "thresholds"> & Partial<PoolSettings>,
): string {
  const { caps, overage, window, thresholds } = settings;
  const windowText = window?.kind === "calendar" ? calendarData(window) : window;
  return JSON.stringify({
    caps: capsView(caps),
    overage,
    window: windowText,
    thresholds,
  });
}

/** Returns a calendar window as data, without its defaults. */
export function calendarData({
  period,
  timeZone,
  offsetMs,
  carry,
}: Extract<WindowRule, { kind: "calendar" }>): object {
  return { period, timeZone, ...(offsetMs !== 0 && { offsetMs }), carry };
}

/**
 * Reads an overage policy.
 * @throws {RangeError} if it is invalid.
 */
export function readOverage(overage: OveragePolicy): OveragePolicy {
  if (POLICIES.includes(overage)) return overage;
  throw new RangeError(
    `Expected \`overage\` to be one of ${POLICIES.join(", ")}, got ${describe(overage)}`,
  );
}

function timeZoneAlone(): TypeError {
  return new TypeError(
    '`timeZone` goes with a calendar `window`, such as { window: "day", timeZone: "Europe/Berlin" }',
  );
}
