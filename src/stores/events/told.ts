// What a consumer was told of a pool in its current period, so that it is told once: a short text
// for each pool, kept by the store.

import type { Axis } from "../../core/axis.ts";

/** A period of a pool: one window, from one reset to the next. */
export interface Period {
  /** When its window began; 0 without one. */
  readonly startsAt: number;
  /** The number of the ledger entry of the last reset; 0 without one. */
  readonly reset: number;
}

/** What was told of the latest period that anything was told of. */
export interface Told {
  readonly period: Period;
  /** The highest threshold on each axis. */
  readonly thresholds: { readonly [A in Axis]?: number };
  /** When those were told, by the times of the ledger; milliseconds since 1970. */
  readonly toldAt: { readonly [A in Axis]?: number };
  /** For which reasons it has refused. */
  readonly refused: readonly string[];
}

/** A change of what was told. */
export type ToldChange = (told: Told) => Told;

/** What was told of a pool of which nothing was. */
export const NOTHING_TOLD: Told = {
  period: { startsAt: 0, reset: 0 },
  thresholds: {},
  toldAt: {},
  refused: [],
};

/** Below 0 when the first period is the earlier one; 0 when they are the same. */
export function comparePeriods(one: Period, other: Period): number {
  return one.reset - other.reset || one.startsAt - other.startsAt;
}

/** What was told in a period: nothing, when it is a later one; undefined of one that is over. */
export function toldIn(told: Told, period: Period): Told | undefined {
  const order = comparePeriods(told.period, period);
  if (order === 0) return told;
  return order < 0 ? { ...NOTHING_TOLD, period } : undefined;
}

/** The change that a threshold of a period was told. */
export function thresholdTold(
  period: Period,
  axis: Axis,
  threshold: number,
  atMs: number,
): ToldChange {
  return (told) => {
    const now = toldIn(told, period);
    if (now === undefined) return told;
    return {
      ...now,
      thresholds: { ...now.thresholds, [axis]: threshold },
      toldAt: { ...now.toldAt, [axis]: atMs },
    };
  };
}

/** The change that a refusal of a period was told. */
export function refusalTold(period: Period, reason: string): ToldChange {
  return (told) => {
    const now = toldIn(told, period);
    return now === undefined ? told : { ...now, refused: [...now.refused, reason] };
  };
}

/** The change that a period has begun. */
export function periodBegun(period: Period): ToldChange {
  return (told) => toldIn(told, period) ?? told;
}

/** What was told, as text. */
export function toldText({ period, thresholds, toldAt, refused }: Told): string {
  return JSON.stringify([period.startsAt, period.reset, thresholds, refused, toldAt]);
}

/** What was told, from its text. */
export function toldOf(text: string | undefined): Told {
  if (text === undefined) return NOTHING_TOLD;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by toldText
  const [startsAt, reset, thresholds, refused, toldAt] = JSON.parse(text) as [
    number,
    number,
    Told["thresholds"],
    Told["refused"],
    Told["toldAt"],
  ];
  return { period: { startsAt, reset }, thresholds, toldAt, refused };
}
