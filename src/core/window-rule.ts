// R7. A window, as given in an option and as read.

import type { CapQuantities, Caps } from "./caps.ts";
import type { Quantities } from "./quantities.ts";

/** A calendar period: weeks begin on Monday (ISO 8601), months on the first. */
export type CalendarPeriod = "minute" | "hour" | "day" | "week" | "month";

/**
 * A period of fixed length, counted from `anchor` (default: 1970-01-01T00:00Z) in both directions.
 */
export interface FixedPeriod {
  /** The length in milliseconds: a positive safe integer. */
  readonly everyMs: number;
  /** An instant at which a window begins: a `Date`, or milliseconds since 1970. */
  readonly anchor?: number | Date | undefined;
  /**
   * How much unused room of a period is added to the caps of the next one.
   *
   * @default nothing
   */
  readonly carryOver?: CarryOver | undefined;
}

/**
 * A calendar period with a later start: a month from the 15th, a day from 06:00, a week from
 * Sunday. Times are local, in the `timeZone` of the pool.
 *
 * @example
 *   new BudgetPool({ caps: { usd: 50 }, window: { every: "month", on: 15 } });
 *   new BudgetPool({ window: { every: "day", at: "06:00" }, timeZone: "Europe/Berlin" });
 */
export interface AnchoredPeriod {
  readonly every: "day" | "week" | "month";
  /**
   * The day on which it begins: 1 to 31 of a month (its last day if it is shorter), or 1 (Monday)
   * to 7 of a week.
   *
   * @default 1
   */
  readonly on?: number | undefined;
  /** The time of day at which it begins, from `"00:00"` to `"23:59"`. @default "00:00" */
  readonly at?: string | undefined;
  /**
   * Instead of `on` and `at`: an instant at which one of the periods begins, as a `Date` or
   * milliseconds since 1970.
   */
  readonly anchor?: number | Date | undefined;
  /**
   * How much unused room of a period is added to the caps of the next one.
   *
   * @default nothing
   */
  readonly carryOver?: CarryOver | undefined;
}

/**
 * A window that moves with the time, such as the last five hours. It moves in steps of a sixtieth
 * of its length. Usage counts for at least its length, and for at most one step more, so that no
 * more than the cap is used within the length.
 *
 * @example
 *   new BudgetPool({ caps: { usd: 5 }, window: { sliding: "5h" } });
 */
export interface SlidingPeriod {
  /**
   * The length: a number with its unit (`"30s"`, `"90m"`, `"5h"`, `"7d"`), or milliseconds; from 60
   * ms to 366 days.
   */
  readonly sliding: string | number;
}

/** The period after which used starts at zero, or the time for which usage counts. */
export type WindowOption = CalendarPeriod | AnchoredPeriod | FixedPeriod | SlidingPeriod;

/** A window as read from options: plain data, which can be sent and stored. */
export type WindowRule = PeriodRule | SlidingRule;

/** A window that ends, and with it the usage in it. */
export type PeriodRule = CalendarRule | FixedRule;

interface FixedRule {
  readonly kind: "fixed";
  readonly everyMs: number;
  readonly anchorMs: number;
  readonly carry?: CarryRule;
}

/** A calendar period, and how much later than the calendar's the windows begin. */
export interface CalendarRule {
  readonly kind: "calendar";
  readonly period: CalendarPeriod;
  readonly timeZone: string;
  readonly offsetMs: number;
  readonly carry?: CarryRule;
}

/** One window: from `startsAt` up to, not including, `endsAt`; milliseconds since 1970. */
export interface WindowSpan {
  readonly startsAt: number;
  readonly endsAt: number;
}

/**
 * What is carried from a period to the next: `true` for up to one cap on every capped axis, or the
 * maximum on each axis; nothing on an omitted axis.
 */
export type CarryOver = true | { readonly upTo: Caps };

/** The same, as read from options. */
export type CarryRule = true | CapQuantities;

/** A sliding window as read from options. */
export interface SlidingRule {
  readonly kind: "sliding";
  readonly lengthMs: number;
  readonly carry?: never;
}

/** The usage of a past part of a sliding window, or the remainder of a period (carry.ts). */
export interface WindowPart {
  /** The number of the part, counted from 1970; or the start of the period. */
  readonly at: number;
  readonly used: Quantities;
}
