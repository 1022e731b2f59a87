// The loops that workers run. Each is a function of its own with a source text of its own, for the reason given in
// ../runner.ts. A loop does whole batches of the same amounts, so that the number of operations says what must have
// been counted.

import type { MessagePort } from "node:worker_threads";
import type { SharedBudgetPool } from "../../dist/threads/index.js";
import { TOKENS, TOKENS_USED, USD, USD_USED } from "../amounts.ts";
import type { MutexedCounters } from "./mutex.ts";

/** Goes on until the word is not 0, and answers how many operations that were. */
export type Run = (stopped: Int32Array) => number | Promise<number>;

/** Operations between two looks at the word. */
export const BATCH = 256;
/** The same for a broker, whose answers take their time. */
export const BROKER_BATCH = 16;

/** One atomic addition: the least that counting together can cost. */
export function bareAdd(words: Int32Array): Run {
  return (stopped) => {
    let operations = 0;
    while (Atomics.load(stopped, 0) === 0) {
      for (let i = 0; i < BATCH; i++) Atomics.add(words, 0, 1);
      operations += BATCH;
    }
    return operations;
  };
}

/** Counters in a mutex; amounts written at the call site. */
export function mutexRecord(counters: MutexedCounters): Run {
  return (stopped) => {
    let operations = 0;
    while (Atomics.load(stopped, 0) === 0) {
      for (let i = 0; i < BATCH; i++) counters.record({ tokens: TOKENS[i]!, usd: USD[i]! });
      operations += BATCH;
    }
    return operations;
  };
}

/** A shared pool; amounts written at the call site. */
export function sharedRecord(pool: SharedBudgetPool): Run {
  return (stopped) => {
    let operations = 0;
    while (Atomics.load(stopped, 0) === 0) {
      for (let i = 0; i < BATCH; i++) pool.record({ tokens: TOKENS[i]!, usd: USD[i]! });
      operations += BATCH;
    }
    return operations;
  };
}

/** Counters in a mutex that are taken from and settled: two sections; amounts written at the call site. */
export function mutexHold(counters: MutexedCounters): Run {
  return (stopped) => {
    let operations = 0;
    while (Atomics.load(stopped, 0) === 0) {
      for (let i = 0; i < BATCH; i++) {
        const held = { tokens: TOKENS[i]!, usd: USD[i]! };
        counters.take(held);
        counters.settle(held, { tokens: TOKENS_USED[i]!, usd: USD_USED[i]! });
      }
      operations += BATCH;
    }
    return operations;
  };
}

/** A shared pool, reservations that are committed at once; amounts written at the call site. */
export function sharedHold(pool: SharedBudgetPool): Run {
  return (stopped) => {
    let operations = 0;
    while (Atomics.load(stopped, 0) === 0) {
      for (let i = 0; i < BATCH; i++) {
        const hold = pool.reserve({ tokens: TOKENS[i]!, usd: USD[i]! });
        hold.commit({ tokens: TOKENS_USED[i]!, usd: USD_USED[i]! });
      }
      operations += BATCH;
    }
    return operations;
  };
}

/** A pool that another thread has: so many asks are on their way at the same time. */
export function askBroker(port: MessagePort, outstanding: number): Run {
  return (stopped) =>
    new Promise((resolve) => {
      let asked = 0;
      let answered = 0;
      const ask = (): void => {
        const i = asked++ % BROKER_BATCH;
        port.postMessage({ tokens: TOKENS[i]!, usd: USD[i]! });
      };
      const onAnswer = (): void => {
        answered++;
        if (Atomics.load(stopped, 0) === 0 || asked % BROKER_BATCH !== 0) {
          ask();
        } else if (answered === asked) {
          port.off("message", onAnswer);
          resolve(answered);
        }
      };
      port.on("message", onAnswer);
      for (let i = 0; i < outstanding; i++) ask();
    });
}
