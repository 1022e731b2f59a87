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

const STEPS: readonly SliceStep[] = [
  ...[0, 1].flatMap((slice): SliceStep[] => [
    { do: "ask", slice, ask: tokens(6) },
    { do: "settle", slice, used: 0.5 },
    ...(["arrives", "is lost", "answer is lost"] as const).map((fate): SliceStep => ({
      do: "draw",
      slice,
      target: tokens(4),
      isRecalled: false,
      fate,
    })),
    { do: "crash", slice },
  ]),
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
