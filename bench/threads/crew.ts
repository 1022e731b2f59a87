// The threads of the benchmark, all of them started once and kept, and what a round is.

import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import { SharedBudgetPool } from "../../dist/threads/index.js";
import { AMPLE } from "../amounts.ts";
import {
  booksOfAdditions,
  booksOfBroker,
  booksOfMutexHold,
  booksOfMutexRecord,
  booksOfSharedHold,
  booksOfSharedRecord,
  whatWasLost,
} from "./books.ts";
import type { Books } from "./books.ts";
import type { BrokerData } from "./broker.ts";
import { Gate } from "./gate.ts";
import { MutexedCounters } from "./mutex.ts";
import type { ContenderName, Done, Task, WorkerData } from "./worker.ts";

/** What came of a round. */
export interface Round {
  /** From the start of the first worker to the end of the last, for one operation of any of them. */
  readonly ns: number;
  /** How many cores the workers kept busy, on average. */
  readonly cores: number;
  /** How many operations each worker did. */
  readonly operations: readonly number[];
  /** What was lost; empty when everything was counted. */
  readonly lost: readonly string[];
}

/** Long-lived workers and the broker. */
export class Crew {
  readonly #gate: Gate;
  readonly #workers: readonly Worker[];
  readonly #broker: Worker;
  readonly #pools: readonly SharedBudgetPool[];
  readonly #books: Readonly<Record<ContenderName, Books>>;

  private constructor(
    gate: Gate,
    workers: readonly Worker[],
    broker: Worker,
    pools: readonly SharedBudgetPool[],
    books: Readonly<Record<ContenderName, Books>>,
  ) {
    this.#gate = gate;
    this.#workers = workers;
    this.#broker = broker;
    this.#pools = pools;
    this.#books = books;
  }

  /** Starts so many workers, and waits until all can begin. */
  static async start(count: number): Promise<Crew> {
    const gate = new Gate();
    const added = new SharedArrayBuffer(4);
    const mutexRecord = MutexedCounters.create();
    const mutexHold = MutexedCounters.create();
    const sharedRecord = usedSharedPool();
    const sharedHold = usedSharedPool();
    const channels = Array.from({ length: count }, () => new MessageChannel());
    const broker = startBroker({ ports: channels.map(({ port1 }) => port1) });
    const workers = channels.map(({ port2 }) =>
      startWorker({
        gate: gate.buffer,
        added,
        mutexRecord: mutexRecord.buffer,
        mutexHold: mutexHold.buffer,
        sharedRecord: sharedRecord.handle,
        sharedHold: sharedHold.handle,
        broker: port2,
      }),
    );
    await Promise.all([broker, ...workers].map((thread) => once(thread, "message")));
    const brokersBooks = booksOfBroker(broker);
    return new Crew(gate, workers, broker, [sharedRecord, sharedHold], {
      bareAdd: booksOfAdditions(new Int32Array(added)),
      mutexRecord: booksOfMutexRecord(mutexRecord),
      sharedRecord: booksOfSharedRecord(sharedRecord),
      mutexHold: booksOfMutexHold(mutexHold),
      sharedHold: booksOfSharedHold(sharedHold),
      brokerOne: brokersBooks,
      brokerMany: brokersBooks,
    });
  }

  /** Has the first of the workers do one thing for so long, and looks whether all of it was counted. */
  async round(task: Task, roundMs: number): Promise<Round> {
    const books = this.#books[task.name];
    const before = await books.read();
    this.#gate.shut();
    const answers = this.#workers.slice(0, task.workers).map((worker) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      worker.postMessage(task);
      return once(worker, "message");
    });
    this.#gate.timeRound(roundMs);
    const done: Done[] = (await Promise.all(answers)).flat();
    const operations = done.map((each) => each.operations);
    const total = operations.reduce((sum, each) => sum + each, 0);
    const startedAtNs = done.map((each) => each.startedAtNs).reduce((a, b) => (a < b ? a : b));
    const endedAtNs = done.map((each) => each.endedAtNs).reduce((a, b) => (a > b ? a : b));
    const busyNs = done.reduce((sum, each) => sum + each.busyNs, 0);
    const tookNs = Number(endedAtNs - startedAtNs);
    const lost = whatWasLost(books, before, await books.read(), total);
    return { ns: tookNs / total, cores: busyNs / tookNs, operations, lost };
  }

  /** Ends all threads. */
  async end(): Promise<void> {
    await Promise.all([this.#broker, ...this.#workers].map((thread) => thread.terminate()));
    for (const pool of this.#pools) pool.close();
  }
}

function startBroker(data: BrokerData): Worker {
  return new Worker(new URL("broker.ts", import.meta.url), {
    workerData: data,
    transferList: [...data.ports],
  });
}

function startWorker(data: WorkerData): Worker {
  return new Worker(new URL("worker.ts", import.meta.url), {
    workerData: data,
    transferList: [data.broker],
  });
}

/** A shared pool that has counted past what small integers hold, as `usedPool` has. */
function usedSharedPool(): SharedBudgetPool {
  const pool = SharedBudgetPool.create({ caps: AMPLE });
  for (let i = 0; i < 8; i++) pool.record({ tokens: 2 ** 30, usd: 0.0625 });
  return pool;
}
