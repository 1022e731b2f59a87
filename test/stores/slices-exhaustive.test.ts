// Every series of a few steps of two slices, with every loss: what a random series may miss.

import process from "node:process";

import { expect, it } from "vitest";

import { quantitiesOf } from "../../src/core/quantities.ts";
import type { Quantities } from "../../src/core/quantities.ts";
import { SlicePlay } from "../support/slice-play.ts";
import type { SliceStep } from "../support/slice-play.ts";

const DEPTH = Number(process.env["SLICE_DEPTH"] ?? 4);

function tokens(count: number): Quantities {
  return quantitiesOf((field) => (field === "tokens" ? count : 0));
}

function stepsOf(slice: number): readonly SliceStep[] {
  const draw = { do: "draw" as const, slice, target: tokens(4), isRecalled: false };
  return [
    { do: "ask", slice, ask: tokens(6) },
    { do: "settle", slice, used: 0.5 },
    { ...draw, fate: "arrives" },
    { ...draw, fate: "is lost" },
    { ...draw, fate: "answer is lost" },
    { do: "crash", slice },
  ];
}

const STEPS: readonly SliceStep[] = [
  ...stepsOf(0),
  ...stepsOf(1),
  { do: "late", message: 0 },
  { do: "advance", ms: 1500 },
];

it(
  `R15 I1 I2 I3 I4 hold in every series of ${DEPTH} steps of two slices`,
  { timeout: 600_000 },
  () => {
    let plays = 0;
    const playFrom = (steps: readonly SliceStep[]): void => {
      if (steps.length < DEPTH) {
        for (const step of STEPS) playFrom([...steps, step]);
        return;
      }
      const play = new SlicePlay([{ tokens: 10 }], 2, true);
      try {
        for (const step of steps) play.play(step);
        play.finish();
      } catch (cause) {
        throw new Error(JSON.stringify(steps), { cause });
      }
      plays++;
    };
    playFrom([]);
    expect(plays).toBe(STEPS.length ** DEPTH);
  },
);
