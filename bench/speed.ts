// How fast the pool is: each measure beside the least that could be written by hand in its place.

import * as answers from "./contenders/answers.ts";
import * as hold from "./contenders/hold.ts";
import * as record from "./contenders/record.ts";
import { printLine, printTable } from "./print.ts";
import { measure } from "./runner.ts";
import type { Contender, Effort } from "./runner.ts";

interface Measure {
  readonly name: string;
  readonly ours: Contender["run"];
  readonly baseline: Contender["run"];
  /** The most that the ratio of the two may be; undefined for a measure that is only shown. */
  readonly atMost?: number;
}

const MEASURES: readonly Measure[] = [
  {
    name: "`record({tokens, usd})`",
    ours: record.literal(),
    baseline: record.bareLiteral(),
    atMost: 1.6,
  },
  {
    name: "the same, amounts made before",
    ours: record.prepared(),
    baseline: record.barePrepared(),
  },
  {
    name: "`record`, three levels deep",
    ours: record.deepLiteral(),
    baseline: record.bareLiteral(),
    atMost: 4,
  },
  {
    name: "the same, amounts made before",
    ours: record.deepPrepared(),
    baseline: record.barePrepared(),
  },
  {
    name: "`reserve` + `commit` at once",
    ours: hold.literal(),
    baseline: hold.bareLiteral(),
    atMost: 2,
  },
  { name: "the same, amounts made before", ours: hold.prepared(), baseline: hold.barePrepared() },
  {
    name: "`reserve` + `commit`, 64 outstanding",
    ours: hold.openLiteral(),
    baseline: hold.bareOpenLiteral(),
    atMost: 3.5,
  },
  {
    name: "the same, amounts made before",
    ours: hold.openPrepared(),
    baseline: hold.bareOpenPrepared(),
  },
  {
    name: "a refused `tryReserve`",
    ours: answers.refusal(),
    baseline: answers.bareRefusal(),
    atMost: 1.5,
  },
  {
    name: "the same, amounts made before",
    ours: answers.refusalPrepared(),
    baseline: answers.bareRefusalPrepared(),
  },
  { name: "`snapshot()`", ours: answers.snapshot(), baseline: answers.bareSnapshot(), atMost: 1.5 },
  { name: "`await pool.run(…)`", ours: answers.run(), baseline: answers.bareRun(), atMost: 1.4 },
];

/** Prints the table of ratios. */
export async function printSpeed(effort: Effort): Promise<void> {
  const contenders = MEASURES.flatMap(({ ours, baseline }, at) => [
    { name: `${at} ours`, run: ours },
    { name: `${at} baseline`, run: baseline },
  ]);
  const timings = await measure(contenders, effort);
  const nothing = { min: Number.NaN, median: Number.NaN };
  const rows = MEASURES.map(({ name, atMost }, at) => {
    const ours = timings.get(`${at} ours`) ?? nothing;
    const baseline = timings.get(`${at} baseline`) ?? nothing;
    const ratio = ours.min / baseline.min;
    return [
      name,
      ours.min.toFixed(1),
      baseline.min.toFixed(1),
      ratio.toFixed(2),
      atMost === undefined ? "" : `${atMost}`,
      atMost === undefined ? "" : ratio <= atMost ? "ok" : "over",
      `${ours.median.toFixed(1)} / ${baseline.median.toFixed(1)}`,
    ];
  });
  printTable(["measure", "ours ns", "baseline ns", "ratio", "at most", "", "medians ns"], rows);
  printLine(`\nMinimums of ${effort.rounds} rounds and their ratio; medians beside them.`);
}

if (import.meta.main) await printSpeed({ rounds: 15, roundMs: 3 });
