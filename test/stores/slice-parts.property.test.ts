// The parts of a slice that are written for speed, against the plain way to do the same.

import fc from "fast-check";
import { expect, it } from "vitest";

import { readAmount, readAmountWithDefaults } from "../../src/core/amount.ts";
import type { Amount } from "../../src/core/amount.ts";
import { add, NOTHING, plus, Quantities, Totals } from "../../src/core/quantities.ts";
import type { StoredActual } from "../../src/stores/index.ts";
import { EntrySums } from "../../src/stores/slices/entry-sums.ts";
import { readAsk, readCommit } from "../../src/stores/slices/read-actual.ts";

const HELD = new Quantities(70, 40, 30, 5_000_000, 2);

const quantity = fc.oneof(
  fc.nat(1e6),
  fc.maxSafeNat(),
  fc.constantFrom(undefined, 0, -0, -1, 1.5, Number.NaN, Infinity, 2 ** 53, null, "7", {}),
);
const dollars = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.constantFrom(undefined, "0.0036", "1e-3", "x", -0.1, 1e7, Number.NaN, null, 0.1 + 0.2),
);
const amount = fc.record(
  {
    tokens: quantity,
    inputTokens: quantity,
    outputTokens: quantity,
    usd: dollars,
    calls: quantity,
  },
  { requiredKeys: [] },
);
const strange = fc.constantFrom<unknown>(
  null,
  undefined,
  7,
  "tokens",
  [],
  [1],
  Promise.resolve(),
  { token: 5 },
  { tokens: 5, tokns: 1 },
  Object.create({ tokens: 5 }),
  Object.create({ tokens: -5 }),
  Object.create(null),
  new (class {
    get tokens(): number {
      return 3;
    }
  })(),
);

/** An amount of a class, which has an axis that is no name of its own, and may have other names. */
class Measured {
  readonly calls: number = 3;
  readonly #tokens: number;

  constructor(tokens: number, given: object) {
    this.#tokens = tokens;
    Object.assign(this, given);
  }

  get tokens(): number {
    return this.#tokens;
  }
}

function usedBy(actual: StoredActual): Quantities {
  const { tokens, inputTokens, outputTokens, nanoUsd, calls } = HELD;
  return readCommit(actual, tokens, inputTokens, outputTokens, nanoUsd, calls).used;
}

/** What reading comes to, and what it says of an amount that is invalid. */
function comesTo(read: () => Quantities): unknown {
  try {
    return plus(read(), NOTHING, 1);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : error;
  }
}

it("R1 R15 a request in a slice is read as everywhere", () => {
  fc.assert(
    fc.property(fc.oneof(amount, strange), (given) => {
      const ask = given as Amount;
      expect(comesTo(() => readAsk(ask))).toEqual(comesTo(() => readAmount(ask)));
    }),
    { numRuns: 5000 },
  );
});

it("R1 R15 amounts of a class are read as everywhere", () => {
  // Of two mistakes, a commit may report the other one.
  const other = fc.oneof(
    fc.record({ usd: dollars, inputTokens: quantity }, { requiredKeys: [] }),
    fc.record({ usd: fc.constant(1), other: fc.constant(1) }),
  );
  fc.assert(
    fc.property(fc.maxSafeNat(), other, (tokens, given) => {
      const measured = new Measured(tokens, given);
      expect(comesTo(() => readAsk(measured))).toEqual(comesTo(() => readAmount(measured)));
      expect(comesTo(() => usedBy(measured))).toEqual(
        comesTo(() => readAmountWithDefaults(measured, HELD)),
      );
    }),
    { numRuns: 2000 },
  );
});

it("R1 R4 R15 a commit in a slice is read as everywhere, with what it is about beside it", () => {
  const about = fc.record(
    { model: fc.constant("m"), label: fc.constant("l"), outcome: fc.constant("unknown" as const) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(amount, about, (given, beside) => {
      const used = given as Amount;
      const actual: StoredActual = { ...used, ...beside };
      expect(comesTo(() => usedBy(actual))).toEqual(
        comesTo(() => readAmountWithDefaults(used, HELD)),
      );
    }),
    { numRuns: 5000 },
  );
});

it("R15 sums of rows of calls are the sums of the calls", () => {
  const call = fc.record({
    kind: fc.constantFrom("commit" as const, "record" as const, "release" as const),
    tokens: fc.nat(2 ** 40),
    unknown: fc.boolean(),
    about: fc.constantFrom(
      undefined,
      { model: "one", label: undefined },
      { model: "one", label: "other" },
      { model: undefined, label: "one" },
    ),
    isReported: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
      const sums = new EntrySums();
      let expected = new Map<string, number>();
      const total = new Totals(0, 0, 0, 0, 0);
      for (const { kind, tokens, unknown, about, isReported } of calls) {
        const used = kind === "release" ? NOTHING : new Quantities(tokens, 0, 0, tokens, 1);
        sums.note(total, used, kind, unknown, about);
        add(total, used);
        const name = [about?.model, about?.label, unknown].join(" ");
        if (kind !== "release") expected.set(name, (expected.get(name) ?? 0) + tokens);
        if (!isReported) continue;
        expect(sums.size).toBe(expected.size);
        expect(tokensOf(sums, total)).toEqual(expected);
        expected = new Map();
        for (const field of ["tokens", "nanoUsd", "calls"] as const) total[field] = 0;
      }
      expect(tokensOf(sums, total)).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

function tokensOf(sums: EntrySums, total: Quantities): Map<string, number> {
  return new Map(
    sums.take(total).map(({ amount: sum, about, unknown }) => {
      expect(sum.nanoUsd).toBe(sum.tokens);
      return [[about?.model, about?.label, unknown].join(" "), sum.tokens];
    }),
  );
}

it("R1 R15 what is no amount at all is refused by a commit in a slice as everywhere", () => {
  fc.assert(
    fc.property(strange, (given) => {
      const actual = given as StoredActual;
      expect(comesTo(() => usedBy(actual))).toEqual(
        comesTo(() => readAmountWithDefaults(actual, HELD)),
      );
    }),
    { numRuns: 200 },
  );
});
