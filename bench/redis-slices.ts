// A slice without slack in Redis: every reserve is a trip, and no commit waits for one. Its rows stand beside those of a
// trip each, against as many bare script calls as a pool without slices makes.

import type { Redis } from "ioredis";

import { redisStore } from "../dist/redis/index.js";
import type { SlicedBudgetPool } from "../dist/stores/index.js";
import { ratioRow } from "./ratio.ts";
import type { Contender, Effort } from "./runner.ts";

const ASK = { tokens: 10, usd: 0.000_012 };
const USED = { tokens: 8 };
const LEDGERS = ["entries", "sums"] as const;
const PAIRS_COUNTED = 1000;
const REPORT_MS = 500;

type Ledger = (typeof LEDGERS)[number];
type Ask = () => Promise<unknown>;

let pools = 0;

function openPool(client: Redis, ledger: Ledger): Promise<SlicedBudgetPool> {
  const store = redisStore(client, { prefix: `bench-slice-${pools++}` });
  const slices = { horizonMs: 0, reportMs: REPORT_MS, ledger };
  return store.pool("bench", { caps: { tokens: 2 ** 50 }, slices });
}

/** The rows of both ledgers. @throws if a pair is not one trip, or the books are wrong. */
export async function sliceRows(client: Redis, effort: Effort, bare: Ask): Promise<string[][]> {
  const rows: string[][] = [];
  for (const ledger of LEDGERS) {
    // oxlint-disable-next-line no-await-in-loop -- one contender after another
    rows.push(await loneReserve(client, effort, bare, ledger));
    // oxlint-disable-next-line no-await-in-loop -- likewise
    rows.push(await lonePair(client, effort, bare, ledger));
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await countTrips(client, ledger);
  }
  return rows;
}

function bareCalls(calls: number, bare: Ask): Contender {
  return {
    name: "bare",
    async run(times) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
      for (let count = 0; count < calls * times; count++) await bare();
    },
  };
}

async function loneReserve(
  client: Redis,
  effort: Effort,
  bare: Ask,
  ledger: Ledger,
): Promise<string[]> {
  const pool = await openPool(client, ledger);
  const budget: Contender = {
    name: "budget",
    async run(times) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
      for (let count = 0; count < times; count++) await pool.reserve(ASK);
    },
  };
  const title = `slice without slack, ${ledger}: reserve, against one EVALSHA`;
  return await ratioRow(title, bareCalls(1, bare), budget, effort, "≤ 1.6");
}

async function lonePair(
  client: Redis,
  effort: Effort,
  bare: Ask,
  ledger: Ledger,
): Promise<string[]> {
  const pool = await openPool(client, ledger);
  const budget: Contender = { name: "budget", run: (times) => pairs(pool, times) };
  const title = `slice without slack, ${ledger}: reserve + commit, against two`;
  return await ratioRow(title, bareCalls(2, bare), budget, effort, "≤ 1.1");
}

async function pairs(pool: SlicedBudgetPool, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
    const hold = await pool.reserve(ASK);
    hold.commit(USED);
  }
}

/** Counts the calls of the server for some pairs, and reads the books behind them. */
async function countTrips(client: Redis, ledger: Ledger): Promise<void> {
  const pool = await openPool(client, ledger);
  await pairs(pool, 1);
  const startedAt = performance.now();
  const before = await scriptCalls(client);
  await pairs(pool, PAIRS_COUNTED - 1);
  const trips = (await scriptCalls(client)) - before;
  // A report may come between two pairs.
  const reports = 1 + (performance.now() - startedAt) / REPORT_MS;
  if (trips < PAIRS_COUNTED - 1 || trips > PAIRS_COUNTED - 1 + reports)
    throw new Error(`${PAIRS_COUNTED - 1} pairs of a slice without slack made ${trips} trips`);
  await pool.flush();
  const { used, reserved } = await pool.snapshot();
  const spent = PAIRS_COUNTED * USED.tokens;
  if (used.tokens !== spent || used.calls !== PAIRS_COUNTED || reserved.tokens !== 0)
    throw new Error(
      `${PAIRS_COUNTED} pairs booked ${used.tokens} tokens and hold ${reserved.tokens}`,
    );
}

async function scriptCalls(client: Redis): Promise<number> {
  const stats = await client.info("commandstats");
  const found = stats.matchAll(/cmdstat_(?:evalsha|fcall):calls=(\d+)/g);
  return Array.from(found, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}
