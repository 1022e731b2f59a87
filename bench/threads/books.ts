// Whether anything was lost: what a contender has counted in a round, beside what its operations come to.

import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import type { BudgetSnapshot } from "../../dist/index.js";
import type { SharedBudgetPool } from "../../dist/threads/index.js";
import { TOKENS, TOKENS_USED, USD, USD_USED } from "../amounts.ts";
import { BATCH, BROKER_BATCH } from "./contenders.ts";
import type { MutexedCounters } from "./mutex.ts";

/** Figures by their names; which there are depends on the contender. */
type Figures = Readonly<Record<string, number>>;

/** The books of a contender. */
export interface Books {
  readonly read: () => Figures | Promise<Figures>;
  /** What one operation adds, on average over a batch. */
  readonly oneAdds: Figures;
}

/** Less than half of the cheapest call, more than float dollars can be off by. */
const USD_TOLERANCE = 1e-4;

/** The books of the bare atomic additions. */
export function booksOfAdditions(words: Int32Array): Books {
  let calls = 0;
  const read = (): Figures => {
    // Taken out every time, so that the word never wraps around.
    calls += Atomics.exchange(words, 0, 0);
    return { calls };
  };
  return { read, oneAdds: { calls: 1 } };
}

/** The books of counters in a mutex that are recorded to. */
export function booksOfMutexRecord(counters: MutexedCounters): Books {
  const read = (): Figures => ({ tokens: counters.tokens, usd: counters.usd });
  return { read, oneAdds: { tokens: mean(TOKENS, BATCH), usd: mean(USD, BATCH) } };
}

/** The books of counters in a mutex that are taken from and settled. */
export function booksOfMutexHold(counters: MutexedCounters): Books {
  const read = (): Figures => ({ tokens: counters.tokens, usd: counters.usd });
  return { read, oneAdds: { tokens: mean(TOKENS_USED, BATCH), usd: mean(USD_USED, BATCH) } };
}

/** The books of a shared pool that is recorded to. */
export function booksOfSharedRecord(pool: SharedBudgetPool): Books {
  const oneAdds = { calls: 1, tokens: mean(TOKENS, BATCH), usd: mean(USD, BATCH), open: 0 };
  return { read: () => figuresOf(pool.snapshot()), oneAdds };
}

/** The books of a shared pool on which is reserved and committed. */
export function booksOfSharedHold(pool: SharedBudgetPool): Books {
  const tokens = mean(TOKENS_USED, BATCH);
  const usd = mean(USD_USED, BATCH);
  return { read: () => figuresOf(pool.snapshot()), oneAdds: { calls: 1, tokens, usd, open: 0 } };
}

/** The books of the broker's pool. */
export function booksOfBroker(broker: Worker): Books {
  const tokens = mean(TOKENS, BROKER_BATCH);
  const usd = mean(USD, BROKER_BATCH);
  const read = async (): Promise<Figures> => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    broker.postMessage("books");
    const answer: BudgetSnapshot[] = await once(broker, "message");
    return figuresOf(answer[0]!);
  };
  return { read, oneAdds: { calls: 1, tokens, usd, open: 0 } };
}

/** What is wrong after a round; empty when every operation was counted. */
export function whatWasLost(
  { oneAdds }: Books,
  before: Figures,
  after: Figures,
  operations: number,
): string[] {
  return Object.entries(oneAdds).flatMap(([figure, added]) => {
    const counted = (after[figure] ?? Number.NaN) - (before[figure] ?? Number.NaN);
    const expected = added * operations;
    const tolerance = figure === "usd" ? USD_TOLERANCE : 0;
    if (Math.abs(counted - expected) <= tolerance) return [];
    return [`${figure}: ${expected} expected, ${counted} counted`];
  });
}

function figuresOf({ used, openReservations }: BudgetSnapshot): Figures {
  return { calls: used.calls, tokens: used.tokens, usd: used.usd, open: openReservations };
}

function mean(figures: Int32Array | Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += figures[i]!;
  return sum / count;
}
