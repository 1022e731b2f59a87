const { workerData } = require("node:worker_threads");

const { SharedBudgetPool } = require("token-budget/threads");

const { workOn } = require("./exercise-threads.cjs");

void workOn(SharedBudgetPool, workerData);
