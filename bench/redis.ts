// What a budget in Redis costs beside bare script calls on the same client and server, and beside what users would
// pick instead, in one run.

import { Redis } from "ioredis";
import { createClient } from "redis";

import { redisStore } from "../dist/redis/index.js";
import type { StoredBudgetPool } from "../dist/stores/index.js";
import { redisBinary, RedisServer } from "../test/support/redis-server.ts";
import { printLine, printTable } from "./print.ts";
import { micros, ratioRow } from "./ratio.ts";
import { sliceRows } from "./redis-slices.ts";
import { measure } from "./runner.ts";
import type { Contender, Effort } from "./runner.ts";

const LEDGER_LINES = 1_000_000;
const OPEN_RESERVATIONS = 100_000;
const ASK = { tokens: 10, usd: 0.000_012 };

/** Prints the tables of Redis, or why there are none. */
export async function printRedis(effort: Effort): Promise<void> {
  const binary = redisBinary("redis-server");
  if (binary === undefined) {
    printLine("Redis is not installed");
    return;
  }
  const server = await RedisServer.start(binary);
  const client = new Redis({ port: server.port, host: "127.0.0.1" });
  try {
    await printTables(client, effort);
  } finally {
    client.disconnect();
    await server.crash();
  }
}

async function printTables(client: Redis, effort: Effort): Promise<void> {
  const bare = await bareCall(client);
  printTable(
    ["Redis", "µs", "bare µs", "ratio", "target"],
    [
      await lone(client, effort, bare, "reserve", "≤ 1.6"),
      await lone(client, effort, bare, "reserve + commit", "≤ 1.1"),
      await inFlight(client, effort, bare, 64, "≤ 0.33"),
      await inFlight(client, effort, bare, 512, "≤ 0.20"),
      ...(await sliceRows(client, effort, bare)),
    ],
  );
  printTable(
    ["reserve + commit, 512 in flight, against", "µs", "theirs µs", "ratio", "target"],
    [await besideRateLimiter(client, effort), await besideLlmBudget(client, effort)],
  );
  printTable(
    ["reserve + commit beside", "µs"],
    [
      ["nothing", await timeBeside(client, effort, 0, 0)],
      [`${LEDGER_LINES} settled`, await timeBeside(client, effort, LEDGER_LINES, 0)],
      [`${OPEN_RESERVATIONS} open`, await timeBeside(client, effort, 0, OPEN_RESERVATIONS)],
    ],
  );
}

let pools = 0;

function openPool(client: Redis): Promise<StoredBudgetPool> {
  const store = redisStore(client, { prefix: `bench-${pools++}` });
  return store.pool("bench", { caps: { tokens: 2 ** 50 } });
}

/** A script call that does nothing: one trip, and what a server makes of it. */
async function bareCall(client: Redis): Promise<() => Promise<unknown>> {
  const sha = String(await client.script("LOAD", "return 1"));
  return () => client.evalsha(sha, 1, "bench");
}

async function lone(
  client: Redis,
  effort: Effort,
  bareCallOnce: () => Promise<unknown>,
  what: "reserve" | "reserve + commit",
  target: string,
): Promise<string[]> {
  const pool = await openPool(client);
  const calls = what === "reserve" ? 1 : 2;
  const bare: Contender = {
    name: "bare",
    async run(times) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
      for (let count = 0; count < calls * times; count++) await bareCallOnce();
    },
  };
  const budget: Contender = {
    name: "budget",
    async run(times) {
      for (let count = 0; count < times; count++) {
        // oxlint-disable-next-line no-await-in-loop -- likewise
        const hold = await pool.reserve(ASK);
        // oxlint-disable-next-line no-await-in-loop -- likewise
        if (what === "reserve + commit") await hold.commit({ tokens: 8 });
      }
    },
  };
  return ratioRow(`${what}, against as many EVALSHA "return 1"`, bare, budget, effort, target);
}

async function inFlight(
  client: Redis,
  effort: Effort,
  bareCallOnce: () => Promise<unknown>,
  count: number,
  target: string,
): Promise<string[]> {
  const pool = await openPool(client);
  const bare = together("bare", count, bareCallOnce);
  const budget = together("budget", count, () => pool.record(ASK));
  return ratioRow(`record, ${count} in flight, against EVALSHA each`, bare, budget, effort, target);
}

