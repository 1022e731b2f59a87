// Local time in an IANA time zone, from the runtime's time zone data (Intl). A local time is
// written as the milliseconds at which UTC shows the same date and time ("local milliseconds").

import { describe } from "./describe.ts";

const DAY_MS = 86_400_000;

/** A time zone: its name, and its offset from UTC at an instant. */
export interface TimeZone {
  readonly name: string;
  /** Local time minus UTC at an instant, in milliseconds. */
  offsetMsAt(instantMs: number): number;
}

export const UTC: TimeZone = { name: "UTC", offsetMsAt: () => 0 };

/** More than there are zones, which can be written in many ways. */
const KEPT_MAX = 1000;
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
  return zones.get(name) ?? remember(zones, name, makeZone(name));
}

/** Keeps what took long to find, and returns it; forgets all when there is too much. */
export function remember<Found>(kept: Map<string, Found>, name: string, found: Found): Found {
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(name, found);
  return found;
}

/** The forms of an offset: `GMT`, `GMT+01:00`, in 1890 `GMT+00:53:28`. */
const OFFSET = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/;

function makeZone(name: string): TimeZone {
  const format = dateTimeFormat(name);
  return {
    name,
    offsetMsAt(instantMs: number): number {
      const [, sign, hours = 0, minutes = 0, seconds = 0] =
        OFFSET.exec(format.format(instantMs)) ?? [];
      const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
      return sign === "-" ? -ms : ms;
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
    return new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  } catch (cause) {
    throw new RangeError(
      `Expected \`timeZone\` to be an IANA time zone such as "Europe/Berlin", got ${describe(timeZone)}`,
      { cause },
    );
  }
}
