// Worker threads summarize the pages of this repository's documentation on one budget that is not
// enough for all of them. One worker is ended in the middle of its work, and what it held comes back.
// Run it: node examples/threads/main.ts

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { SharedBudgetPool } from "token-budget/threads";
import type { Job, Report } from "./summarize.ts";

const THREADS = 4;
const CAP_USD = 0.1;
const docs = join(import.meta.dirname, "..", "..", "docs");
const pages = readdirSync(docs, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md"))
  .toSorted()
  .map((path) => join(docs, path));

// The workers that this thread starts from here on are watched: when one exits, what it held is free.
const pool = SharedBudgetPool.create({ name: "docs", caps: { usd: CAP_USD } });

const crew = Array.from({ length: THREADS }, (_, index) => {
  const job: Job = {
    budget: pool.handle,
    pages: pages.filter((_page, at) => at % THREADS === index),
  };
  const worker = new Worker(new URL("summarize.ts", import.meta.url), { workerData: job });
  const reports: Report[] = [];
  worker.on("message", (report: Report) => reports.push(report));
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  return { worker, reports, exited };
});

const [victim] = crew;
victim?.worker.once("message", () => void victim.worker.terminate());
await Promise.all(crew.map(({ exited }) => exited));

for (const [index, { reports }] of crew.entries()) {
  const count = (outcome: Report["outcome"]): number =>
    reports.filter((report) => report.outcome === outcome).length;
  const ended = index === 0 ? ", then ended from outside" : "";
  print(
    `worker ${index + 1}: ${count("summarized")} summarized, ${count("refused")} refused${ended}`,
  );
}
const { used, reserved, remaining, openReservations } = pool.snapshot();
print(
  `books: $${used.usd.toFixed(6)} used in ${used.calls} calls, $${remaining.usd?.toFixed(6)} left`,
);
print(`held by nobody: ${openReservations} reservations, $${reserved.usd}`);

const told = crew.flatMap(({ reports }) => reports).map((report) => report.nanoUsd);
const nanoUsd = told.reduce((sum, each) => sum + each, 0);
// The worker that was ended may have booked one page that it could not report any more.
const unreported = Math.round(used.usd * 1e9) - nanoUsd;
print(`reported by the workers: $${(nanoUsd / 1e9).toFixed(6)}`);
if (openReservations > 0 || unreported < 0 || unreported > 20_000_000 || used.usd > CAP_USD) {
  throw new Error("The books are wrong");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
