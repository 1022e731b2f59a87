// What a pool, a hold, a waiter, a slice and an entry take: bytes of the heap of this process, and bytes of the
// data set of Redis. By itself: `npm run build && npx node bench/memory.ts`.

import { Redis } from "ioredis";

import { BudgetPool } from "../dist/index.js";
import { redisStore } from "../dist/redis/index.js";
import type { BudgetStore, StoredBudgetPool } from "../dist/stores/index.js";
import { collectGarbage, heapInUse } from "../test/support/heap.ts";
import { redisBinary, RedisServer } from "../test/support/redis-server.ts";
import { printLine, printTable } from "./print.ts";

const COUNT = 10_000;
const FEW = 1000;
const AT_ONCE = 500;
const LONG_MS = 60_000;
const ASK = { tokens: 1200, inputTokens: 1000, outputTokens: 200, usd: 0.0036 };
const ATTRIBUTION = { model: "gpt-5.5" };
const AMPLE = { caps: { usd: 1_000_000 } };
const FULL = { caps: { tokens: 1 } };
const ONE = { tokens: 1 };

/** One kind of thing: makes one of them, which is kept. */
interface Kind {
  readonly name: string;
  readonly count?: number;
  readonly make: (index: number) => unknown;
  /** Waits until all that were made are where they belong. */
  readonly settle?: () => Promise<unknown>;
}

/** Prints the tables of memory. */
export async function printMemory(): Promise<void> {
  const rows: string[][] = [];
  for (const kind of kindsInProcess()) {
    // oxlint-disable-next-line no-await-in-loop -- one kind after another is what is measured
    const [heap] = await measure(kind);
    rows.push([kind.name, heap.toFixed(0)]);
  }
  printTable(["in memory", "bytes of the heap"], rows);
  printLine();
  const binary = redisBinary("redis-server");
  if (binary === undefined) printLine("Redis is not installed");
  else await printOverRedis(binary);
}

async function printOverRedis(binary: string): Promise<void> {
  const server = await RedisServer.start(binary);
  const client = new Redis({ port: server.port, host: "127.0.0.1" });
  const store = redisStore(client, { timeoutMs: LONG_MS });
  const dataset = async (): Promise<number> =>
    Number(/used_memory_dataset:(\d+)/.exec(await client.info("memory"))?.[1]);
  const rows: string[][] = [];
  for (const kind of await kindsOverRedis(store)) {
    // oxlint-disable-next-line no-await-in-loop -- one kind after another is what is measured
    const [heap, bytes] = await measure(kind, dataset);
    rows.push([kind.name, heap.toFixed(0), bytes.toFixed(0)]);
  }
  printTable(["over Redis", "bytes of the heap", "bytes in Redis"], rows);
  client.disconnect();
  await server.crash();
}

function kindsInProcess(): readonly Kind[] {
  const root = new BudgetPool(AMPLE);
  const full = new BudgetPool(FULL);
  full.reserve(ONE);
  return [
    { name: "a pool", make: () => new BudgetPool(AMPLE) },
    { name: "a child", make: (index) => root.child(`run-${index}`, AMPLE) },
    { name: "a hold", make: () => root.reserve(ASK) },
    { name: "a waiter", make: () => waiting(full.reserveWhenFree(ONE)) },
  ];
}

async function kindsOverRedis(store: BudgetStore): Promise<readonly Kind[]> {
  const slices = { reportMs: LONG_MS, leaseMs: LONG_MS };
  const pool = await store.pool("acme", AMPLE);
  const full = await store.pool("full", FULL);
  await full.reserve(ONE);
  const held = await store.pool("held", { ...AMPLE, slices });
  const spent = await store.pool("spent", { ...AMPLE, slices });
  const reserveInNew = async (index: number): Promise<unknown> => {
    const one = await store.pool(`acme/team-${index}`, { slices: { ...slices, horizonMs: 0 } });
    return await one.reserve(ASK);
  };
  return [
    { name: "a pool", make: (index) => store.pool(`acme/run-${index}`, AMPLE) },
    { name: "a hold", make: () => pool.reserve(ASK) },
    { name: "a settled call", make: () => settled(pool) },
    { name: "a pool with a slice and a hold in it", count: FEW, make: reserveInNew },
    { name: "a hold in a slice", make: () => held.reserve(ASK) },
    {
      name: "a settled call, reported by a slice",
      make: () => spent.record(ASK, ATTRIBUTION),
      settle: () => spent.flush(),
    },
    {
      name: "a waiter",
      count: FEW,
      make: () => waiting(full.reserveWhenFree(ONE)),
      settle: () => full.snapshot(),
    },
  ];
}

/** Reserves and commits; nothing of it is kept. */
async function settled(pool: StoredBudgetPool): Promise<void> {
  const hold = await pool.reserve(ASK);
  await hold.commit(ATTRIBUTION);
}

/** A promise in a box, so that nothing waits for it. */
function waiting(promise: Promise<unknown>): readonly [Promise<unknown>] {
  promise.catch(() => undefined);
  return [promise];
}

/** How many bytes one of a kind adds to the heap, and to what else is measured. */
async function measure(
  { make, settle, count = COUNT }: Kind,
  elsewhere: () => Promise<number> = () => Promise.resolve(0),
): Promise<readonly [number, number]> {
  const kept: unknown[] = Array.from({ length: count });
  const fill = async (from: number): Promise<void> => {
    const made = await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => make(from + at)));
    for (const [at, one] of made.entries()) if (from + at < count) kept[from + at] = one;
  };
  await collectGarbage();
  const [heap, bytes] = [heapInUse(), await elsewhere()];
  // oxlint-disable-next-line no-await-in-loop -- so many at once
  for (let from = 0; from < count; from += AT_ONCE) await fill(from);
  await settle?.();
  await collectGarbage();
  await collectGarbage();
  return [(heapInUse() - heap) / kept.length, ((await elsewhere()) - bytes) / kept.length];
}

if (import.meta.main) {
  await printMemory();
  // What waits is given up.
  process.exit(0);
}
