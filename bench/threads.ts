// How fast threads count together: one hot pool in shared memory beside a bare atomic addition, a mutex, and a thread
// that has the pool and answers messages. See threads/crew.ts for what a round is. Something lost makes it exit with
// 1; a ratio over its target is shown as such and fails nothing, because it depends on the machine.

import { printLine, printTable } from "./print.ts";
import { randomFrom, shuffle } from "./random.ts";
import type { Effort, Timing } from "./runner.ts";
import { Crew } from "./threads/crew.ts";
import type { Round } from "./threads/crew.ts";
import type { ContenderName, Task } from "./threads/worker.ts";

const WORKERS: readonly number[] = [1, 2, 4];

const CONTENDERS: ReadonlyMap<ContenderName, string> = new Map([
  ["bareAdd", "one `Atomics.add`"],
  ["mutexRecord", "mutex around two counters"],
  ["sharedRecord", "`record({tokens, usd})`"],
  ["mutexHold", "mutex around two counters, twice"],
  ["sharedHold", "`reserve` + `commit`"],
  ["brokerOne", "broker thread, 1 outstanding"],
  ["brokerMany", "broker thread, 64 outstanding"],
]);

interface Measure {
  readonly ours: ContenderName;
  readonly baseline: ContenderName;
  readonly workers: number;
  /** The most that the ratio of ours to the baseline may be. */
  readonly atMost?: number;
  /** The other way around: the least that the ratio of the baseline to ours may be. */
  readonly atLeast?: number;
}

/** Measures without a bound are only shown. */
const MEASURES: readonly Measure[] = [
  { ours: "sharedRecord", baseline: "bareAdd", workers: 1, atMost: 2 },
  { ours: "sharedRecord", baseline: "mutexRecord", workers: 1 },
  { ours: "sharedRecord", baseline: "mutexRecord", workers: 2, atMost: 1.3 },
  { ours: "sharedRecord", baseline: "mutexRecord", workers: 4 },
  { ours: "sharedHold", baseline: "mutexHold", workers: 1, atMost: 1.5 },
  { ours: "sharedHold", baseline: "mutexHold", workers: 2, atMost: 1.5 },
  { ours: "sharedHold", baseline: "mutexHold", workers: 4 },
  { ours: "sharedRecord", baseline: "brokerOne", workers: 1, atLeast: 500 },
];

/** Of whom it is shown how workers share the work, and the cores. */
const SHARES: ReadonlySet<ContenderName> = new Set<ContenderName>([
  "bareAdd",
  "mutexRecord",
  "sharedRecord",
  "mutexHold",
  "sharedHold",
]);

const WARM_UP_ROUNDS = 2;

/** One contender with one number of workers. */
interface Entry extends Task {
  readonly rounds: Round[];
}

/** Prints the tables, and answers in how many rounds something was lost. */
export async function printThreads(effort: Effort): Promise<number> {
  const crew = await Crew.start(Math.max(...WORKERS));
  const entries = [...CONTENDERS.keys()].flatMap((name) =>
    WORKERS.map((workers): Entry => ({ name, workers, rounds: [] })),
  );
  const wrong = await timeAll(crew, entries, effort);
  await crew.end();
  printTimes(entries);
  printLine(
    `\nMinimum / median of ${effort.rounds} rounds of ${effort.roundMs} ms, from the start`,
  );
  printLine("of the first worker to the end of the last, for one operation of any of them.\n");
  printRatios(entries);
  printLine("\nRatios of the minimums with one worker, of the medians with more: in the fastest");
  printLine("round of several workers they may hardly have run at the same time.\n");
  printShares(entries);
  printLine("\nOperations of the worker that did the fewest, divided by those of the one that did");
  printLine("the most; and how many cores the workers kept busy, in the median round.\n");
  for (const line of wrong) printLine(line);
  const rounds = entries.length * (WARM_UP_ROUNDS + effort.rounds);
  printLine(`${rounds} rounds, ${wrong.length} in which something was lost`);
  return wrong.length;
}

