// The pool of this build against that of another one: `npx node bench/pool-against.ts ../old/dist [case…]`.
// Each case runs alone in a process of each build, in turn; the minimum of all rounds counts.

import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { BudgetPool } from "../dist/index.js";
import { ACTUALS, AMPLE, MASK, TOKENS, TOKENS_USED, USD, USD_USED } from "./amounts.ts";
import { printLine, printTable } from "./print.ts";

type Pool = { readonly BudgetPool: typeof BudgetPool };
type Run = (times: number) => unknown;
interface Case {
  /** How many times faster than the other build it should be. */
  readonly wanted?: number;
  readonly times: number;
  readonly start: (pools: Pool) => Run;
}

const PROCESSES = Number(process.env["PROCESSES"] ?? 5);
const ROUNDS = Number(process.env["ROUNDS"] ?? 300);
const WAITERS = 100_000;
const MEMORY_POOLS = 20_000;

/** A pool that has been used for a while, so that its totals are past small integers. */
function used({ BudgetPool: Made }: Pool, options: object = {}): BudgetPool {
  const pool = new Made({ caps: AMPLE, ...options });
  for (let i = 0; i < 8; i++) pool.record({ tokens: 2 ** 30, usd: 0.0625 });
  return pool;
}

function recording(pool: BudgetPool): Run {
  return (times) => {
    for (let i = 0; i < times; i++) pool.record({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! });
    return pool;
  };
}

/** Waiters that wait for room in a pool that is full, and for nothing else. */
function fill(pool: BudgetPool): void {
  for (let i = 0; i < WAITERS; i++) pool.reserveWhenFree({ tokens: 10 }).catch(() => undefined);
}

const CASES: Readonly<Record<string, Case>> = {
  record: { wanted: 1.4, times: 20_000, start: (pools) => recording(used(pools)) },
  "reserve + commit": {
    wanted: 1.3,
    times: 10_000,
    start: (pools) => {
      const pool = used(pools);
      return (times) => {
        for (let i = 0; i < times; i++) {
          const at = i & MASK;
          const hold = pool.reserve({ tokens: TOKENS[at]!, usd: USD[at]! });
          hold.commit({ tokens: TOKENS_USED[at]!, usd: USD_USED[at]! });
        }
        return pool;
      };
    },
  },
  "refused tryReserve": {
    wanted: 1.5,
    times: 20_000,
    start: (pools) => {
      const pool = used(pools);
      pool.configure({ caps: { usd: 0.5 } });
      return (times) => {
        let refused = 0;
        for (let i = 0; i < times; i++)
          if (!pool.tryReserve({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! })) refused++;
        return refused;
      };
    },
  },
  "reserve + commit beyond it": {
    wanted: 6,
    times: 3000,
    start: (pools) => {
      const pool = used(pools);
      return (times) => {
        for (let i = 0; i < times; i++) {
          const at = i & MASK;
          const hold = pool.reserve({ tokens: TOKENS_USED[at]!, usd: USD_USED[at]! });
          hold.commit({ tokens: TOKENS[at]! + 1, usd: USD[at]! });
        }
        return pool;
      };
    },
  },
  "record, thresholds": {
    wanted: 4,
    times: 5000,
    start: (pools) => recording(used(pools, { thresholds: [0.5, 0.8, 1] })),
  },
  check: {
    wanted: 12,
    times: 10_000,
    start: (pools) => {
      const pool = used(pools);
      return (times) => {
        let fit = 0;
        for (let i = 0; i < times; i++)
          if (!pool.check({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! })) fit++;
        return fit;
      };
    },
  },
  "reserveUpTo + release": {
    wanted: 2.5,
    times: 3000,
    start: (pools) => {
      const pool = used(pools);
      return (times) => {
        for (let i = 0; i < times; i++) {
          const fixed = { inputTokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! };
          const unit = { outputTokens: 1, usd: 0.000015 };
          pool.reserveUpTo({ fixed, unit, max: 4096 }).release();
        }
        return pool;
      };
    },
  },
  run: {
    times: 3000,
    start: (pools) => {
      const pool = used(pools);
      return async (times) => {
        for (let i = 0; i < times; i++)
          // oxlint-disable-next-line no-await-in-loop -- one after the other is what is timed
          await pool.run({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! }, (hold) =>
            hold.commit(ACTUALS[i & MASK]),
          );
        return pool;
      };
    },
  },
  "record, 100,000 waiting elsewhere": {
    times: 1,
    start: (pools) => {
      const root = used(pools);
      const full = root.child("full", { caps: { tokens: 10 } });
      full.reserve({ tokens: 10 });
      fill(full);
      const run = recording(root.child("free", { caps: AMPLE }));
      return (times) => run(times);
    },
  },
  "release, 100,000 waiting for it": {
    times: 1,
    start: (pools) => {
      const pool = new pools.BudgetPool({ caps: { tokens: 20 } });
      pool.reserve({ tokens: 11 });
      let small = pool.reserve({ tokens: 1 });
      fill(pool);
      return (times) => {
        for (let i = 0; i < times; i++) {
          small.release();
          small = pool.reserve({ tokens: 1 });
        }
        return pool;
      };
    },
  },
};

