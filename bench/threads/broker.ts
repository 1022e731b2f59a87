// The thread that has an ordinary pool and answers the workers' messages, one port for each of them.

// oxlint-disable unicorn/require-post-message-target-origin -- messages between threads have no origin

import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import type { CallAmount } from "../amounts.ts";
import { usedPool } from "../contenders/used-pool.ts";

/** What the broker is handed. */
export interface BrokerData {
  readonly ports: readonly MessagePort[];
}

const { ports }: BrokerData = workerData;
const pool = usedPool();
for (const port of ports) {
  port.on("message", (amount: CallAmount) => port.postMessage(pool.tryRecord(amount)));
}
// Whatever comes from the thread that made this one asks for the books.
parentPort?.on("message", () => parentPort?.postMessage(pool.snapshot()));
parentPort?.postMessage("ready");
