// A pool in memory judges and books in one pass, stores in two. Both must refuse the same requests
// and leave the same totals on every level.

import fc from "fast-check";
import { expect, it } from "vitest";

import { createPoolState } from "../../src/core/pool-state.ts";
import type { PoolState } from "../../src/core/pool-state.ts";
import { Quantities } from "../../src/core/quantities.ts";
import { book, bookIfFits, checkCountable, fits, hold, holdIfFits } from "../../src/core/rules.ts";

const MOST = Number.MAX_SAFE_INTEGER;
const quantity: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(5) },
  { weight: 1, arbitrary: fc.constantFrom(MOST, MOST - 1, MOST - 12, 2 ** 52) },
);
const ask: fc.Arbitrary<Quantities> = fc
  .tuple(quantity, quantity, quantity, quantity, quantity)
  .map((quantities) => new Quantities(...quantities));
const cap = fc.option(fc.constantFrom(0, 8, 20, MOST - 3, MOST), { nil: undefined });
const caps = fc.record({
  tokens: cap,
  inputTokens: cap,
  outputTokens: cap,
  nanoUsd: cap,
  calls: cap,
});

type Caps = Record<keyof Quantities, number | undefined>;

/** Three levels, from the leaf up. */
function pathWith(capsOfLevels: readonly Caps[]): readonly PoolState[] {
  const path: PoolState[] = [];
  for (const given of capsOfLevels) {
    const known = Object.fromEntries(
      Object.entries(given).filter(([, most]) => most !== undefined),
    );
    const settings = { caps: known, overage: undefined, window: undefined, thresholds: [] };
    path.unshift(createPoolState("pool", settings, path[0]));
  }
  return path;
}

/** Returns what a call answers, or the text of its error. */
function outcomeOf(call: () => boolean): boolean | string {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
}

it("R1 R2 R4 R8 one pass refuses and books as judging first does", () => {
  const request = fc.tuple(ask, fc.nat(2), fc.boolean());
  const levels = fc.tuple(caps, caps, caps);
  fc.assert(
    fc.property(levels, fc.array(request, { maxLength: 30 }), (given, requests) => {
      const short = pathWith(given);
      const long = pathWith(given);
      for (const [amount, at, isHeld] of requests) {
        const pool = long[at]!;
        const inOnePass = outcomeOf(() =>
          isHeld ? holdIfFits(short[at]!, amount) !== undefined : bookIfFits(short[at]!, amount),
        );
        const judgedFirst = outcomeOf(() => {
          if (!fits(pool, amount)) {
            checkCountable(pool, amount);
            return false;
          }
          if (isHeld) hold(pool, amount);
          else book(pool, amount);
          return true;
        });
        expect(inOnePass).toBe(judgedFirst);
        expect(short).toStrictEqual(long);
      }
    }),
    { numRuns: 2000 },
  );
});
