// A thread of termination.test.ts.

import { parentPort, workerData } from "node:worker_threads";

import { hesitateOnceIn } from "./support/hesitation.ts";
import { MortalThread } from "./support/mortal-thread.ts";
import type { MortalOrders } from "./support/mortal-thread.ts";
import { Random } from "./support/random.ts";

const orders = workerData as MortalOrders;
// Who stands still in the middle of a step is likely to be ended there.
hesitateOnceIn(12, new Random(orders.seed));
const thread = new MortalThread(orders);
parentPort?.postMessage("alive", []);
await thread.live();
