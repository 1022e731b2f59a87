// Redis with very many pools, and with a long ledger: pages, many trees at once, the last minutes, and
// bytes. By itself: `npm run bench:scale`.

import { Redis } from "ioredis";

import { redisStore } from "../dist/redis/index.js";
import type { PageOptions, StoredBudgetPool } from "../dist/stores/index.js";
import { ManualClock } from "../dist/testing/index.js";
import { redisBinary, RedisServer } from "../test/support/redis-server.ts";
import { printLine, printTable } from "./print.ts";
import { ratioRow } from "./ratio.ts";
import type { Contender, Effort } from "./runner.ts";

const ROOTS = Number(process.env["ROOTS"] ?? 100_000);
const LINES = Number(process.env["LINES"] ?? 1_000_000);
const PAGE = 1000;
const TREES = 64;
const AT_ONCE = 2000;
const RECENT = 100;
const MINUTE_MS = 60_000;
const ASK = { tokens: 1200, inputTokens: 1000, outputTokens: 200, usd: 0.0036 };

/** Prints the tables of Redis at scale, or why there are none. */
export async function printRedisScale(effort: Effort): Promise<void> {
  const binary = redisBinary("redis-server");
  if (binary === undefined) {
    printLine("Redis is not installed");
    return;
  }
  const server = await RedisServer.start(binary);
  const client = new Redis({ port: server.port, host: "127.0.0.1" });
  try {
    printTable(["Redis at scale", "µs", "bare µs", "ratio", "target"], await rows(client, effort));
  } finally {
    client.disconnect();
    await server.crash();
  }
}

async function rows(client: Redis, effort: Effort): Promise<string[][]> {
  return [
    await manyTrees(client, effort),
    ...(await pagesOfRoots(client, effort)),
    await lastMinutes(client, effort),
    await bytesOfCalls(client),
  ];
}

/** Calls so many times, many at once. */
async function inLots(count: number, call: (index: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - from);
    // oxlint-disable-next-line no-await-in-loop -- so many at once
    await Promise.all(Array.from({ length: some }, (_, index) => call(from + index)));
  }
}

function together(name: string, pools: readonly StoredBudgetPool[]): Contender {
  return {
    name,
    async run(times) {
      for (let count = 0; count < times; count++)
        // oxlint-disable-next-line no-await-in-loop -- so many at once
        await Promise.all(pools.map((pool) => pool.record(ASK)));
    },
  };
}

async function manyTrees(client: Redis, effort: Effort): Promise<string[]> {
  const store = redisStore(client, { prefix: "trees" });
  const one = await store.pool("one");
  const many = await Promise.all(Array.from({ length: TREES }, (_, at) => store.pool(`r${at}`)));
  const bare = together(
    "bare",
    many.map(() => one),
  );
  const title = `${TREES} records of ${TREES} roots, against ${TREES} of one`;
  return ratioRow(title, bare, together("budget", many), effort, "≤ 2");
}

async function pagesOfRoots(client: Redis, effort: Effort): Promise<string[][]> {
  const prefix = "pages";
  const store = redisStore(client, { prefix, timeoutMs: 60_000 });
  await inLots(ROOTS, async (root) => {
    const pool = await store.pool(`root-${String(root).padStart(7, "0")}`);
    await pool.record({ ...ASK, usd: 0.0001 * (1 + (root % 1000)) });
  });
  // A process that has opened none of them.
  const reader = redisStore(client, { prefix, timeoutMs: 60_000 });
  const startedAt = performance.now();
  const first = await reader.page({ limit: PAGE });
  const firstMs = performance.now() - startedAt;
  const after = first.next;
  const paths = first.pools.map(({ path }) => path);
  const keys = paths.flatMap((path) => [
    `${prefix}:{${path}}:tree`,
    `${prefix}:{${path}}:pool:${path}`,
  ]);
  const bare: Contender = {
    name: "bare",
    async run(times) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      for (let count = 0; count < times; count++) await client.mget(...keys);
    },
  };
  const page = (options: PageOptions): Contender => ({
    name: "budget",
    async run(times) {
      for (let count = 0; count < times; count++) {
        // oxlint-disable-next-line no-await-in-loop -- one after another
        const { pools } = await reader.page({ ...options, limit: PAGE });
        if (pools.length !== PAGE) throw new Error(`A page of ${pools.length}`);
      }
    },
  });
  printLine(`The first page of all, which completes the index: ${firstMs.toFixed(0)} ms`);
  const dearest = await reader.page({ by: "usd", limit: PAGE });
  return [
    await ratioRow(
      `a page of ${PAGE} of ${ROOTS} roots, against MGET of its rows`,
      bare,
      page({ after }),
      effort,
      "≤ 20 ms",
    ),
    await ratioRow(
      "a page of the dearest, against the same",
      bare,
      page({ by: "usd", after: dearest.next }),
      effort,
      "≤ 20 ms",
    ),
  ];
}

async function lastMinutes(client: Redis, effort: Effort): Promise<string[]> {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const store = redisStore(client, { prefix: "lines", clock, timeoutMs: 60_000 });
  const pool = await store.pool("acme");
  await inLots(LINES, async (line) => {
    if (line % AT_ONCE === 0) clock.advance(MINUTE_MS);
    await pool.record(ASK);
  });
  clock.advance(60 * MINUTE_MS);
  const since = clock.now() - MINUTE_MS;
  for (let line = 0; line < RECENT; line++)
    // oxlint-disable-next-line no-await-in-loop -- an entry each
    await pool.record(ASK);
  const bare: Contender = {
    name: "bare",
    async run(times) {
      for (let count = 0; count < times; count++)
        // oxlint-disable-next-line no-await-in-loop -- one after another
        await client.xrevrange("lines:{acme}:ledger", "+", "-", "COUNT", RECENT);
    },
  };
  const budget: Contender = {
    name: "budget",
    async run(times) {
      for (let count = 0; count < times; count++) {
        // oxlint-disable-next-line no-await-in-loop -- one after another
        const entries = await pool.ledger({ since, limit: 10_000 });
        if (entries.length !== RECENT) throw new Error(`${entries.length} entries`);
      }
    },
  };
  const title = `the last ${RECENT} of ${LINES} entries by time, against XREVRANGE`;
  return ratioRow(title, bare, budget, effort, "≤ 5 ms");
}

async function bytesOfCalls(client: Redis): Promise<string[]> {
  const used = async (): Promise<number> =>
    Number(/used_memory_dataset:(\d+)/.exec(await client.info("memory"))?.[1]);
  const pool = await redisStore(client, { prefix: "bytes", timeoutMs: 60_000 }).pool("acme");
  const before = await used();
  const count = 100_000;
  await inLots(count, async () => {
    const hold = await pool.reserve(ASK);
    await hold.commit({ ...ASK, model: "gpt-5.5" });
  });
  const each = (await used()) - before;
  return ["bytes of a settled call", (each / count).toFixed(0), "", "", "≤ 150"];
}

if (import.meta.main) await printRedisScale({ rounds: 9, roundMs: 60 });
