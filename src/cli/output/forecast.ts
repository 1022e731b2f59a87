// How long a budget lasts at a rate.

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_HOURS = 24;
/** A longer time counts as unlimited. */
const DAYS_MAX = 99;

/** Returns how long the remainder lasts, in milliseconds; undefined if nothing is being spent. */
export function lastsMs(left: number, spent: number, overMs: number): number | undefined {
  if (spent <= 0 || overMs <= 0) return undefined;
  return Math.max(0, Math.floor((left / spent) * overMs));
}

/** Returns a time in words, such as "3 h 10 min". */
export function inWords(ms: number): string {
  if (ms === 0) return "no time";
  const minutes = Math.floor(ms / MINUTE_MS);
  const hours = Math.floor(minutes / HOUR_MINUTES);
  const days = Math.floor(hours / DAY_HOURS);
  if (days > DAYS_MAX) return `more than ${DAYS_MAX} days`;
  if (days > 0) return `${days} d ${hours % DAY_HOURS} h`;
  if (hours > 0) return `${hours} h ${minutes % HOUR_MINUTES} min`;
  return minutes === 0 ? "less than a minute" : `${minutes} min`;
}
