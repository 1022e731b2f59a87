// record() and what it is measured against: two counters with a compare, one level deep and without names to check.

import { AMPLE, ESTIMATES, MASK, TOKENS, USD } from "../amounts.ts";
import { BareCounters } from "../bare-counters.ts";
import type { Contender } from "../runner.ts";
import { usedPool, usedPoolThreeLevelsDeep } from "./used-pool.ts";

type Run = Contender["run"];

/** Bare counters; amounts written at the call site. */
export function bareLiteral(): Run {
  const counters = new BareCounters(AMPLE);
  return (times) => {
    for (let i = 0; i < times; i++)
      counters.record({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! });
    return counters.usd;
  };
}

/** Bare counters; amounts made before. */
export function barePrepared(): Run {
  const counters = new BareCounters(AMPLE);
  return (times) => {
    for (let i = 0; i < times; i++) counters.record(ESTIMATES[i & MASK]!);
    return counters.usd;
  };
}

/** A pool; amounts written at the call site. */
export function literal(): Run {
  const pool = usedPool();
  return (times) => {
    for (let i = 0; i < times; i++) pool.record({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! });
    return pool;
  };
}

/** A pool; amounts made before. */
export function prepared(): Run {
  const pool = usedPool();
  return (times) => {
    for (let i = 0; i < times; i++) pool.record(ESTIMATES[i & MASK]!);
    return pool;
  };
}

/** Three levels; amounts written at the call site. */
export function deepLiteral(): Run {
  const pool = usedPoolThreeLevelsDeep();
  return (times) => {
    for (let i = 0; i < times; i++) pool.record({ tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! });
    return pool;
  };
}

/** Three levels; amounts made before. */
export function deepPrepared(): Run {
  const pool = usedPoolThreeLevelsDeep();
  return (times) => {
    for (let i = 0; i < times; i++) pool.record(ESTIMATES[i & MASK]!);
    return pool;
  };
}
