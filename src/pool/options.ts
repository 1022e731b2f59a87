// What callers hand to pools, and how it is read.

import { capsView, changeCaps, readCaps, readDifference } from "../core/caps.ts";
import type {
  CapQuantities,
  CapQuantitiesChange,
  Caps,
  CapsChange,
  CapsDifference,
} from "../core/caps.ts";
import { checkKeys } from "../core/check-keys.ts";
import type { Clock } from "../core/clock.ts";
import { describe } from "../core/describe.ts";
import type { OveragePolicy, PoolSettings } from "../core/pool-state.ts";
import { readThresholds } from "../core/thresholds.ts";
import type { ThresholdEvent } from "../core/thresholds.ts";
import { readWindow } from "../core/window.ts";
import type { WindowOption, WindowRule } from "../core/window.ts";

/** Options of `child`. */
export interface ChildPoolOptions {
  /**
   * The most that the pool may hold on each axis.
   *
   * @default no caps, a counter
   */
  readonly caps?: Caps | undefined;
  /**
   * What becomes of a commit that goes over a cap.
   *
   * @default the parent's policy, and at the root `"throw"`
   */
  readonly overage?: OveragePolicy | undefined;
  /**
   * The period after which used starts at zero.
   *
   * @default none, used never starts over by itself
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
   * books are up to date. What it throws or rejects with is dropped.
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
   * Where the time comes from.
   *
   * @default the system's clock
   */
  readonly clock?: Clock | undefined;
}

/** A change for `configure`; a field that is omitted stays as it is. */
export interface PoolChange {
  /** Caps to raise, lower, set, or take away (`null`), by axis. */
  readonly caps?: CapsChange | undefined;
  /**
   * Amounts by which caps are raised, or lowered where negative, by axis, after `caps`: two such
   * changes at once both count. An axis without a cap is a `RangeError`.
   */
  readonly by?: CapsDifference | undefined;
  readonly overage?: OveragePolicy | undefined;
  /** Another window, or `null` for none. What is used counts in the window of now. */
  readonly window?: WindowOption | null | undefined;
  /** The time zone of the calendar window that is set in the same call. */
  readonly timeZone?: string | undefined;
}

/** The names of the options of a child pool. */
export const CHILD_KEYS = [
  "caps",
  "overage",
  "window",
  "timeZone",
  "thresholds",
  "onThreshold",
] as const;
/** The names of the options of a root pool. */
export const ROOT_KEYS: readonly string[] = [...CHILD_KEYS, "name", "clock"] as const;
const CHANGE_KEYS = ["caps", "by", "overage", "window", "timeZone"] as const;
const POLICIES: readonly OveragePolicy[] = ["throw", "allow", "reject"];

/**
 * Reads the settings of a root pool. @throws {TypeError | RangeError} on the first option that is
 * wrong.
 */
export function readRootSettings(options: BudgetPoolOptions): PoolSettings {
  checkOptions(options, ROOT_KEYS);
  checkClock(options.clock);
  return readSettings(options);
}

/** Fails unless `clock` is one, or left out. @throws {TypeError} */
export function checkClock(clock: Clock | undefined): void {
  if (
    clock !== undefined &&
    (typeof clock?.now !== "function" || typeof clock.schedule !== "function")
  ) {
    throw new TypeError(
      `Expected \`clock\` to be an object with now() and schedule(), got ${describe(clock)}`,
    );
  }
}

/** Fails unless `onThreshold` is a function, or left out. @throws {TypeError} */
export function checkListener(onThreshold: unknown): void {
  if (onThreshold === undefined || typeof onThreshold === "function") return;
  throw new TypeError(`Expected \`onThreshold\` to be a function, got ${describe(onThreshold)}`);
}

/**
 * Reads the settings of a child pool. @throws {TypeError | RangeError} on the first option that is
 * wrong.
 */
export function readChildSettings(options: ChildPoolOptions): PoolSettings {
  checkOptions(options, CHILD_KEYS);
  return readSettings(options);
}

function readSettings(options: ChildPoolOptions): PoolSettings {
  const { caps, overage, window, timeZone, thresholds, onThreshold } = options;
  checkListener(onThreshold);
  if (window === undefined && timeZone !== undefined) throw timeZoneAlone();
  return {
    caps: caps === undefined ? {} : changeCaps({}, readCaps(caps, true)),
    overage: overage === undefined ? undefined : readOverage(overage),
    window: window === undefined ? undefined : readWindow(window, timeZone),
    thresholds: thresholds === undefined ? [] : readThresholds(thresholds),
  };
}

/** A change as read: a field left out stays as it is; `window: null` takes the window away. */
export interface ReadChange {
  readonly caps?: CapQuantitiesChange;
  readonly by?: CapQuantities;
  readonly overage?: OveragePolicy;
  readonly window?: WindowRule | null;
}

/** Reads a change of settings. @throws {TypeError | RangeError} on what is wrong. */
export function readChange(change: PoolChange): ReadChange {
  checkOptions(change, CHANGE_KEYS);
  const { caps, by, overage, window, timeZone } = change;
  if (timeZone !== undefined && (window === undefined || window === null)) throw timeZoneAlone();
  return {
    ...(caps !== undefined && { caps: readCaps(caps, false) }),
    ...(by !== undefined && { by: readDifference(by) }),
    ...(overage !== undefined && { overage: readOverage(overage) }),
    ...(window !== undefined && { window: window === null ? null : readWindow(window, timeZone) }),
  };
}

/** Settings as a line of text: equal for equal settings, and readable in an error message. */
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

/** A calendar window as data, without what is as usual. */
export function calendarData({
  period,
  timeZone,
  offsetMs,
}: Extract<WindowRule, { kind: "calendar" }>): object {
  return { period, timeZone, ...(offsetMs !== 0 && { offsetMs }) };
}

/** Fails unless `options` is an object with no keys but these. @throws {TypeError} */
export function checkOptions(options: object, keys: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Expected \`options\` to be an object, got ${describe(options)}`);
  }
  checkKeys(options, keys, "options");
}

/** Reads an overage policy. @throws {RangeError} when it is none. */
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