/** Nanoseconds of one time, in the fastest of all rounds. */
async function time(pools: Pool, name: string): Promise<number> {
  const found = CASES[name];
  if (found === undefined) throw new Error(`no such case: ${name}`);
  const run = found.start(pools);
  let { times } = found;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = process.hrtime.bigint();
    // oxlint-disable-next-line no-await-in-loop -- rounds take turns
    await run(times);
    const took = Number(process.hrtime.bigint() - startedAt);
    least = Math.min(least, took / times);
    // What takes long is not repeated; what is faster than expected fills a round.
    if (round > 2 && took / times > 1e7) return least;
    if (took < 5e5) times *= 2;
  }
  return least;
}

/** Bytes and microseconds of a child, each made anew, plain or in a time zone. */
function childCost({ BudgetPool: Made }: Pool, options: object): readonly number[] {
  const root = new Made({ caps: AMPLE });
  const kept: BudgetPool[] = [];
  const make = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const child = root.child(`run-${kept.length}`, { caps: { usd: 10 }, ...options });
      child.tryRecord({ calls: 0 });
      kept.push(child);
    }
  };
  make(500);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  let least = Number.POSITIVE_INFINITY;
  for (let made = 0; made < MEMORY_POOLS; made += 100) {
    const startedAt = process.hrtime.bigint();
    make(100);
    least = Math.min(least, Number(process.hrtime.bigint() - startedAt) / 100);
  }
  globalThis.gc?.();
  return [least, (process.memoryUsage().heapUsed - before) / MEMORY_POOLS];
}

const CHILDREN: Readonly<Record<string, object>> = {
  "a child": {},
  "a child with a time zone": { window: "day", timeZone: "Europe/Berlin" },
};

async function measureHere(dist: string, name: string): Promise<void> {
  const pools: Pool = await import(pathToFileURL(resolve(dist, "index.js")).href);
  const options = CHILDREN[name];
  const figures = options === undefined ? [await time(pools, name)] : childCost(pools, options);
  printLine(JSON.stringify(figures));
  process.exit();
}

function measure(dist: string, name: string): readonly number[] {
  const file = fileURLToPath(import.meta.url);
  const printed = execFileSync(process.execPath, ["--expose-gc", file, dist, "--child", name]);
  return JSON.parse(printed.toString());
}

function compare(other: string, names: readonly string[]): void {
  const dists = [fileURLToPath(new URL("../dist", import.meta.url)), other];
  const rows = names.map((name) => {
    const least = dists.map((): number[] => []);
    for (let turn = 0; turn < PROCESSES; turn++)
      for (const [side, dist] of dists.entries())
        for (const [at, figure] of measure(dist, name).entries())
          least[side]![at] = Math.min(least[side]![at] ?? Number.POSITIVE_INFINITY, figure);
    const [[ns, bytes], [nsOther, bytesOther]] = [least[0]!, least[1]!];
    return [
      name,
      ns!.toFixed(1),
      nsOther!.toFixed(1),
      (nsOther! / ns!).toFixed(2),
      `${CASES[name]?.wanted ?? ""}`,
      bytes?.toFixed(0) ?? "",
      bytesOther?.toFixed(0) ?? "",
    ];
  });
  printTable(["one operation", "ns", "other ns", "times", "wanted", "bytes", "other bytes"], rows);
}

const [other = "../old/dist", ...names] = process.argv.slice(2);
if (names[0] === "--child") await measureHere(other, names[1] ?? "");
else compare(other, names.length > 0 ? names : [...Object.keys(CASES), ...Object.keys(CHILDREN)]);
