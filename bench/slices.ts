// One hot budget for many processes: slices against a trip for each hold and commit, in Redis and
// Postgres; and what a hold in a slice costs its own process. With the folder `dist` of another
// build as argument, also against a trip each of that build.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { BudgetStore, MemoryStore } from "../dist/stores/index.js";
import type { SlicedBudgetPool } from "../dist/stores/index.js";
import { openStore } from "../test/support/open-store.ts";
import { postgresBinaries, PostgresServer } from "../test/support/postgres-server.ts";
import { redisBinary, RedisServer } from "../test/support/redis-server.ts";
import { BareHolds } from "./bare-counters.ts";
import { printTable } from "./print.ts";
import { measure } from "./runner.ts";
import type { Effort } from "./runner.ts";

const PROCESS = fileURLToPath(new URL("slice-process.ts", import.meta.url));
const MODES = ["each", "entries", "sums", "bare"] as const;
const NAMES = {
  each: "a trip each, 512 in flight",
  entries: "slices, ledger: entries",
  sums: "slices, ledger: sums",
  bare: "bare counters, one each",
} as const;
const PROCESSES = [1, 8];
/** How many requests are made for demand to be known, and how often. */
const ASKED = 100_000;
const ASKED_TIMES = 10;
const ASK = { tokens: 1200, usd: 0.012 };
const USED = { tokens: 900, usd: 0.009 };

/** What a process has done. */
export interface SlicePace {
  readonly pairs: number;
  readonly ms: number;
  /** What of it the process had a processor for. */
  readonly cpuMs: number;
}

/** Prints the tables of slices; `otherBuild` is the folder `dist` of another build. */
export async function printSlices(effort: Effort, otherBuild?: string): Promise<void> {
  await printLocal(effort);
  for (const onServer of [onRedis, onPostgres]) {
    // oxlint-disable-next-line no-await-in-loop -- each has the machine for itself
    const before = otherBuild && (await onServer((address) => ratesBefore(address, otherBuild)));
    // oxlint-disable-next-line no-await-in-loop -- likewise
    const rows = (await onServer((address) => rowsOf(address, before || []))) ?? [];
    if (rows.length > 0)
      printTable(
        [
          "One hot pool, reserve + commit",
          "pairs/s",
          "× a trip each",
          "× the other build's",
          "fairness",
          "by CPU time",
          "target",
        ],
        rows,
      );
  }
}

/** In the slice, at once, against two bare counters with a compare. */
async function printLocal(effort: Effort): Promise<void> {
  const store = new BudgetStore(new MemoryStore());
  const pool = await store.pool("hot", { slices: { horizonMs: 60_000, ledger: "sums" } });
  // Room for all rounds: what was asked for at once is what a minute is sized by.
  for (let time = 0; time < ASKED_TIMES; time++) {
    for (let asked = 0; asked < ASKED; asked++) pool.tryReserve(ASK)?.release();
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await pool.reserve(ASK).then((hold) => hold.release());
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await pool.flush();
  }
  const bare = new BareHolds({ tokens: Number.MAX_SAFE_INTEGER, usd: 1e12 });
  const timings = await measure(
    [
      {
        name: "bare",
        run(times) {
          for (let count = 0; count < times; count++) if (bare.take(ASK)) bare.settle(ASK, USED);
        },
      },
      {
        name: "slice",
        async run(times) {
          for (let left = settleUpTo(pool, times); left > 0; left = settleUpTo(pool, left))
            await pool.flush();
        },
      },
    ],
    effort,
  );
  const [slice, counters] = [timings.get("slice")?.min ?? 0, timings.get("bare")?.min ?? 1];
  printTable(
    ["In a slice", "ns", "bare ns", "ratio", "target"],
    [
      [
        "tryReserve + commit (minimums)",
        slice.toFixed(0),
        counters.toFixed(1),
        (slice / counters).toFixed(1),
        "≤ 6",
      ],
    ],
  );
  await store.close();
}

