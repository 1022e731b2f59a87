// Parses caps and windows.

import { toNanoUsd } from "../../core/nano-usd.ts";
import { readWindow } from "../../core/window.ts";
import type { Caps } from "../../core/caps.ts";
import type { AnchoredPeriod, CalendarPeriod, WindowOption } from "../../core/window-rule.ts";
import type { PoolChange } from "../../pool/options.ts";
import { UsageError } from "../command-line.ts";
import type { Flag, ParsedArguments } from "../command-line.ts";

/** The flags of amounts. */
export const CAP_FLAGS: Readonly<Record<string, Flag>> = {
  usd: {
    value: "DOLLARS",
    help: "cap in dollars, such as 5 or 0.25; run also takes 5/day,50/month",
  },
  tokens: { value: "N", help: "cap in tokens" },
  "input-tokens": { value: "N", help: "cap in input tokens" },
  "output-tokens": { value: "N", help: "cap in output tokens" },
  calls: { value: "N", help: "cap in calls" },
};
/** The flags of windows. */
export const WINDOW_FLAGS: Readonly<Record<string, Flag>> = {
  per: {
    value: "PERIOD",
    help: "minute, hour, day, week or month: used resets to zero at the start of each",
  },
  from: {
    value: "WHEN",
    help: "when the period starts: a day (15; of a week 1 to 7), a time (06:00), or both",
  },
  "carry-over": {
    value: "LIMIT",
    help: "carry unused room into the next period, up to this many dollars, or up to one cap (cap)",
  },
  "time-zone": {
    value: "ZONE",
    help: "time zone of the period, such as Europe/Berlin (default: UTC)",
  },
};
/** A window, as it was typed. */
export interface Window {
  readonly window?: WindowOption;
  readonly timeZone?: string;
}
const COUNT_FLAGS = [
  ["tokens", "tokens"],
  ["input-tokens", "inputTokens"],
  ["output-tokens", "outputTokens"],
  ["calls", "calls"],
] as const;
const SIGNED = /^[+-]/;
const FROM = /^(?:(\d{1,2})(?!:))?(?:(?:^| )(\d{2}:\d{2}))?$/;
/** The calendar windows, the shortest first. */
export const PERIODS: readonly CalendarPeriod[] = ["minute", "hour", "day", "week", "month"];

/**
 * Returns the typed caps.
 * @throws {UsageError} if one is invalid.
 */
export function typedCaps(given: ParsedArguments): Caps {
  const usd = given.text("usd")?.replace(/^\$/, "");
  if (usd !== undefined) toNanoUsd(usd, "--usd");
  return { ...(usd !== undefined && { usd }), ...countsOf(given) };
}

/**
 * Returns the caps that are counts.
 * @throws {UsageError} if one is invalid.
 */
function countsOf(given: ParsedArguments): Caps {
  const counts = COUNT_FLAGS.flatMap(([flag, axis]) => {
    const text = given.text(flag);
    return text === undefined || SIGNED.test(text) ? [] : [[axis, countIn(text, flag)] as const];
  });
  return Object.fromEntries(counts);
}

/**
 * Returns the typed change of a pool: caps, amounts with a sign by which caps change, and a window.
 * Without a time zone, that of the pool stays.
 *
 * @throws {UsageError | RangeError} if it is invalid.
 */
export function changeOf(given: ParsedArguments, timeZone?: string): PoolChange {
  const usd = given.text("usd");
  const isBy = usd !== undefined && SIGNED.test(usd);
  const by: Record<string, number | string> = Object.fromEntries(
    COUNT_FLAGS.flatMap(([flag, axis]) => {
      const text = given.text(flag);
      if (text === undefined || !SIGNED.test(text)) return [];
      const size = countIn(text.slice(1), flag);
      return [[axis, text.startsWith("-") ? -size : size] as const];
    }),
  );
  if (isBy) {
    const size = usd.slice(1).replace(/^\$/, "");
    toNanoUsd(size, "--usd");
    by["usd"] = usd.startsWith("-") ? `-${size}` : size;
  }
  const caps = isBy ? countsOf(given) : typedCaps(given);
  const window = typedWindow(given);
  const zone = window.window === undefined || window.timeZone !== undefined ? undefined : timeZone;
  return {
    ...(Object.keys(caps).length > 0 && { caps }),
    ...(Object.keys(by).length > 0 && { by }),
    ...window,
    ...(zone !== undefined && { timeZone: zone }),
  };
}

/** Returns the lower cap of two, on every axis. */
export function lowestOf(one: Caps, other: Caps): Caps {
  const lowest: Record<string, number | string> = { ...one };
  for (const [axis, cap] of Object.entries(other)) {
    const present = lowest[axis];
    if (present === undefined || Number(cap) < Number(present)) lowest[axis] = cap;
  }
  return lowest;
}

/**
 * Returns the typed window.
 * @throws {UsageError} if it is invalid.
 */
export function typedWindow(given: ParsedArguments): Window {
  const per = given.text("per");
  const from = given.text("from");
  const carryOver = given.text("carry-over");
  const timeZone = given.text("time-zone");
  if (per === undefined) {
    if (timeZone === undefined && from === undefined && carryOver === undefined) return {};
    const flag =
      timeZone === undefined ? (from === undefined ? "--carry-over" : "--from") : "--time-zone";
    throw new UsageError(`${flag} goes with --per day, week or month`);
  }
  const period = PERIODS.find((each) => each === per);
  if (period === undefined)
    throw new UsageError(`Expected --per to be one of ${PERIODS.join(", ")}, got "${per}"`);
  const anchored = from === undefined ? period : anchoredAt(period, from);
  const window = carryOver === undefined ? anchored : carrying(anchored, carryOver);
  readWindow(window, timeZone);
  return { window, ...(timeZone !== undefined && { timeZone }) };
}

/** Parses a start later than the calendar's: `15`, `06:00` or `15 06:00`. */
function anchoredAt(every: CalendarPeriod, from: string): AnchoredPeriod {
  if (every === "minute" || every === "hour")
    throw new UsageError("--from goes with --per day, week or month");
  const [, day, time] = FROM.exec(from) ?? [];
  if (day === undefined && time === undefined)
    throw new UsageError(
      `Expected --from to be a day, a time or both, such as 15, 06:00 or "15 06:00", got "${from}"`,
    );
  return {
    every,
    ...(day !== undefined && { on: Number(day) }),
    ...(time !== undefined && { at: time }),
  };
}

/** Parses a carry-over: up to one cap, or up to an amount of dollars. */
function carrying(window: CalendarPeriod | AnchoredPeriod, limit: string): WindowOption {
  const given = typeof window === "string" ? { every: window } : window;
  const { every } = given;
  if (every === "minute" || every === "hour")
    throw new UsageError("--carry-over goes with --per day, week or month");
  const usd = limit.replace(/^\$/, "");
  if (limit !== "cap") toNanoUsd(usd, "--carry-over");
  return { ...given, every, carryOver: limit === "cap" ? true : { upTo: { usd } } };
}

function countIn(text: string, flag: string): number {
  const count = Number(text.replaceAll("_", ""));
  if (Number.isSafeInteger(count) && count >= 0 && text.trim() !== "") return count;
  throw new UsageError(`Expected --${flag} to be a whole number, got "${text}"`);
}
