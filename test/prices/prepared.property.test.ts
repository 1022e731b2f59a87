// Rates that were prepared as integers cost the same, to the nano-dollar, as the decimals that they
// are made from, for every model of the book.

import fc from "fast-check";
import { expect, it } from "vitest";

import { INPUT_CLASSES, readUsage, sumOf, USAGE_CLASSES } from "../../src/core/usage.ts";
import type { UsageClass } from "../../src/core/usage.ts";
import { nanoUsdOf, unpriced } from "../../src/prices/bill.ts";
import { priceBook } from "../../src/prices/index.ts";
import { PreparedRates } from "../../src/prices/prepared.ts";
import type { Rates } from "../../src/prices/rates.ts";

const counts = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 5000 }),
  // Around the lengths at which rates change.
  fc.constantFrom(127_999, 128_000, 128_001, 199_999, 200_000, 200_001, 272_000, 272_001),
  fc.integer({ min: 0, max: 2_000_000 }),
  fc.maxSafeNat(),
);
const factors = fc.oneof(
  fc.constantFrom(1, 0.5, 0.1, 1.1, 1.25, 2, 6, 6.6, 0),
  fc.double({ min: 0, max: 10, noNaN: true }),
);
const usages = fc.record(Object.fromEntries(USAGE_CLASSES.map((name) => [name, counts])), {
  requiredKeys: [],
});

/** What usage costs by decimals; undefined where that is refused. */
function costOf(rates: Rates, usage: ReturnType<typeof readUsage>, factor: number): unknown {
  if (unpriced(rates, usage).length > 0) return undefined;
  try {
    return nanoUsdOf(rates, usage, factor);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function pricedClasses(rates: Rates): readonly UsageClass[] {
  return USAGE_CLASSES.filter((name) => unpriced(rates, readUsage({ [name]: 1 })).length === 0);
}

it("prepared rates cost what the decimals cost, for every model, class, length and factor", () => {
  for (const name of priceBook.models()) {
    const { rates } = priceBook.find(name);
    if (rates === undefined) continue;
    const prepared = new PreparedRates(rates);
    const priced = pricedClasses(rates);
    fc.assert(
      fc.property(usages, factors, (given, factor) => {
        const usage = readUsage(given);
        const inputTokens = sumOf(usage, INPUT_CLASSES);
        const found = prepared.nanoUsd(usage, inputTokens, factor);
        if (found !== undefined) expect(found).toBe(costOf(rates, usage, factor));
        const own = readUsage(Object.fromEntries(priced.map((each) => [each, given[each] ?? 0])));
        const ownInput = sumOf(own, INPUT_CLASSES);
        const cost = prepared.nanoUsd(own, ownInput, factor);
        if (cost !== undefined) expect(cost).toBe(costOf(rates, own, factor));
      }),
      { numRuns: 4 },
    );
  }
});

it("hardly any call needs decimals", () => {
  let [calls, decimals] = [0, 0];
  for (const name of priceBook.models()) {
    const { rates } = priceBook.find(name);
    if (rates === undefined) continue;
    const prepared = new PreparedRates(rates);
    for (const factor of [1, 0.5, 1.1]) {
      const usage = readUsage(
        Object.fromEntries(pricedClasses(rates).map((each) => [each, 100_000])),
      );
      const inputTokens = sumOf(usage, INPUT_CLASSES);
      const found = prepared.nanoUsd(usage, inputTokens, factor);
      calls++;
      if (found === undefined) decimals++;
      else expect(found).toBe(costOf(rates, usage, factor));
    }
  }
  // A few rates are quotients, with more digits than the sum has room for.
  expect(decimals / calls).toBeLessThan(0.02);
});

it("a price that has bounded other calls bounds the next like one that has bounded none", () => {
  const bounds = fc.record(
    {
      inputTokens: fc.integer({ min: 0, max: 400_000 }),
      outputTokens: fc.integer({ min: 0, max: 100_000 }),
      media: fc.record({ input: fc.boolean(), output: fc.boolean() }, { requiredKeys: [] }),
      cacheReadTokens: fc.integer({ min: 0, max: 300_000 }),
      cacheWrites: fc.constantFrom("none" as const, "5m" as const, "1h" as const),
    },
    { requiredKeys: ["inputTokens", "outputTokens"] },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...priceBook.models()),
      fc.array(bounds, { minLength: 1, maxLength: 8 }),
      factors,
      (name, several, factor) => {
        const used = priceBook.find(name);
        for (const bound of several) {
          const fresh = priceBook.with({}).find(name);
          const outcome = (price: typeof used): unknown => {
            try {
              return [price.ceiling(bound, { factor }), price.outputUnit(bound, { factor })];
            } catch (error) {
              return String(error);
            }
          };
          expect(outcome(used)).toEqual(outcome(fresh));
        }
      },
    ),
    { numRuns: 500 },
  );
});
