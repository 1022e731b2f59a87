// The form of the price tables. They are data, made by scripts/generate-prices.ts.

import type { Rates, ServiceMultipliers } from "./rates.ts";

/**
 * Which names are those of a model: `=name`, `^beginning`, `$end`, `*part`, `~regular expression`,
 * without regard to case (but in a regular expression); an array is for all of several.
 */
export type NameMatch = string | readonly NameMatch[];

/** What a model costs from a day on, or at a time of day (UTC). */
export interface DatedRates {
  /** The first day, or the first instant; from the beginning when it is left out. */
  readonly from?: string;
  /** From when to when every day, in seconds since midnight; over midnight if the end is less. */
  readonly daily?: readonly [number, number];
  readonly rates: Rates;
}

/** One model of a provider. */
export interface ModelRow {
  readonly id: string;
  /** Any of these. */
  readonly names: readonly NameMatch[];
  /** How many tokens fit into a request. */
  readonly context?: number;
  /** How many tokens one answer has at the most. */
  readonly outputMax?: number;
  /** What differs from the multipliers of the provider. */
  readonly multipliers?: Partial<ServiceMultipliers>;
  /** In the order in which they came to be; the last that is in force counts. */
  readonly prices: readonly DatedRates[];
}

/** The models of a provider; the first whose name fits is the one. */
export interface ProviderTable {
  readonly id: string;
  readonly name: string;
  /** Other names that it goes by. */
  readonly aliases: readonly string[];
  /** Names of models that are this provider's, where nobody says whose they are. */
  readonly names: readonly NameMatch[];
  /** Providers whose models it serves at their prices, besides its own. */
  readonly serves: readonly string[];
  /** The pages that the prices are from. */
  readonly sources: readonly string[];
  readonly multipliers: Partial<ServiceMultipliers>;
  readonly models: readonly ModelRow[];
}

/** Whether a name is meant by any of some matches. */
export function isMeant(matches: readonly NameMatch[], name: string): boolean {
  return matches.some((match) => fits(match, name));
}

function fits(match: NameMatch, name: string): boolean {
  if (typeof match !== "string") return match.every((each) => fits(each, name));
  const text = match.slice(1);
  const lower = name.toLowerCase();
  switch (match[0]) {
    case "=":
      return lower === text.toLowerCase();
    case "^":
      return lower.startsWith(text.toLowerCase());
    case "$":
      return lower.endsWith(text.toLowerCase());
    case "*":
      return lower.includes(text.toLowerCase());
    default:
      return new RegExp(text).test(name);
  }
}

/** The rates that are in force at an instant. */
export function ratesAt({ prices }: ModelRow, atMs: number): Rates {
  const inForce = prices.findLast(({ from, daily }) => {
    if (from !== undefined && atMs < Date.parse(from)) return false;
    return daily === undefined || isWithin(daily, atMs);
  });
  return (inForce ?? prices[0])?.rates ?? {};
}

const DAY_MS = 86_400_000;

function isWithin([start, end]: readonly [number, number], atMs: number): boolean {
  const second = (((atMs % DAY_MS) + DAY_MS) % DAY_MS) / 1000;
  return end < start ? second >= start || second < end : second >= start && second < end;
}
