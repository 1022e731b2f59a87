// Formats figures.

import type { PoolView } from "../../api/pool-views.ts";

const USD = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const SMALL_USD = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  maximumSignificantDigits: 3,
});
const COUNT = new Intl.NumberFormat("en-US");
const SHORT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DATE_TIME = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export type Axis = "usd" | "tokens" | "inputTokens" | "outputTokens" | "calls";
export const AXES: readonly Axis[] = ["usd", "tokens", "inputTokens", "outputTokens", "calls"];
export const AXIS_NAMES: Readonly<Record<Axis, string>> = {
  usd: "Dollars",
  tokens: "Tokens",
  inputTokens: "Input tokens",
  outputTokens: "Output tokens",
  calls: "Calls",
};

/** Dollars: cents, and more digits where cents would hide them. */
export function usd(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01 ? SMALL_USD.format(value) : USD.format(value);
}

/** An amount on an axis. */
export function onAxis(value: number, axis: Axis): string {
  if (axis === "usd") return usd(value);
  return Math.abs(value) < 100_000 ? COUNT.format(value) : SHORT.format(value);
}

/** Returns an amount on an axis, with its unit. */
export function withUnit(value: number, axis: Axis): string {
  return axis === "usd" ? usd(value) : `${onAxis(value, axis)} ${AXIS_NAMES[axis].toLowerCase()}`;
}

export function count(value: number): string {
  return COUNT.format(value);
}

/** Returns an instant: the time, with the date unless it is today. */
export function instant(at: number): string {
  return Math.abs(at - Date.now()) < DAY_MS / 2 ? TIME.format(at) : DATE_TIME.format(at);
}

export function dayAndTime(at: number): string {
  return DATE_TIME.format(at);
}

/** Returns a duration for use after "the last": "hour", "5 min". */
export function stretch(ms: number): string {
  if (ms === HOUR_MS) return "hour";
  return ms === DAY_MS ? "day" : duration(ms);
}

/** Returns a duration: "3 h 10 min", or the short form "3 h". */
export function duration(ms: number, isShort = false): string {
  if (ms < MINUTE_MS) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  if (hours < 48) return isShort || minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  if (isShort) return `${Math.floor(ms / DAY_MS)} d`;
  return `${Math.floor(ms / DAY_MS)} d ${Math.floor((ms % DAY_MS) / HOUR_MS)} h`;
}

/** Returns the main axis: dollars, or the first that has a cap or usage. */
export function mainAxis({ caps, used, reserved }: PoolView): Axis {
  const capped = AXES.find((axis) => caps[axis] !== undefined);
  return capped ?? AXES.find((axis) => used[axis] + reserved[axis] > 0) ?? "usd";
}
