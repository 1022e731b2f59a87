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
  /** For some hours of each day, in seconds since midnight; over midnight if the end is less. */
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
  /** The most tokens of one answer. */
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
  /** Names of models that are this provider's unless another is named. */
  readonly names: readonly NameMatch[];
  /** Providers whose models it serves at their prices, besides its own. */
  readonly serves: readonly string[];
  /** The pages that the prices are from. */
  readonly sources: readonly string[];
  readonly multipliers: Partial<ServiceMultipliers>;
  /** Whether names begin with whose model it is, at that maker's price. */
  readonly resells?: boolean;
  /** Whether names may end in whom it forwards to, behind a colon, at that provider's price. */
  readonly routes?: boolean;
  /** What names end in that cost nothing. */
  readonly freeSuffix?: string;
  readonly models: readonly ModelRow[];
}

/** Returns whether a name is meant by any of some matches. */
export function isMeant(matches: readonly NameMatch[], name: string): boolean {
  return matches.some((match) => fits(match, name, NOTHING_ELSE));
}

/**
 * Returns whether a name begins or contains what some matches say: whose model it is, and not
 * which.
 */
export function isLike(matches: readonly NameMatch[], name: string): boolean {
  return matches.some((match) => fits(match, name, ANYTHING));
}

/**
 * What may stand around the name of a model and not make it another one (M10): before it, whose it
 * is and where it runs; behind it, dates, versions, and words for the newest or an early one.
 * Whatever else is there makes it a model that is not known: `-fast`, `-9`, `:thinking`.
 */
const BEFORE = /^(?:.*[./:])?$/;
const DATE = String.raw`\d{8}|\d{6}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|\d{4}|\d{3}`;
const WORD = String.raw`latest|preview|exp|experimental|instruct|it|\d+b|v\d+(?:\.\d+)?(?::\d+k?)*`;
const BEHIND = new RegExp(`^(?:[-@:]?(?:${DATE}|${WORD}))*$`, "i");
/** A fine-tuned model has the name that its owner gave it behind that of the model. */
const FINE_TUNED = /^ft:|\.ft-$/;

interface Around {
  readonly before: RegExp;
  readonly behind: RegExp;
}
const NOTHING_ELSE: Around = { before: BEFORE, behind: BEHIND };
const ANYTHING: Around = { before: /^/, behind: /^/ };

function fits(match: NameMatch, name: string, { before, behind }: Around): boolean {
  if (typeof match !== "string") return match.every((each) => fits(each, name, { before, behind }));
  const text = match.slice(1).toLowerCase();
  const lower = name.toLowerCase();
  switch (match[0]) {
    case "=":
      return lower === text;
    case "^":
      if (!lower.startsWith(text)) return false;
      return FINE_TUNED.test(text) || behind.test(lower.slice(text.length));
    case "$":
      return lower.endsWith(text) && before.test(lower.slice(0, -text.length));
    case "*": {
      const at = lower.indexOf(text);
      return (
        at !== -1 && before.test(lower.slice(0, at)) && behind.test(lower.slice(at + text.length))
      );
    }
    default:
      return new RegExp(match.slice(1)).test(name);
  }
}

/**
 * Returns the rates that are in force at an instant. Where they change with the hour, those of the
 * dear hours are: providers list those and bill less in others, on days that no table has
 * (weekends, holidays), and a call that begins in a cheap hour may end in a dear one.
 */
export function ratesAt({ prices }: ModelRow, atMs: number): Rates {
  const inForce = prices.findLast(({ from }) => from === undefined || atMs >= Date.parse(from));
  return (inForce ?? prices[0])?.rates ?? {};
}
