import { describe, expect, it } from "vitest";

import { firstInstant, instantOf, readTimeZone } from "../../src/core/time-zone.ts";
import { readWindow } from "../../src/core/window.ts";

describe("names that are no time zone", () => {
  it.each([
    [5, "5"],
    [null, "null"],
    [{}, "an object"],
  ])("R7 the time zone %j is rejected: not a string", (zone, shown) => {
    const error = new TypeError(`Expected \`timeZone\` to be a string, got ${shown}`);
    expect(() => Reflect.apply(readTimeZone, undefined, [zone])).toThrow(error);
    expect(() => Reflect.apply(readWindow, undefined, ["day", zone])).toThrow(error);
  });

  it.each(["", "Europe/Atlantis", "Berlin", "../etc/passwd"])(
    "R7 the time zone %j is rejected: the runtime does not know it",
    (zone) => {
      const expected = 'Expected `timeZone` to be an IANA time zone such as "Europe/Berlin"';
      const message = `${expected}, got ${JSON.stringify(zone)}`;
      expect(() => readWindow("day", zone)).toThrow(new RangeError(message));
      expect(() => readTimeZone(zone)).toThrow(
        expect.objectContaining({ cause: expect.any(RangeError) }),
      );
    },
  );
});

describe("local time", () => {
  const berlin = readTimeZone("Europe/Berlin");

  it("R7 a time zone keeps its given name and has the right offset at an instant", () => {
    expect(berlin.name).toBe("Europe/Berlin");
    expect(berlin.offsetMsAt(Date.parse("2024-03-31T00:59:59.999Z"))).toBe(3_600_000);
    expect(berlin.offsetMsAt(Date.parse("2024-03-31T01:00:00.000Z"))).toBe(7_200_000);
    expect(readTimeZone("Africa/Monrovia").offsetMsAt(-1)).toBe(-2_670_000);
  });

  it.each([
    ["the one instant that shows it", "2024-03-31T01:59:59.999", "2024-03-31T00:59:59.999Z"],
    ["the switch, in a gap", "2024-03-31T02:00:00.000", "2024-03-31T01:00:00.000Z"],
    ["the switch, late in a gap", "2024-03-31T02:59:59.999", "2024-03-31T01:00:00.000Z"],
    ["the one instant after a gap", "2024-03-31T03:00:00.001", "2024-03-31T01:00:00.001Z"],
    ["the first of two instants", "2024-10-27T02:00:00.000", "2024-10-27T00:00:00.000Z"],
    ["the first of two instants, late", "2024-10-27T02:59:59.999", "2024-10-27T00:59:59.999Z"],
    ["the one instant after a fold", "2024-10-27T03:00:00.000", "2024-10-27T02:00:00.000Z"],
  ])("R7 a local time means %s", (_meaning, local, instant) => {
    expect(instantOf(berlin, Date.parse(`${local}Z`))).toBe(Date.parse(instant));
  });

  it("R7 the first instant is found anywhere in a range, both ends of it included", () => {
    for (let first = -3; first <= 4; first++) {
      expect(firstInstant(-4, 4, (instantMs) => instantMs >= first)).toBe(first);
    }
  });
});
