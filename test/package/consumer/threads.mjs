import { Worker } from "node:worker_threads";

import { SharedBudgetPool } from "token-budget/threads";

import { exerciseThreads } from "./exercise-threads.cjs";

const start = (workerData) =>
  new Worker(new URL("./threads-worker.mjs", import.meta.url), { workerData });
process.stdout.write(`passed ${await exerciseThreads(SharedBudgetPool, start)} checks\n`);