/** Reserves and settles while the slice has room; returns how many of the calls are left. */
function settleUpTo(pool: SlicedBudgetPool, times: number): number {
  for (let left = times; left > 0; left--) {
    const hold = pool.tryReserve(ASK);
    if (hold === undefined) return left;
    hold.commit(USED);
  }
  return 0;
}

/** Runs something on a server of its own; undefined where none is installed. */
async function onRedis<T>(run: (address: string) => Promise<T>): Promise<T | undefined> {
  const binary = redisBinary("redis-server");
  if (binary === undefined) return undefined;
  const server = await RedisServer.start(binary);
  try {
    return await run(`redis:${server.port}`);
  } finally {
    await server.crash();
  }
}

async function onPostgres<T>(run: (address: string) => Promise<T>): Promise<T | undefined> {
  const binaries = postgresBinaries();
  if (binaries === undefined) return undefined;
  const server = await PostgresServer.start(binaries);
  try {
    return await run(`postgres:${server.port}`);
  } finally {
    await server.stop();
  }
}

/** What another build does with a trip each, for each number of processes. */
async function ratesBefore(address: string, otherBuild: string): Promise<readonly number[]> {
  const rates: number[] = [];
  for (const processes of PROCESSES) {
    // oxlint-disable-next-line no-await-in-loop -- each has the machine for itself
    const paces = await pacesOf(address, "each", processes, otherBuild);
    rates.push(rateOf(paces));
  }
  return rates;
}

async function rowsOf(address: string, before: readonly number[]): Promise<string[][]> {
  const store = openStore(address);
  await store.pool("hot", { caps: { usd: 9_000_000, tokens: 2 ** 52 } });
  await store.close();
  const place = address.startsWith("redis") ? "Redis" : "Postgres";
  const rows: string[][] = [];
  for (const [index, processes] of PROCESSES.entries()) {
    const rateBefore = before[index];
    let each = 1;
    for (const mode of MODES) {
      // oxlint-disable-next-line no-await-in-loop -- each has the machine for itself
      const paces = await pacesOf(address, mode, processes);
      const rate = rateOf(paces);
      if (mode === "each") each = rate;
      const isShared = mode === "entries" || mode === "sums";
      const isAlone = processes === 1;
      rows.push([
        `${place}, ${processes} ${isAlone ? "process" : "processes"}: ${NAMES[mode]}`,
        Math.round(rate).toLocaleString("en-US"),
        (rate / each).toFixed(1),
        rateBefore === undefined ? "" : (rate / rateBefore).toFixed(1),
        isAlone ? "" : fairnessOf(paces.map(({ pairs, ms }) => pairs / ms)),
        isAlone ? "" : fairnessOf(paces.map(({ pairs, cpuMs }) => pairs / cpuMs)),
        isShared ? "≥ 50, ≥ 0.8" : "",
      ]);
    }
  }
  return rows;
}

/** Pairs a second of all processes together. */
function rateOf(paces: readonly SlicePace[]): number {
  return paces.reduce((sum, { pairs, ms }) => sum + (1000 * pairs) / ms, 0);
}

/** The slowest against the fastest. */
function fairnessOf(rates: readonly number[]): string {
  return (Math.min(...rates) / Math.max(...rates)).toFixed(2);
}

/** Runs processes in a mode, all at once, of this build or of another one. */
export async function pacesOf(
  address: string,
  mode: string,
  processes: number,
  ...otherBuild: readonly string[]
): Promise<readonly SlicePace[]> {
  const words = [address, mode, ...otherBuild];
  const children = Array.from({ length: processes }, () => fork(PROCESS, words));
  await Promise.all(children.map((child) => once(child, "message")));
  const answers = children.map((child) => once(child, "message"));
  for (const child of children) child.send("go");
  return (await Promise.all(answers)).map(([pace]): SlicePace => pace);
}

if (import.meta.main) {
  await printSlices({ rounds: 15, roundMs: 8 }, process.argv[2]);
  // A server that was stopped may leave a connection behind.
  process.exit(0);
}
