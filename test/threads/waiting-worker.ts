// A thread of waiting.test.ts that has nothing to do but to wait for room.

import { parentPort, workerData } from "node:worker_threads";

import { SharedBudgetPool } from "../../src/threads/index.ts";
import type { SharedBudgetHandle } from "../../src/threads/index.ts";

const pool = SharedBudgetPool.attach(workerData as SharedBudgetHandle);
const admitted = pool.reserveWhenFree({ tokens: 8 });
parentPort?.postMessage("waiting", []);
const reservation = await admitted;
reservation.commit({ tokens: 5 });
