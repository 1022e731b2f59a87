// What a user would pick instead, one operation each. None of these counts exact dollars; what each one does count is
// in its name here. They are installed in this folder (`npm ci --prefix bench`), apart from the package's own tools.

import { BudgetPool } from "../dist/index.js";
import { ACTUALS, AMPLE, ESTIMATES, MASK } from "./amounts.ts";
import type { CallAmount } from "./amounts.ts";
import { BareCounters } from "./bare-counters.ts";
import { printLine, printTable } from "./print.ts";
import { measure } from "./runner.ts";
import type { Contender, Effort } from "./runner.ts";

type Run = Contender["run"];

// The slices of the peers that are used here: their types are there only once they are installed.
interface RateLimiterFlexible {
  RateLimiterMemory: new (options: { points: number; duration: number }) => {
    consume(key: string, points: number): Promise<unknown>;
  };
}
interface Limiter {
  TokenBucket: new (options: {
    bucketSize: number;
    tokensPerInterval: number;
    interval: "hour";
  }) => { tryRemoveTokens(count: number): boolean };
}
interface AsyncMutex {
  Mutex: new () => { runExclusive<T>(task: () => T): Promise<T> };
}
interface LlmUsage {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}
interface LlmBudget {
  MemoryStore: new () => object;
  Budget: new (options: object) => {
    record(principal: string, usage: LlmUsage): Promise<unknown>;
    reserve(principal: string, estimate: LlmUsage): Promise<object>;
    settle(reservation: object, actual: LlmUsage): Promise<unknown>;
  };
}
interface LlmSpendGuard {
  BudgetManager: new (config: { globalBudgetTokens: number }) => {
    checkBudget(tokens: number): Promise<void>;
    recordUsage(tokens: number): Promise<void>;
  };
}

interface Peer {
  readonly name: string;
  readonly run: Run;
  /** What of ours it is set against. */
  readonly against: "record" | "hold";
}

/** Fails, with what to do, when the peers are not installed. */
async function load<T>(name: string): Promise<T> {
  try {
    const loaded: T = await import(name);
    return loaded;
  } catch (cause) {
    throw new Error(`${name} is not installed; run: npm ci --prefix bench`, { cause });
  }
}

function usageOf(amount: CallAmount): LlmUsage {
  return { model: "priced", inputTokens: amount.tokens, outputTokens: 0 };
}

const USAGES = ESTIMATES.map(usageOf);
const USAGES_USED = ACTUALS.map(usageOf);

function ourRecord(): Run {
  const pool = new BudgetPool({ caps: AMPLE });
  return (times) => {
    for (let i = 0; i < times; i++) pool.record(ESTIMATES[i & MASK]!);
    return pool;
  };
}

function ourHold(): Run {
  const pool = new BudgetPool({ caps: AMPLE });
  return (times) => {
    for (let i = 0; i < times; i++) {
      pool.reserve(ESTIMATES[i & MASK]!).commit(ACTUALS[i & MASK]);
    }
    return pool;
  };
}

async function limiter(): Promise<Peer> {
  const { TokenBucket } = await load<Limiter>("limiter");
  const bucket = new TokenBucket({ bucketSize: 9e15, tokensPerInterval: 9e15, interval: "hour" });
  bucket.tryRemoveTokens(0);
  return {
    name: "limiter `tryRemoveTokens` (tokens, sync)",
    against: "record",
    run: (times) => {
      let taken = 0;
      for (let i = 0; i < times; i++) {
        if (bucket.tryRemoveTokens(ESTIMATES[i & MASK]!.tokens)) taken++;
      }
      return taken;
    },
  };
}

async function rateLimiterFlexible(): Promise<Peer> {
  const { RateLimiterMemory } = await load<RateLimiterFlexible>("rate-limiter-flexible");
  const memory = new RateLimiterMemory({ points: 9e15, duration: 0 });
  return {
    name: "rate-limiter-flexible `consume` (tokens)",
    against: "record",
    run: async (times) => {
      for (let i = 0; i < times; i++) {
        // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
        await memory.consume("pool", ESTIMATES[i & MASK]!.tokens);
      }
    },
  };
}

async function asyncMutex(): Promise<Peer> {
  const { Mutex } = await load<AsyncMutex>("async-mutex");
  const mutex = new Mutex();
  const counters = new BareCounters(AMPLE);
  return {
    name: "async-mutex `runExclusive` around two counters",
    against: "record",
    run: async (times) => {
      for (let i = 0; i < times; i++) {
        const amount = ESTIMATES[i & MASK]!;
        // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
        await mutex.runExclusive(() => counters.record(amount));
      }
      return counters.usd;
    },
  };
}

async function llmSpendGuard(): Promise<Peer> {
  const { BudgetManager } = await load<LlmSpendGuard>("llm-spend-guard");
  const manager = new BudgetManager({ globalBudgetTokens: 9e15 });
  return {
    name: "llm-spend-guard `checkBudget` + `recordUsage` (tokens)",
    against: "record",
    run: async (times) => {
      for (let i = 0; i < times; i++) {
        const { tokens } = ESTIMATES[i & MASK]!;
        // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
        await manager.checkBudget(tokens);
        // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
        await manager.recordUsage(tokens);
      }
    },
  };
}

async function llmBudget(): Promise<Peer[]> {
  const { Budget, MemoryStore } = await load<LlmBudget>("llm-budget");
  const budgetOf = (): InstanceType<LlmBudget["Budget"]> =>
    new Budget({
      store: new MemoryStore(),
      limits: { tokens: 9e15, usd: 9e6 },
      prices: { priced: { input: 3, output: 15 } },
    });
  const recorded = budgetOf();
  const held = budgetOf();
  return [
    {
      name: "llm-budget `record` (tokens, float dollars)",
      against: "record",
      run: async (times) => {
        for (let i = 0; i < times; i++) {
          // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
          await recorded.record("pool", USAGES[i & MASK]!);
        }
      },
    },
    {
      name: "llm-budget `reserve` + `settle`",
      against: "hold",
      run: async (times) => {
        for (let i = 0; i < times; i++) {
          // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
          const hold = await held.reserve("pool", USAGES[i & MASK]!);
          // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
          await held.settle(hold, USAGES_USED[i & MASK]!);
        }
      },
    },
  ];
}

/** Prints what one operation of each peer costs. */
export async function printPeers(effort: Effort): Promise<void> {
  const peers: Peer[] = [
    { name: "token-budget `record` (five axes, exact)", against: "record", run: ourRecord() },
    await limiter(),
    await rateLimiterFlexible(),
    await asyncMutex(),
    await llmSpendGuard(),
    ...(await llmBudget()),
  ];
  const ourHoldName = "token-budget `reserve` + `commit`";
  peers.splice(-1, 0, { name: ourHoldName, against: "hold", run: ourHold() });
  const timings = await measure(peers, effort);
  const minOf = (name: string): number => timings.get(name)?.min ?? Number.NaN;
  const ours = { record: minOf(peers[0]?.name ?? ""), hold: minOf(ourHoldName) };
  printTable(
    ["one operation", "ns", "x of ours"],
    peers.map(({ name, against }) => [
      name,
      minOf(name).toFixed(0),
      (minOf(name) / ours[against]).toFixed(1),
    ]),
  );
  printLine(`\nMinimums of ${effort.rounds} rounds.`);
}

if (import.meta.main) await printPeers({ rounds: 15, roundMs: 3 });
