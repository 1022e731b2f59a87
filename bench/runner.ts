// Times contenders against each other: all of them once a round, in an order shuffled anew for every round, so that
// whatever else the machine does hits all alike.

import { randomFrom, shuffle } from "./random.ts";

/** Something to be timed. */
export interface Contender {
  readonly name: string;
  /**
   * Does the thing so many times over and answers something that depends on all of it, so that nothing is optimized
   * away. Every contender has a loop of its own in a function of its own: what the engine learns about one call site
   * (types, what to inline) is not mixed with what it learns about another's.
   */
  readonly run: (times: number) => unknown;
}

/** What a contender took, in nanoseconds for one time. */
export interface Timing {
  /** The fastest round: what the code costs when nothing else is in the way. */
  readonly min: number;
  readonly median: number;
}

/** How long to go on. */
export interface Effort {
  readonly rounds: number;
  /** How long a contender runs in one round. */
  readonly roundMs: number;
}

const WARM_UP_ROUNDS = 4;

/** Keeps a value from being optimized away. */
export const sink: { value: unknown } = { value: undefined };

/** Times the contenders; the answer has their names. */
export async function measure(
  contenders: readonly Contender[],
  effort: Effort,
): Promise<ReadonlyMap<string, Timing>> {
  const random = randomFrom(1);
  const entries = contenders.map((contender) => ({ contender, times: 64, nsOfRounds: [0] }));
  for (const entry of entries) {
    entry.nsOfRounds.length = 0;
    // oxlint-disable-next-line no-await-in-loop -- contenders take turns
    entry.times = await timesToFill(entry.contender, effort.roundMs);
  }
  for (let round = -WARM_UP_ROUNDS; round < effort.rounds; round++) {
    shuffle(entries, random);
    for (const { contender, times, nsOfRounds } of entries) {
      // oxlint-disable-next-line no-await-in-loop -- contenders take turns
      const ns = await nsOf(contender, times);
      if (round >= 0) nsOfRounds.push(ns / times);
    }
  }
  return new Map(
    entries.map(({ contender, nsOfRounds }) => {
      const sorted = nsOfRounds.toSorted((a, b) => a - b);
      const timing = { min: sorted[0] ?? 0, median: sorted[sorted.length >> 1] ?? 0 };
      return [contender.name, timing];
    }),
  );
}

/** How many times over fill a round. Optimized code is what counts, so the last of several trials decides. */
async function timesToFill(contender: Contender, roundMs: number): Promise<number> {
  let times = 64;
  for (let trial = 0; trial < 40; trial++) {
    // oxlint-disable-next-line no-await-in-loop -- each trial is built on the one before
    const ns = await nsOf(contender, times);
    if (ns >= (roundMs * 1e6) / 2 && trial >= 8) return Math.ceil((times * roundMs * 1e6) / ns);
    if (ns < (roundMs * 1e6) / 2) times *= 2;
  }
  return times;
}

async function nsOf({ run }: Contender, times: number): Promise<number> {
  const startedAt = process.hrtime.bigint();
  sink.value = run(times);
  if (sink.value instanceof Promise) sink.value = await sink.value;
  return Number(process.hrtime.bigint() - startedAt);
}
