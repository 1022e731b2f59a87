// A worker: does one round after another of whatever it is told, and says how many operations it did, and when.

// oxlint-disable unicorn/require-post-message-target-origin -- messages between threads have no origin

import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { SharedBudgetPool } from "../../dist/threads/index.js";
import type { SharedBudgetHandle } from "../../dist/threads/index.js";
import {
  askBroker,
  bareAdd,
  mutexHold,
  mutexRecord,
  sharedHold,
  sharedRecord,
} from "./contenders.ts";
import type { Run } from "./contenders.ts";
import { Gate } from "./gate.ts";
import { MutexedCounters } from "./mutex.ts";

/** What can be told to do. */
export type ContenderName =
  | "bareAdd"
  | "mutexRecord"
  | "sharedRecord"
  | "mutexHold"
  | "sharedHold"
  | "brokerOne"
  | "brokerMany";

/** What a worker is handed. */
export interface WorkerData {
  readonly gate: SharedArrayBuffer;
  readonly added: SharedArrayBuffer;
  readonly mutexRecord: SharedArrayBuffer;
  readonly mutexHold: SharedArrayBuffer;
  readonly sharedRecord: SharedBudgetHandle;
  readonly sharedHold: SharedBudgetHandle;
  readonly broker: MessagePort;
}

/** What a worker is told. */
export interface Task {
  readonly name: ContenderName;
  /** How many workers take part in the round. */
  readonly workers: number;
}

/** What a worker answers. */
export interface Done {
  readonly operations: number;
  /** How long it had a core. */
  readonly busyNs: number;
  /** By the clock that all threads share. */
  readonly startedAtNs: bigint;
  readonly endedAtNs: bigint;
}

const OUTSTANDING = 64;

const data: WorkerData = workerData;
const gate = new Gate(data.gate);
const runs: Readonly<Record<ContenderName, Run>> = {
  bareAdd: bareAdd(new Int32Array(data.added)),
  mutexRecord: mutexRecord(new MutexedCounters(data.mutexRecord)),
  sharedRecord: sharedRecord(SharedBudgetPool.attach(data.sharedRecord)),
  mutexHold: mutexHold(new MutexedCounters(data.mutexHold)),
  sharedHold: sharedHold(SharedBudgetPool.attach(data.sharedHold)),
  brokerOne: askBroker(data.broker, 1),
  brokerMany: askBroker(data.broker, OUTSTANDING),
};

async function work({ name, workers }: Task): Promise<void> {
  gate.pass(workers);
  const busyBefore = process.threadCpuUsage();
  const startedAtNs = process.hrtime.bigint();
  const operations = await runs[name](gate.stopped);
  const endedAtNs = process.hrtime.bigint();
  const { user, system } = process.threadCpuUsage(busyBefore);
  const done: Done = { operations, busyNs: (user + system) * 1000, startedAtNs, endedAtNs };
  parentPort?.postMessage(done);
}

// What goes wrong ends the worker, and is told to the thread that made it.
parentPort?.on("message", (task: Task) => void work(task));
parentPort?.postMessage("ready");
