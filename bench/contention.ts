// Four processes on one budget in a SQLite file: whether any of them starves.

import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { sqliteStore } from "../dist/sqlite/index.js";
import type { Durability } from "../dist/sqlite/index.js";
import { printTable } from "./print.ts";

const PROCESSES = 4;
const CONTENDER = fileURLToPath(new URL("contention-process.ts", import.meta.url));

/** What one process tells of its two seconds. */
export interface Told {
  readonly records: number;
  readonly worstMs: number;
}

/** Prints the worst wait, and how much less the slowest process did than the fastest. */
export async function printContention(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "token-budget-bench-"));
  try {
    printTable(
      [
        `SQLite, ${PROCESSES} processes for 2 s`,
        "records/s",
        "worst wait ms",
        "fairness",
        "target",
      ],
      [await contend(folder, "process crash"), await contend(folder, "power loss")],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function contend(folder: string, durability: Durability): Promise<string[]> {
  const file = join(folder, `${durability}.db`);
  const store = sqliteStore(file, { durability });
  await store.pool("bench");
  await store.close();
  const children = Array.from({ length: PROCESSES }, () => fork(CONTENDER, [file, durability]));
  await Promise.all(children.map((child) => once(child, "message")));
  const answers = children.map((child) => once(child, "message"));
  for (const child of children) child.send("go");
  const told = (await Promise.all(answers)).map(([each]): Told => each);
  const counts = told.map(({ records }) => records);
  return [
    `record, ${durability}`,
    String(Math.round(counts.reduce((sum, count) => sum + count, 0) / 2)),
    Math.max(...told.map(({ worstMs }) => worstMs)).toFixed(0),
    (Math.min(...counts) / Math.max(...counts)).toFixed(2),
    "≤ 100 ms, ≥ 0.5",
  ];
}
