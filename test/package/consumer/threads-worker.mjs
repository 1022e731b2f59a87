import { workerData } from "node:worker_threads";

import { SharedBudgetPool } from "token-budget/threads";

import { workOn } from "./exercise-threads.cjs";

await workOn(SharedBudgetPool, workerData);