/** Has everybody take turns, and answers what went wrong, a line for each round. */
async function timeAll(
  crew: Crew,
  entries: readonly Entry[],
  { rounds, roundMs }: Effort,
): Promise<string[]> {
  const random = randomFrom(1);
  const turns = [...entries];
  const wrong: string[] = [];
  for (let at = -WARM_UP_ROUNDS; at < rounds; at++) {
    shuffle(turns, random);
    for (const { name, workers, rounds: done } of turns) {
      const round = await crew.round({ name, workers }, roundMs);
      if (at >= 0) done.push(round);
      if (round.lost.length > 0) {
        wrong.push(`${CONTENDERS.get(name)}, ${workers} workers: ${round.lost.join("; ")}`);
      }
    }
  }
  return wrong;
}

function printTimes(entries: readonly Entry[]): void {
  const columns = ["one operation, ns"].concat(WORKERS.map((workers) => `workers: ${workers}`));
  const rows = Array.from(CONTENDERS, ([name, text]) => {
    const timings = WORKERS.map((workers) => timingOf(entries, name, workers));
    return [text].concat(
      timings.map(({ min, median }) => `${min.toFixed(1)} / ${median.toFixed(1)}`),
    );
  });
  printTable(columns, rows);
}

function printRatios(entries: readonly Entry[]): void {
  const rows = MEASURES.map(({ ours, baseline, workers, atMost, atLeast }) => {
    const oursNs = nsOf(entries, ours, workers);
    const baselineNs = nsOf(entries, baseline, workers);
    const ratio = atLeast === undefined ? oursNs / baselineNs : baselineNs / oursNs;
    const bound = atMost === undefined ? atLeast : atMost;
    const reached = atLeast === undefined ? ratio <= (atMost ?? Infinity) : ratio >= atLeast;
    return [
      `${CONTENDERS.get(ours)} : ${CONTENDERS.get(baseline)}`,
      `${workers}`,
      oursNs.toFixed(1),
      baselineNs.toFixed(1),
      ratio.toFixed(2),
      bound === undefined ? "" : `${atLeast === undefined ? "≤" : "≥"} ${bound}`,
      bound === undefined ? "" : reached ? "ok" : atLeast === undefined ? "over" : "under",
    ];
  });
  printTable(["measure", "workers", "ours ns", "baseline ns", "ratio", "target", ""], rows);
}

function printShares(entries: readonly Entry[]): void {
  const rows = entries
    .filter(({ name, workers }) => SHARES.has(name) && workers > 1)
    .map(({ name, workers, rounds }) => {
      const shares = rounds.map(({ operations }) => shareOf(operations));
      const totals = Array.from({ length: workers }, (_, worker) =>
        rounds.reduce((sum, { operations }) => sum + operations[worker]!, 0),
      );
      return [
        CONTENDERS.get(name) ?? name,
        `${workers}`,
        shareOf(totals).toFixed(2),
        medianOf(shares).toFixed(2),
        Math.min(...shares).toFixed(2),
        medianOf(rounds.map(({ cores }) => cores)).toFixed(2),
      ];
    });
  printTable(
    ["fewest : most", "workers", "all rounds", "median", "least fair", "cores busy"],
    rows,
  );
}

function shareOf(operations: readonly number[]): number {
  return Math.min(...operations) / Math.max(...operations);
}

function nsOf(entries: readonly Entry[], name: ContenderName, workers: number): number {
  const { min, median } = timingOf(entries, name, workers);
  return workers === 1 ? min : median;
}

function timingOf(entries: readonly Entry[], name: ContenderName, workers: number): Timing {
  const found = entries.find((entry) => entry.name === name && entry.workers === workers);
  const ns = found?.rounds.map((round) => round.ns) ?? [];
  return { min: Math.min(...ns), median: medianOf(ns) };
}

function medianOf(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[figures.length >> 1] ?? Number.NaN;
}

if (import.meta.main && (await printThreads({ rounds: 15, roundMs: 80 })) > 0) process.exitCode = 1;