function together(name: string, count: number, ask: () => Promise<unknown>): Contender {
  return {
    name,
    async run(times) {
      for (let done = 0; done < times; done += count) {
        const some = Math.min(count, times - done);
        // oxlint-disable-next-line no-await-in-loop -- so many in flight are what is measured
        await Promise.all(Array.from({ length: some }, ask));
      }
    },
  };
}

const PEERS_IN_FLIGHT = 512;

async function reserveAndCommit(pool: StoredBudgetPool): Promise<void> {
  const hold = await pool.reserve(ASK);
  await hold.commit({ tokens: 8 });
}

/** A peer, whose types are there only once it is installed. */
async function load<T>(name: string): Promise<T> {
  const loaded: T = await import(name);
  return loaded;
}

interface RateLimiterFlexible {
  RateLimiterRedis: new (options: object) => {
    consume(key: string, points: number): Promise<unknown>;
    reward(key: string, points: number): Promise<unknown>;
  };
}

async function besideRateLimiter(client: Redis, effort: Effort): Promise<string[]> {
  const loaded = await load<RateLimiterFlexible>("rate-limiter-flexible");
  const limiter = new loaded.RateLimiterRedis({
    storeClient: client,
    points: 2 ** 50,
    duration: 0,
  });
  const pool = await openPool(client);
  const peer = together("bare", PEERS_IN_FLIGHT, async () => {
    await limiter.consume("pool", 10);
    await limiter.reward("pool", 2);
  });
  const budget = together("budget", PEERS_IN_FLIGHT, () => reserveAndCommit(pool));
  return ratioRow("rate-limiter-flexible (consume + reward)", peer, budget, effort, "≤ 0.125");
}

interface LlmBudget {
  RedisStore: new (client: object) => object;
  Budget: new (options: object) => {
    reserve(principal: string, estimate: object): Promise<object>;
    settle(reservation: object, actual: object): Promise<unknown>;
  };
}

async function besideLlmBudget(client: Redis, effort: Effort): Promise<string[]> {
  const { Budget, RedisStore } = await load<LlmBudget>("llm-budget");
  const theirs = createClient({ socket: { port: client.options.port ?? 0, host: "127.0.0.1" } });
  await theirs.connect();
  const budgets = new Budget({
    store: new RedisStore(theirs),
    limits: { perDay: { usd: 2 ** 50 } },
    prices: { priced: { input: 1, output: 1 } },
  });
  const pool = await openPool(client);
  const peer = together("bare", PEERS_IN_FLIGHT, async () => {
    const usage = { model: "priced", inputTokens: 10, outputTokens: 2 };
    await budgets.settle(await budgets.reserve("pool", usage), { ...usage, outputTokens: 0 });
  });
  const budget = together("budget", PEERS_IN_FLIGHT, () => reserveAndCommit(pool));
  const told = await ratioRow("llm-budget (reserve + settle)", peer, budget, effort, "≤ 0.05");
  theirs.destroy();
  return told;
}

/** The time of a reserve and its commit in a store that holds so much already. */
async function timeBeside(
  client: Redis,
  effort: Effort,
  settled: number,
  open: number,
): Promise<string> {
  const pool = await openPool(client);
  const AT_ONCE = 1024;
  for (let done = 0; done < settled; done += AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- batch after batch
    await Promise.all(Array.from({ length: AT_ONCE }, () => pool.record({ tokens: 1 })));
  }
  const holds = [];
  for (let done = 0; done < open; done += AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- batch after batch
    holds.push(
      ...(await Promise.all(Array.from({ length: AT_ONCE }, () => pool.reserve({ tokens: 1 })))),
    );
  }
  const contender: Contender = {
    name: "budget",
    async run(times) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is what is measured
      for (let count = 0; count < times; count++) await reserveAndCommit(pool);
    },
  };
  const timing = (await measure([contender], effort)).get("budget")?.median ?? 0;
  if (holds.some((hold) => hold.settled)) throw new Error("a hold was lost");
  return micros(timing);
}
