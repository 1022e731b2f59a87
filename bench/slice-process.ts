// One of the processes of slices.ts: holds and settles as fast as it can for a while, in a slice or
// with a trip for each.

import { join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

import pg from "pg";

import { openStore } from "../test/support/open-store.ts";
import type { StoreOpeners } from "../test/support/open-store.ts";
import { BareHolds } from "./bare-counters.ts";
import type { SlicePace } from "./slices.ts";

const RUN_MS = Number(process.env["RUN_MS"] ?? 1000);
const IN_FLIGHT = 512;
/** How many are settled before the loop lets the answers of the store in. */
const AT_ONCE = 1000;
/** How many are settled before it waits for all of them to be in the store. */
const UNREPORTED_MAX = 5000;
const ASK = { tokens: 1200, usd: 0.012 };
const USED = { tokens: 900, usd: 0.009, model: "gpt-5.5" };

/** What a process does instead of settling in its slice. */
const MODES: Readonly<Record<string, () => Promise<SlicePace>>> = {
  each: () => eachATrip(IN_FLIGHT),
  lone: () => eachATrip(1),
  drawn: () => eachADraw(),
  updates: () => eachTwoUpdates(),
  bare: () => bare(),
};

const [address = "", mode = "", otherBuild] = process.argv.slice(2);
const store = openStore(
  address,
  {},
  otherBuild === undefined ? undefined : await openersOf(otherBuild),
);

const pairs = new Promise((heard) => {
  process.once("message", heard);
}).then(MODES[mode] ?? inSlice);
process.send?.("ready");
process.send?.(await pairs);
process.exit(0);

/** The stores of another build, by its folder `dist`. */
async function openersOf(build: string): Promise<StoreOpeners> {
  const [redis, postgres]: [StoreOpeners, StoreOpeners] = await Promise.all([
    import(pathToFileURL(join(resolve(build), "redis/index.js")).href),
    import(pathToFileURL(join(resolve(build), "postgres/index.js")).href),
  ]);
  return { redisStore: redis.redisStore, postgresStore: postgres.postgresStore };
}

/** Returns what gives the pace since now. */
function startPace(): (done: number) => SlicePace {
  const startedAt = performance.now();
  const { user, system } = process.cpuUsage();
  return (done) => {
    const cpu = process.cpuUsage();
    const cpuMs = (cpu.user + cpu.system - user - system) / 1000;
    return { pairs: done, ms: performance.now() - startedAt, cpuMs };
  };
}

async function eachATrip(inFlight: number): Promise<SlicePace> {
  const pool = await store.pool("hot");
  const paceSince = startPace();
  const startedAt = performance.now();
  let count = 0;
  const work = async (): Promise<void> => {
    while (performance.now() - startedAt < RUN_MS) {
      // oxlint-disable-next-line no-await-in-loop -- one pair after another
      const hold = await pool.reserve(ASK);
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await hold.commit(USED);
      count++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return paceSince(count);
}

/** A slice without slack: one trip settles a call and asks for the next. */
async function eachADraw(): Promise<SlicePace> {
  const pool = await store.pool("hot", { slices: { horizonMs: 0 } });
  const paceSince = startPace();
  const startedAt = performance.now();
  let count = 0;
  for (; performance.now() - startedAt < RUN_MS; count++) {
    // oxlint-disable-next-line no-await-in-loop -- one pair after another
    const hold = await pool.reserve(ASK);
    hold.commit(USED);
  }
  await pool.flush();
  return paceSince(count);
}

/** What bare SQL does for a pair: two UPDATEs of one row, each of them stored. */
async function eachTwoUpdates(): Promise<SlicePace> {
  const [, port = ""] = address.split(":");
  const client = new pg.Client({ host: "127.0.0.1", port: Number(port), user: "postgres" });
  await client.connect();
  const update = {
    name: "update",
    text: "UPDATE counters SET tokens = tokens + $1, usd = usd + $2 WHERE id = 1 RETURNING tokens",
    values: [10, 12_000],
  };
  const paceSince = startPace();
  const startedAt = performance.now();
  let count = 0;
  for (; performance.now() - startedAt < RUN_MS; count++) {
    // oxlint-disable-next-line no-await-in-loop -- one after another
    await client.query(update);
    // oxlint-disable-next-line no-await-in-loop -- likewise
    await client.query(update);
  }
  return paceSince(count);
}

/** What sharing the machine alone does to processes that share nothing. */
async function bare(): Promise<SlicePace> {
  const holds = new BareHolds({ tokens: Number.MAX_SAFE_INTEGER, usd: 1e12 });
  const paceSince = startPace();
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < RUN_MS) {
    for (let each = 0; each < AT_ONCE; each++, count++)
      if (holds.take(ASK)) holds.settle(ASK, USED);
    // oxlint-disable-next-line no-await-in-loop -- as often as the others
    await new Promise(setImmediate);
  }
  return paceSince(count);
}

async function inSlice(): Promise<SlicePace> {
  const ledger = mode === "sums" ? "sums" : "entries";
  const pool = await store.pool("hot", { slices: { ledger } });
  const pair = async (): Promise<void> => {
    const hold = pool.tryReserve(ASK) ?? (await pool.reserve(ASK));
    hold.commit(USED);
  };
  // Demand is known after a second.
  for (const endsAt = performance.now() + 1000; performance.now() < endsAt;) {
    // oxlint-disable-next-line no-await-in-loop -- pairs of a start
    for (let each = 0; each < AT_ONCE; each++) await pair();
    // oxlint-disable-next-line no-await-in-loop -- lets answers in
    await pool.flush();
  }
  const paceSince = startPace();
  const startedAt = performance.now();
  let count = 0;
  while (performance.now() - startedAt < RUN_MS) {
    for (let each = 0; each < AT_ONCE; each++, count++) {
      const hold = pool.tryReserve(ASK);
      if (hold !== undefined) hold.commit(USED);
      // oxlint-disable-next-line no-await-in-loop -- the slice has no room
      else await pair();
    }
    // oxlint-disable-next-line no-await-in-loop -- lets answers in
    await (count % UNREPORTED_MAX === 0 ? pool.flush() : new Promise(setImmediate));
  }
  await pool.flush();
  return paceSince(count);
}
