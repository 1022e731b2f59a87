// Threads of this build against those of another one, in the same run: `npx node
// bench/threads-against.ts ../old/dist`. Alternated rounds; the median of each.

import { once } from "node:events";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

import type { SharedBudgetPool } from "../dist/threads/index.js";
import { AMPLE } from "./amounts.ts";
import { printLine, printTable } from "./print.ts";
import { sharedHold, sharedRecord } from "./threads/contenders.ts";
import { Gate } from "./threads/gate.ts";

const ROUNDS = Number(process.env["ROUNDS"] ?? 100);
const ROUND_MS = Number(process.env["ROUND_MS"] ?? 10);
/** A round in which the workers had less of their cores than that says nothing. */
const CORES_MIN = 0.9;
const WORKERS = [1, 2] as const;
const WHAT = ["record", "pair"] as const;

type Threads = { readonly SharedBudgetPool: typeof SharedBudgetPool };
interface Task {
  readonly what: (typeof WHAT)[number];
  readonly workers: number;
}

async function threadsOf(dist: string): Promise<Threads> {
  const threads: Threads = await import(pathToFileURL(resolve(dist, "threads/index.js")).href);
  return threads;
}

async function work(): Promise<void> {
  const { dist, handle, gateBuffer } = workerData;
  const pool = (await threadsOf(dist)).SharedBudgetPool.attach(handle);
  const gate = new Gate(gateBuffer);
  const runs = { record: sharedRecord(pool), pair: sharedHold(pool) };
  const round = async ({ what, workers }: Task): Promise<void> => {
    gate.pass(workers);
    const busyBefore = process.threadCpuUsage();
    const startedAt = process.hrtime.bigint();
    const operations = await runs[what](gate.stopped);
    const endedAt = process.hrtime.bigint();
    const { user, system } = process.threadCpuUsage(busyBefore);
    const busyNs = (user + system) * 1000;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    parentPort?.postMessage({ operations, startedAt, endedAt, busyNs });
  };
  parentPort?.on("message", (task: Task) => void round(task));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- likewise
  parentPort?.postMessage("ready");
}

interface Round {
  /** For one operation of any worker; undefined when they had too little of the cores. */
  readonly ns: number | undefined;
  /** Time of a processor for one operation. */
  readonly cpuNs: number;
}

/** The workers of one build, on a pool of theirs. */
class Side {
  readonly #gate = new Gate();
  readonly #pool: SharedBudgetPool;
  readonly #workers: readonly Worker[];

  private constructor(dist: string, { SharedBudgetPool: Pool }: Threads) {
    this.#pool = Pool.create({ caps: AMPLE });
    const data = { dist, handle: this.#pool.handle, gateBuffer: this.#gate.buffer };
    const file = fileURLToPath(import.meta.url);
    this.#workers = WORKERS.map(() => new Worker(file, { workerData: data }));
  }

  static async start(dist: string): Promise<Side> {
    const side = new Side(dist, await threadsOf(dist));
    await Promise.all(side.#workers.map((worker) => once(worker, "message")));
    return side;
  }

  /** What a round came to. */
  async round(task: Task): Promise<Round> {
    const before = this.#pool.snapshot().used.calls;
    this.#gate.shut();
    const answers = this.#workers.slice(0, task.workers).map((worker) => {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      worker.postMessage(task);
      return once(worker, "message");
    });
    this.#gate.timeRound(ROUND_MS);
    const done = (await Promise.all(answers)).flat();
    const operations = done.reduce((sum, each) => sum + each.operations, 0);
    const { used, openReservations } = this.#pool.snapshot();
    if (used.calls - before !== operations || openReservations !== 0)
      throw new Error(`${operations} operations, ${used.calls - before} counted`);
    const times = done.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).map(Number);
    const tookNs = Math.max(...times) - Math.min(...times);
    const busyNs = done.reduce((sum, each) => sum + each.busyNs, 0);
    const isWhole = busyNs >= CORES_MIN * task.workers * tookNs;
    return { ns: isWhole ? tookNs / operations : undefined, cpuNs: busyNs / operations };
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

async function main(other: string): Promise<void> {
  const sides = [await Side.start(fileURLToPath(new URL("../dist", import.meta.url)))];
  sides.push(await Side.start(other));
  const rows: string[][] = [];
  for (const what of WHAT) {
    for (const workers of WORKERS) {
      const rounds: Round[][] = sides.map(() => []);
      for (let round = -2; round < ROUNDS; round++) {
        for (const [index, side] of sides.entries()) {
          // oxlint-disable-next-line no-await-in-loop -- each has the machine for itself
          const done = await side.round({ what, workers });
          if (round >= 0) rounds[index]?.push(done);
        }
      }
      const ns = rounds.map((each) => each.flatMap(({ ns: took }) => took ?? []));
      const cpu = rounds.map((each) => each.map(({ cpuNs }) => cpuNs));
      const whole = ns.map(({ length }) => length).join(", ");
      rows.push([what, `${workers}`, ...comparison(ns), whole, ...comparison(cpu)]);
    }
  }
  printTable(
    ["threads", "workers", "ns", "other", "times", "rounds", "CPU ns", "other", "times"],
    rows,
  );
  printLine(
    `Medians of ${ROUNDS} alternated rounds of ${ROUND_MS} ms: time where the workers had their cores, CPU of all; every operation counted`,
  );
  await Promise.all(sides.map((side) => side.end()));
}

/** The medians of both, and how many times the first fits into the second. */
function comparison(figures: readonly (readonly number[])[]): string[] {
  const [ours = Number.NaN, theirs = Number.NaN] = figures.map(
    (each) => each.toSorted((a, b) => a - b)[each.length >> 1],
  );
  return [ours.toFixed(1), theirs.toFixed(1), (theirs / ours).toFixed(1)];
}

if (isMainThread) await main(process.argv[2] ?? "../old/dist");
else await work();
