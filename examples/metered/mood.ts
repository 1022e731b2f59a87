import { Random } from "../fan-out/random.ts";
import type { Behave } from "token-budget/testing/provider";

const FAILS = 0.04;
const IS_BUSY = 0.03;
const IS_CACHED = 0.3;

/** What real providers are like: now and then they fail, or are busy, or remember. */
export function moodOf(seed: number): Behave {
  const random = new Random(`${seed}/mood`);
  return () => {
    const latencyMs = random.between(2, 30);
    if (random.chance(FAILS)) return { latencyMs, status: 503 };
    if (random.chance(IS_BUSY)) return { latencyMs, status: 429 };
    return random.chance(IS_CACHED) ? { latencyMs, cachedTokens: 100 } : { latencyMs };
  };
}
