// One hot budget for many processes: slices against a trip for each hold and commit, in Redis and
// Postgres; and what a hold in a slice costs its own process.

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

/** Prints the tables of slices. */
export async function printSlices(effort: Effort): Promise<void> {
  await printLocal(effort);
  for (const rowsOfStore of [redisRows, postgresRows]) {
    // oxlint-disable-next-line no-await-in-loop -- each has the machine for itself
    const rows = await rowsOfStore();
    if (rows.length > 0)
      printTable(
        [
          "One hot pool, reserve + commit",
          "pairs/s",
          "× a trip each",
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

async function redisRows(): Promise<string[][]> {
  const binary = redisBinary("redis-server");
  if (binary === undefined) return [];
  const server = await RedisServer.start(binary);
  try {
    return await rowsOf("Redis", `redis:${server.port}`);
  } finally {
    await server.crash();
  }
}

async function postgresRows(): Promise<string[][]> {
  const binaries = postgresBinaries();
  if (binaries === undefined) return [];
  const server = await PostgresServer.start(binaries);
  try {
    return await rowsOf("Postgres", `postgres:${server.port}`);
  } finally {
    await server.stop();
  }
}

async function rowsOf(place: string, address: string): Promise<string[][]> {
  const store = openStore(address);
  await store.pool("hot", { caps: { usd: 9_000_000, tokens: 2 ** 52 } });
  await store.close();
  const rows: string[][] = [];
  for (const processes of PROCESSES) {
    let each = 1;
    for (const mode of MODES) {
      // oxlint-disable-next-line no-await-in-loop -- each has the machine for itself
      const paces = await pacesOf(address, mode, processes);
      const rates = paces.map(({ pairs, ms }) => (1000 * pairs) / ms);
      const rate = rates.reduce((sum, one) => sum + one, 0);
      if (mode === "each") each = rate;
      const isShared = mode === "entries" || mode === "sums";
      rows.push([
        `${place}, ${processes} ${processes === 1 ? "process" : "processes"}: ${NAMES[mode]}`,
        Math.round(rate).toLocaleString("en-US"),
        (rate / each).toFixed(1),
        processes === 1 ? "" : fairnessOf(rates),
        processes === 1 ? "" : fairnessOf(paces.map(({ pairs, cpuMs }) => pairs / cpuMs)),
        isShared ? "≥ 50, ≥ 0.8" : "",
      ]);
    }
  }
  return rows;
}

/** The slowest against the fastest. */
function fairnessOf(rates: readonly number[]): string {
  return (Math.min(...rates) / Math.max(...rates)).toFixed(2);
}

/** Runs processes in a mode, all at once. */
export async function pacesOf(
  address: string,
  mode: string,
  processes: number,
): Promise<readonly SlicePace[]> {
  const children = Array.from({ length: processes }, () => fork(PROCESS, [address, mode]));
  await Promise.all(children.map((child) => once(child, "message")));
  const answers = children.map((child) => once(child, "message"));
  for (const child of children) child.send("go");
  return (await Promise.all(answers)).map(([pace]): SlicePace => pace);
}

if (import.meta.main) {
  await printSlices({ rounds: 15, roundMs: 8 });
  // A server that was stopped may leave a connection behind.
  process.exit(0);
}
