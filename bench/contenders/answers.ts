// What a pool answers: a refusal, a snapshot, the result of a task. Each beside the least that could be answered.

import { BudgetPool } from "../../dist/index.js";
import { ESTIMATES, MASK, TOKENS, USD } from "../amounts.ts";
import type { Contender } from "../runner.ts";
import { sink } from "../runner.ts";
import { usedPool } from "./used-pool.ts";

type Run = Contender["run"];

/** A pool in which less is left than any estimate asks for. */
function spentPool(): BudgetPool {
  const pool = new BudgetPool({ caps: { usd: 10, tokens: 1_000_000 } });
  pool.record({ tokens: 999_900, usd: 2.5 });
  return pool;
}

/** What refuses by hand: a compare, and an object that says why. */
export function bareRefusal(): Run {
  const counters = { tokens: 999_900, cap: 1_000_000 };
  const take = (amount: { tokens: number }): object | undefined => {
    const attempted = counters.tokens + amount.tokens;
    if (attempted <= counters.cap) return undefined;
    return { axis: "tokens", attempted, cap: counters.cap, used: counters.tokens };
  };
  return (times) => {
    for (let i = 0; i < times; i++) {
      sink.value = take({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! } as {
        tokens: number;
      });
    }
    return sink.value;
  };
}

/** What refuses by hand; amounts made before. */
export function bareRefusalPrepared(): Run {
  const counters = { tokens: 999_900, cap: 1_000_000 };
  const take = (amount: { tokens: number }): object | undefined => {
    const attempted = counters.tokens + amount.tokens;
    if (attempted <= counters.cap) return undefined;
    return { axis: "tokens", attempted, cap: counters.cap, used: counters.tokens };
  };
  return (times) => {
    for (let i = 0; i < times; i++) sink.value = take(ESTIMATES[i & MASK]!);
    return sink.value;
  };
}

/** A pool that refuses; amounts written at the call site. */
export function refusal(): Run {
  const pool = spentPool();
  return (times) => {
    for (let i = 0; i < times; i++) {
      sink.value = pool.tryReserve({
        tokens: TOKENS[i & MASK]!,
        usd: USD[i & MASK]!,
      });
    }
    return sink.value;
  };
}

/** A pool that refuses; amounts made before. */
export function refusalPrepared(): Run {
  const pool = spentPool();
  return (times) => {
    for (let i = 0; i < times; i++) sink.value = pool.tryReserve(ESTIMATES[i & MASK]!);
    return sink.value;
  };
}

/** The same objects as a snapshot of the pool below, written out, from figures that are at hand. */
export function bareSnapshot(): Run {
  const caps = Object.freeze({ tokens: 9e15, usd: 9e6 });
  const path = "budget";
  const used = { tokens: 2 ** 33 + 0.5, inputTokens: 0, outputTokens: 0, usd: 0.75, calls: 8 };
  const held = { tokens: 1200, inputTokens: 0, outputTokens: 0, usd: 0.0036, calls: 1 };
  return (times) => {
    for (let i = 0; i < times; i++) {
      used.calls = i & 1023;
      sink.value = {
        path,
        caps,
        used: {
          tokens: used.tokens,
          inputTokens: used.inputTokens,
          outputTokens: used.outputTokens,
          usd: used.usd,
          calls: used.calls,
        },
        reserved: {
          tokens: held.tokens,
          inputTokens: held.inputTokens,
          outputTokens: held.outputTokens,
          usd: held.usd,
          calls: held.calls,
        },
        remaining: {
          tokens: caps.tokens - used.tokens - held.tokens,
          usd: caps.usd - used.usd - held.usd,
        },
        openReservations: 1,
        generation: 0,
      };
    }
    return sink.value;
  };
}

/** A snapshot of a pool with two caps. */
export function snapshot(): Run {
  const pool = usedPool();
  pool.reserve({ tokens: 1200, usd: 0.0036 });
  return (times) => {
    for (let i = 0; i < times; i++) sink.value = pool.snapshot();
    return sink.value;
  };
}

/** A task in a wrapper that cleans up after it. */
export function bareRun(): Run {
  let open = 0;
  const wrapper = async <T>(task: () => Promise<T>): Promise<T> => {
    open++;
    try {
      return await task();
    } finally {
      open--;
    }
  };
  return async (times) => {
    let sum = open;
    for (let i = 0; i < times; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
      sum += await wrapper(async () => i);
    }
    return sum;
  };
}

/** A task in `run`, which commits what was reserved. */
export function run(): Run {
  const pool = usedPool();
  return async (times) => {
    let sum = 0;
    for (let i = 0; i < times; i++) {
      // oxlint-disable-next-line no-await-in-loop -- one after another is what is timed
      sum += await pool.run({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! }, async () => i);
    }
    return sum;
  };
}
