// reserve() and commit(), and what they are measured against: counters that are taken from and settled, without a
// reservation to remember that. Actual amounts are below the estimates: going over is another, rarer path.

import { ACTUALS, AMPLE, ESTIMATES, MASK, TOKENS, TOKENS_USED, USD, USD_USED } from "../amounts.ts";
import type { CallAmount } from "../amounts.ts";
import { BareHolds } from "../bare-counters.ts";
import type { Contender } from "../runner.ts";
import { usedPool } from "./used-pool.ts";

type Run = Contender["run"];

const OUTSTANDING = 64;
const SLOT_MASK = OUTSTANDING - 1;

/** Bare counters, settled at once; amounts written at the call site. */
export function bareLiteral(): Run {
  const holds = new BareHolds(AMPLE);
  return (times) => {
    for (let i = 0; i < times; i++) {
      const held = { tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! };
      holds.take(held);
      holds.settle(held, {
        tokens: TOKENS_USED[i & MASK]!,
        usd: USD_USED[i & MASK]!,
      });
    }
    return holds.usd;
  };
}

/** Bare counters, settled at once; amounts made before. */
export function barePrepared(): Run {
  const holds = new BareHolds(AMPLE);
  return (times) => {
    for (let i = 0; i < times; i++) {
      holds.take(ESTIMATES[i & MASK]!);
      holds.settle(ESTIMATES[i & MASK]!, ACTUALS[i & MASK]!);
    }
    return holds.usd;
  };
}

/** A pool, settled at once; amounts written at the call site. */
export function literal(): Run {
  const pool = usedPool();
  return (times) => {
    for (let i = 0; i < times; i++) {
      const hold = pool.reserve({
        tokens: TOKENS[i & MASK]!,
        usd: USD[i & MASK]!,
      });
      hold.commit({ tokens: TOKENS_USED[i & MASK]!, usd: USD_USED[i & MASK]! });
    }
    return pool;
  };
}

/** A pool, settled at once; amounts made before. */
export function prepared(): Run {
  const pool = usedPool();
  return (times) => {
    for (let i = 0; i < times; i++) pool.reserve(ESTIMATES[i & MASK]!).commit(ACTUALS[i & MASK]);
    return pool;
  };
}

/** Bare counters with 64 takes open; what was taken is kept as the objects that the caller wrote. */
export function bareOpenLiteral(): Run {
  const holds = new BareHolds(AMPLE);
  const open = Array.from({ length: OUTSTANDING }, (_, i): CallAmount => ESTIMATES[i & MASK]!);
  for (const held of open) holds.take(held);
  let next = OUTSTANDING;
  return (times) => {
    const end = next + times;
    for (let i = next; i < end; i++) {
      const opened = i - OUTSTANDING;
      const used = {
        tokens: TOKENS_USED[opened & MASK]!,
        usd: USD_USED[opened & MASK]!,
      };
      holds.settle(open[i & SLOT_MASK]!, used);
      const held = { tokens: TOKENS[i & MASK]!, usd: USD[i & MASK]! };
      holds.take(held);
      open[i & SLOT_MASK] = held;
    }
    next = end;
    return holds.usd;
  };
}

/** Bare counters with 64 takes open; amounts made before. */
export function bareOpenPrepared(): Run {
  const holds = new BareHolds(AMPLE);
  for (let i = 0; i < OUTSTANDING; i++) holds.take(ESTIMATES[i & MASK]!);
  let next = OUTSTANDING;
  return (times) => {
    const end = next + times;
    for (let i = next; i < end; i++) {
      holds.settle(ESTIMATES[(i - OUTSTANDING) & MASK]!, ACTUALS[(i - OUTSTANDING) & MASK]!);
      holds.take(ESTIMATES[i & MASK]!);
    }
    next = end;
    return holds.usd;
  };
}

/** A pool with 64 reservations open; amounts written at the call site. */
export function openLiteral(): Run {
  const pool = usedPool();
  const open = Array.from({ length: OUTSTANDING }, (_, i) => pool.reserve(ESTIMATES[i & MASK]!));
  let next = OUTSTANDING;
  return (times) => {
    const end = next + times;
    for (let i = next; i < end; i++) {
      const opened = i - OUTSTANDING;
      const used = {
        tokens: TOKENS_USED[opened & MASK]!,
        usd: USD_USED[opened & MASK]!,
      };
      open[i & SLOT_MASK]!.commit(used);
      open[i & SLOT_MASK] = pool.reserve({
        tokens: TOKENS[i & MASK]!,
        usd: USD[i & MASK]!,
      });
    }
    next = end;
    return pool;
  };
}

/** A pool with 64 reservations open; amounts made before. */
export function openPrepared(): Run {
  const pool = usedPool();
  const open = Array.from({ length: OUTSTANDING }, (_, i) => pool.reserve(ESTIMATES[i & MASK]!));
  let next = OUTSTANDING;
  return (times) => {
    const end = next + times;
    for (let i = next; i < end; i++) {
      open[i & SLOT_MASK]!.commit(ACTUALS[(i - OUTSTANDING) & MASK]);
      open[i & SLOT_MASK] = pool.reserve(ESTIMATES[i & MASK]!);
    }
    next = end;
    return pool;
  };
}
