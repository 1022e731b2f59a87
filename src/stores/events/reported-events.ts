// What a consumer has already reported of a pool in its current period, so that each event is
// reported once. The store keeps it as a short text per pool.

import type { Axis } from "../../core/axis.ts";

/** A period of a pool: one window, from one reset to the next. */
export interface Period {
  /** When its window began; 0 without one. */
  readonly startsAt: number;
  /** The number of the ledger entry of the last reset; 0 without one. */
  readonly reset: number;
}

/** What was reported of the latest period with a report. */
export interface Reported {
  readonly period: Period;
  /** The highest reported threshold on each axis. */
  readonly thresholds: { readonly [A in Axis]?: number };
  /** When those were reported, in times of the ledger; milliseconds since 1970. */
  readonly reportedAt: { readonly [A in Axis]?: number };
  /** The reasons of the reported refusals. */
  readonly refused: readonly string[];
}

/** A change to what was reported. */
export type ReportedChange = (reported: Reported) => Reported;

/** The value for a pool without reports. */
const NOTHING_REPORTED: Reported = {
  period: { startsAt: 0, reset: 0 },
  thresholds: {},
  reportedAt: {},
  refused: [],
};

/** Returns a negative number if the first period is earlier, and 0 if both are the same. */
export function comparePeriods(one: Period, other: Period): number {
  return one.reset - other.reset || one.startsAt - other.startsAt;
}

/**
 * Returns what was reported in a period: nothing for a later one, undefined for one that is over.
 */
export function reportedIn(reported: Reported, period: Period): Reported | undefined {
  const order = comparePeriods(reported.period, period);
  if (order === 0) return reported;
  return order < 0 ? { ...NOTHING_REPORTED, period } : undefined;
}

/** Returns the change after reporting a threshold of a period. */
export function thresholdReported(
  period: Period,
  axis: Axis,
  threshold: number,
  atMs: number,
): ReportedChange {
  return (reported) => {
    const now = reportedIn(reported, period);
    if (now === undefined) return reported;
    return {
      ...now,
      thresholds: { ...now.thresholds, [axis]: threshold },
      reportedAt: { ...now.reportedAt, [axis]: atMs },
    };
  };
}

/** Returns the change after reporting a refusal of a period. */
export function refusalReported(period: Period, reason: string): ReportedChange {
  return (reported) => {
    const now = reportedIn(reported, period);
    return now === undefined ? reported : { ...now, refused: [...now.refused, reason] };
  };
}

/** Returns the change at the start of a period. */
export function periodBegun(period: Period): ReportedChange {
  return (reported) => reportedIn(reported, period) ?? reported;
}

/** Returns what was reported as text. */
export function reportedText({ period, thresholds, reportedAt, refused }: Reported): string {
  return JSON.stringify([period.startsAt, period.reset, thresholds, refused, reportedAt]);
}

/** Parses the text of what was reported. */
export function reportedOf(text: string | undefined): Reported {
  if (text === undefined) return NOTHING_REPORTED;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by reportedText
  const [startsAt, reset, thresholds, refused, reportedAt] = JSON.parse(text) as [
    number,
    number,
    Reported["thresholds"],
    Reported["refused"],
    Reported["reportedAt"],
  ];
  return { period: { startsAt, reset }, thresholds, reportedAt, refused };
}
