// A thread of torture.test.ts: waits at the gate, makes its calls, hands over what it has written
// down, and keeps what it still holds until it is let go.

import { parentPort, workerData } from "node:worker_threads";

import { SharedBudgetPool } from "../../src/threads/index.ts";
import type { SharedBudgetHandle } from "../../src/threads/index.ts";
import { hesitateOnceIn } from "./support/hesitation.ts";
import { Random } from "./support/random.ts";
import { openGate, SharedClock, TortureThread } from "./support/torture-thread.ts";
import { SHARED } from "./support/torture-tree.ts";
import type { TortureOrders } from "./support/torture-tree.ts";

const { handle, orders } = workerData as {
  readonly handle: SharedBudgetHandle;
  readonly orders: TortureOrders;
};
hesitateOnceIn(12, new Random(orders.seed));
const shared = new Int32Array(orders.shared);
const clock = new SharedClock(shared);
const root = SharedBudgetPool.attach(handle, { clock });
const thread = new TortureThread(root, clock, orders);

if (Atomics.add(shared, SHARED.arrived, 1) === orders.threads - 1) openGate(shared, SHARED.gate);
else Atomics.wait(shared, SHARED.gate, 0);
for (let call = 0; call < orders.calls; call++) thread.act();
const rows = thread.log.finish();
parentPort?.postMessage(rows, [rows.buffer]);
Atomics.wait(shared, SHARED.end, 0);
