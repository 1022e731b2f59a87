const { join } = require("node:path");
const { Worker } = require("node:worker_threads");

const { SharedBudgetPool } = require("token-budget/threads");

const { exerciseThreads } = require("./exercise-threads.cjs");

const start = (workerData) => new Worker(join(__dirname, "threads-worker.cjs"), { workerData });
void exerciseThreads(SharedBudgetPool, start).then((checks) =>
  process.stdout.write(`passed ${checks} checks\n`),
);
