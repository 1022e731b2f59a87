// Local time in an IANA time zone, from the runtime's time zone data (Intl). A local time is
// written as the milliseconds at which UTC shows the same date and time ("local milliseconds").

import { describe } from "./describe.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A time zone: its name, and its offset from UTC at an instant. */
export interface TimeZone {
  readonly name: string;
  /** Local time minus UTC at an instant, in milliseconds. */
  offsetMsAt(instantMs: number): number;
}

export const UTC: TimeZone = { name: "UTC", offsetMsAt: () => 0 };

/** More than the number of zones, because their names can be written in many ways. */
const ZONES_MAX = 1000;
const zones = new Map<string, TimeZone>();

/**
 * Returns the time zone of an IANA name. Zones are cached, because creating one is slow.
 *
 * @throws {TypeError} if it is not a string.
 * @throws {RangeError} if the runtime does not know the zone.
 */
export function readTimeZone(name: string): TimeZone {
  if (typeof name !== "string") {
    throw new TypeError(`Expected \`timeZone\` to be a string, got ${describe(name)}`);
  }
  if (name.toUpperCase() === "UTC") return UTC;
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = makeZone(name);
    if (zones.size >= ZONES_MAX) zones.clear();
    zones.set(name, zone);
  }
  return zone;
}

function makeZone(name: string): TimeZone {
  const format = dateTimeFormat(name);
  return {
    name,
    offsetMsAt(instantMs: number): number {
      return localMsShownBy(format, instantMs) - floorToSecond(instantMs);
    },
  };
}

/**
 * Returns the first instant at which the zone's clocks show `localMs` or later: in a gap the moment
 * of the change, and for a repeated local time the first one.
 */
export function instantOf(zone: TimeZone, localMs: number): number {
  // Offsets are less than a day, and no zone changes its clocks twice within two days of a local
  // time.
  const before = zone.offsetMsAt(localMs - DAY_MS);
  const after = zone.offsetMsAt(localMs + DAY_MS);
  // The first of two repeated local times has the offset from before the change.
  for (const instantMs of [localMs - before, localMs - after]) {
    if (instantMs + zone.offsetMsAt(instantMs) === localMs) return instantMs;
  }
  return firstInstant(
    localMs - after,
    localMs - before,
    (instantMs) => instantMs + zone.offsetMsAt(instantMs) >= localMs,
  );
}

/**
 * Returns the first whole millisecond in (`notYetMs`, `byThenMs`] at which `holds`, which stays
 * true once it is.
 */
export function firstInstant(
  notYetMs: number,
  byThenMs: number,
  holds: (instantMs: number) => boolean,
): number {
  let low = notYetMs;
  let high = byThenMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function dateTimeFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new RangeError(
      `Expected \`timeZone\` to be an IANA time zone such as "Europe/Berlin", got ${describe(timeZone)}`,
      { cause },
    );
  }
}

function localMsShownBy(format: Intl.DateTimeFormat, instantMs: number): number {
  const shown: { [type: string]: string } = {};
  for (const part of format.formatToParts(instantMs)) shown[part.type] = part.value;
  const yearOfEra = Number(shown["year"]);
  const local = new Date(0);
  local.setUTCFullYear(
    shown["era"] === "BC" ? 1 - yearOfEra : yearOfEra,
    Number(shown["month"]) - 1,
    Number(shown["day"]),
  );
  return local.setUTCHours(Number(shown["hour"]), Number(shown["minute"]), Number(shown["second"]));
}

function floorToSecond(instantMs: number): number {
  return Math.floor(instantMs / 1000) * 1000;
}
