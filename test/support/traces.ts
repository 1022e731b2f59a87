import fc from "fast-check";

import type { ModelAmount, ModelOptions, Trace, TraceCommand } from "../../src/testing/index.ts";

/** Small quantities collide with the caps often; the largest ones come near 2^53. */
const quantity = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2_000_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2 ** 51, max: 2 ** 52 }) },
);

const amount: fc.Arbitrary<ModelAmount> = fc.record(
  {
    tokens: quantity,
    inputTokens: quantity,
    outputTokens: quantity,
    nanoUsd: quantity,
    calls: fc.integer({ min: 0, max: 3 }),
  },
  { requiredKeys: [] },
);

const cap = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 2 ** 52, max: Number.MAX_SAFE_INTEGER }) },
);

const caps: fc.Arbitrary<ModelAmount> = fc.record(
  { tokens: cap, inputTokens: cap, outputTokens: cap, nanoUsd: cap, calls: cap },
  { requiredKeys: [] },
);

const overage = fc.constantFrom("throw" as const, "allow" as const, "reject" as const);
const everyMs = fc.constantFrom(10, 25, 1000);
const carry = fc.oneof(fc.constant(true as const), caps);
const slidingMs = fc.constantFrom(60, 100, 1000);
/** Long enough that parts of a sliding window end, and now and then all of it. */
const passedMs = fc.oneof(
  { weight: 4, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.nat(130) },
);

const fixedOptions: fc.Arbitrary<ModelOptions & { below: number }> = fc.record(
  {
    below: fc.nat(3),
    caps,
    overage,
    everyMs,
    carry,
  },
  { requiredKeys: ["below"] },
);

const slidingOptions: fc.Arbitrary<ModelOptions & { below: number }> = fc.record(
  {
    below: fc.nat(3),
    caps,
    overage,
    slidingMs,
  },
  { requiredKeys: ["below", "slidingMs"] },
);

const options = fc.oneof(
  { weight: 3, arbitrary: fixedOptions },
  { weight: 1, arbitrary: slidingOptions },
);

const unit = fc.record(
  { tokens: quantity, outputTokens: quantity, nanoUsd: quantity },
  { requiredKeys: [] },
);

const pool = fc.nat(7);
const hold = fc.nat(15);
const toSliding: fc.Arbitrary<TraceCommand> = fc.record({
  do: fc.constant("configure" as const),
  pool,
  caps,
  slidingMs,
});

const fixedCommand: fc.Arbitrary<TraceCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("record" as const), pool, amount }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("check" as const), pool, amount }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("reserve" as const), pool, amount }) },
  {
    weight: 1,
    arbitrary: fc
      .record({ pool, fixed: amount, unit, min: fc.nat(2), more: fc.nat(9) })
      .map(({ pool: at, fixed, unit: each, min, more }) => ({
        do: "reserve up to" as const,
        pool: at,
        fixed,
        unit: each,
        min,
        max: min + more,
      })),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("commit" as const),
      hold,
      actual: fc.option(amount, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("release" as const), hold }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const), pool }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("amend" as const), hold, actual: amount }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("configure" as const),
      pool,
      caps,
      overage: fc.option(overage, { nil: undefined }),
      everyMs: fc.option(fc.oneof(everyMs, fc.constant(null)), { nil: undefined }),
      carry: fc.option(carry, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("freeze" as const),
      pool,
      frozen: fc.oneof({ weight: 1, arbitrary: fc.constant(true) }, fc.constant(false)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("raise" as const),
      pool,
      by: fc.record(
        { tokens: fc.integer({ min: 0, max: 30 }), nanoUsd: fc.integer({ min: 0, max: 30 }) },
        { requiredKeys: [] },
      ),
      forMs: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("advance" as const), ms: passedMs }) },
);

const command = fc.oneof(
  { weight: 40, arbitrary: fixedCommand },
  { weight: 1, arbitrary: toSliding },
);

/** Random trees of up to four pools, and up to 24 commands on them. */
export const traces: fc.Arbitrary<Trace> = fc.record({
  pools: fc.array(options, { minLength: 1, maxLength: 4 }),
  commands: fc.array(command, { minLength: 1, maxLength: 24 }),
});
