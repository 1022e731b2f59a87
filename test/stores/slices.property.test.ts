// Random series of slices over books in memory: requests and answers that are lost, doubled and
// late, processes that crash, leases that end, resets, windows, caps that change, and other
// commands of the same tree between them. A failure prints its seed; SEED repeats it.

import fc from "fast-check";
import { expect, it } from "vitest";

import { quantitiesOf } from "../../src/core/quantities.ts";
import type { Quantities } from "../../src/core/quantities.ts";
import { readWindow } from "../../src/core/window.ts";
import type { Command } from "../../src/stores/index.ts";
import { PATHS, SlicePlay } from "../support/slice-play.ts";
import type { SliceStep } from "../support/slice-play.ts";

const seed = process.env["SEED"];
const runs = Number(process.env["STORE_TRACES"] ?? 1000);
const settings = { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) };

function amountsUpTo(max: number): fc.Arbitrary<Quantities> {
  return fc.tuple(...Array.from({ length: 5 }, () => fc.nat(max))).map((quantities) => {
    let axis = 0;
    return quantitiesOf(() => quantities[axis++] ?? 0);
  });
}

const cap = fc.integer({ min: 10, max: 200 });
const caps = fc.record(
  { tokens: cap, inputTokens: cap, outputTokens: cap, nanoUsd: cap, calls: cap },
  { requiredKeys: [] },
);
const slice = fc.nat(5);
const id = fc.nat(5).map((count) => `id-${count}`);
const path = fc.constantFrom(...PATHS);
const amount = amountsUpTo(12);
const fate = fc.constantFrom(
  "arrives" as const,
  "arrives" as const,
  "arrives" as const,
  "is lost" as const,
  "answer is lost" as const,
  "comes late" as const,
);

const ofOthers: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant("reserve" as const),
    path,
    id,
    ask: amount,
    leaseMs: fc.constant(1e9),
  }),
  fc.record({
    kind: fc.constant("record" as const),
    path,
    id: fc.uuid(),
    ask: amount,
    policy: fc.constant("reject" as const),
  }),
  fc.record({ kind: fc.constant("release" as const), path, id }),
);
const changes: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant("reset" as const), path, id: fc.uuid() }),
  fc.record({
    kind: fc.constant("configure" as const),
    path,
    id: fc.uuid(),
    caps: fc.option(caps, { nil: undefined }),
    window: fc.constantFrom(undefined, null, readWindow({ everyMs: 500 })),
  }),
  fc.record({
    kind: fc.constant("commit" as const),
    path,
    id,
    actual: amount,
    unknown: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("amend" as const),
    path,
    id: fc.uuid(),
    of: fc
      .tuple(fc.nat(5), fc.nat(8), fc.nat(3))
      .map(([process, made, seq]) => `p${process}-${made}.lost.${seq}`),
    actual: amount,
  }),
);

const playing: fc.Arbitrary<SliceStep> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("ask" as const), slice, ask: amount }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      slice,
      used: fc.constantFrom(0, 0.4, 1),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant("draw" as const),
      slice,
      target: fc.oneof(fc.constant(quantitiesOf(() => 0)), amountsUpTo(60)),
      isRecalled: fc.boolean(),
      fate,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("late" as const), message: fc.nat(40) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), slice }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("advance" as const),
      ms: fc.constantFrom(1, 20, 150, 1500),
    }),
  },
);
const crash = fc.record({ do: fc.constant("crash" as const), slice });
const commanded = (command: fc.Arbitrary<Command>): fc.Arbitrary<SliceStep> =>
  fc.record({ do: fc.constant("command" as const), command });

function plays(step: fc.Arbitrary<SliceStep>, isStrict: boolean): void {
  const property = fc.property(
    fc.tuple(caps, caps, caps, caps),
    fc.integer({ min: 1, max: 6 }),
    fc.array(step, { minLength: 1, maxLength: 120 }),
    (all, processes, steps) => {
      const play = new SlicePlay(all, processes, isStrict);
      for (const each of steps) play.play(each);
      play.finish();
    },
  );
  fc.assert(property, settings);
}

it("R15 I1 I2 I3 I4 slices without crashes: books are the bill, within the cap at every step", () => {
  expect.hasAssertions();
  plays(playing, true);
  plays(
    fc.oneof({ weight: 8, arbitrary: playing }, { weight: 1, arbitrary: commanded(ofOthers) }),
    true,
  );
  expect(runs).toBeGreaterThan(0);
});

it("R15 I1 I2 I3 I4 slices with crashes: books are never below the bill, and known spend is not above it", () => {
  expect.hasAssertions();
  plays(fc.oneof({ weight: 20, arbitrary: playing }, crash), true);
  expect(runs).toBeGreaterThan(0);
});

it("R15 slices with resets, windows, changed caps and amendments: every figure is the sum of its entries", () => {
  expect.hasAssertions();
  const all = fc.oneof(
    { weight: 20, arbitrary: playing },
    crash,
    { weight: 2, arbitrary: commanded(ofOthers) },
    { weight: 2, arbitrary: commanded(changes) },
  );
  plays(all, false);
  expect(runs).toBeGreaterThan(0);
});
