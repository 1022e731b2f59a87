import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { toNanoUsd, toUsd } from "../../src/index.ts";
import type { Usd } from "../../src/index.ts";

const LARGEST = Number.MAX_SAFE_INTEGER;

/**
 * What a decimal is in nano-dollars, rounded half up, by another way: BigInt over all its digits.
 */
function byBigInt(text: string): bigint {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const shift = Number(exponent) - fraction.length + 9 + 1; // one digit below a nano-dollar
  const digits = BigInt(whole + fraction);
  const tenths = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return (tenths + 5n) / 10n;
}

describe("toNanoUsd", () => {
  it("R1 toNanoUsd rounds half up, once, at the nano-dollar", () => {
    const table: [Usd, number][] = [
      [0, 0],
      [-0, 0],
      ["0", 0],
      ["0.0", 0],
      ["00", 0],
      ["0e5", 0],
      ["0e-999", 0],
      [1e-9, 1],
      ["0.000000001", 1],
      [5e-10, 1],
      ["0.0000000005", 1],
      ["5e-10", 1],
      ["5E-10", 1],
      [4.999999e-10, 0],
      ["0.00000000049999999999999999999", 0],
      ["0.4e-9", 0],
      ["4e-10", 0],
      ["0.5e-9", 1],
      ["9e-11", 0],
      ["9e-12", 0],
      [5e-324, 0],
      ["1e+2", 100_000_000_000],
      ["12.", 12_000_000_000],
      [".25", 250_000_000],
      ["0000000000000000000000001.5", 1_500_000_000],
      [0.1 + 0.2, 300_000_000],
      [1.0000000015, 1_000_000_002],
      [0.0000012345, 1235],
      [0.0000012344999, 1234],
      [9_007_199.25, 9_007_199_250_000_000],
      ["9007199.254740991", LARGEST],
      ["9007199.2547409914", LARGEST],
    ];
    for (const [usd, nano] of table) expect(toNanoUsd(usd), `${typeof usd} ${usd}`).toBe(nano);
  });

  it("R1 toNanoUsd rejects an invalid amount of dollars, and shows it", () => {
    const bad: Usd[] = [
      -1e-9,
      -5e-324,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      9_007_199.26,
      1e300,
      "9007199.2547409915",
      "9007199.254740992",
      "9999999999999999",
      "12345678901234567890",
      "1e16",
      "1e999",
      "-1",
      "+1",
      "",
      ".",
      "e5",
      "1e",
      "1e1.5",
      "1e1000",
      "1_000",
      "$1",
      "1 ",
      "١",
    ];
    for (const usd of bad) expect(() => toNanoUsd(usd), `${typeof usd} ${usd}`).toThrow(RangeError);
    for (const usd of [null, undefined, 1n, {}, [1], true, Symbol.iterator] as never[]) {
      expect(() => toNanoUsd(usd)).toThrow(TypeError);
    }
    expect(() => toNanoUsd("x".repeat(10_000))).toThrow(
      `Expected \`usd\` to be dollars from 0 to 9007199.254740991, as a number or a decimal string, got "${"x".repeat(60)}…"`,
    );
    expect(() => toNanoUsd(-1, "--usd")).toThrow("Expected `--usd` to be");
  });

  it("R1 a number of dollars means its printed decimal, despite floating-point errors", () => {
    const anywhere = fc.double({ min: 0, max: 9_007_199, noNaN: true });
    const nearHalves = fc
      .tuple(fc.nat(2 ** 31 - 1), fc.integer({ min: 0, max: 13 }))
      .map(([digits, shift]) => Number(`${digits}5e-${shift + 1}`))
      .filter((usd) => usd < 9_000_000);
    fc.assert(
      fc.property(fc.oneof(anywhere, nearHalves), (usd) => {
        expect(BigInt(toNanoUsd(usd))).toBe(byBigInt(String(usd)));
        expect(toNanoUsd(String(usd))).toBe(toNanoUsd(usd));
      }),
      { numRuns: 20_000 },
    );
  });

  it("R1 toNanoUsd reads decimal strings of any length digit by digit", () => {
    const digits = (most: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.integer({ min: 0, max: 9 }).map(String), maxLength: most });
    const decimal = fc
      .tuple(digits(7), digits(30), fc.option(fc.integer({ min: -12, max: 3 })))
      .map(([whole, fraction, exponent]) => {
        const mantissa = `${whole}${fraction === "" ? "" : "."}${fraction}`;
        return exponent === null ? mantissa : `${mantissa}e${exponent}`;
      })
      .filter((text) => /^\.?\d/.test(text));
    fc.assert(
      fc.property(decimal, (text) => {
        const expected = byBigInt(text);
        if (expected > BigInt(LARGEST)) expect(() => toNanoUsd(text)).toThrow(RangeError);
        else expect(BigInt(toNanoUsd(text))).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
  });

  it("R1 dollars of a snapshot turn back into the same nano-dollars, below $8,388,608", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_388_607_999_999_999 }), (nano) => {
        expect(toNanoUsd(toUsd(nano))).toBe(nano);
      }),
      { numRuns: 20_000 },
    );
  });

  it("R1 toNanoUsd reads 100 KB of digits in linear time", () => {
    expect(() => toNanoUsd("9".repeat(100_000))).toThrow(RangeError);
    expect(toNanoUsd(`0.${"0".repeat(100_000)}1`)).toBe(0);
  });
});
