// Makes what is rare happen often: a thread that hesitates around its atomic operations lets others
// come in between of a step that takes less than a microsecond otherwise.

import type { Random } from "./random.ts";

const compareExchange = Atomics.compareExchange.bind(Atomics);
const load = Atomics.load.bind(Atomics);
const store = Atomics.store.bind(Atomics);
const nobodyNotifies = new Int32Array(new SharedArrayBuffer(4));

/**
 * From now on this thread stands still once in so many atomic operations, for some microseconds,
 * before it exchanges or stores and after it loads.
 */
export function hesitateOnceIn(times: number, random: Random): void {
  const hesitate = (): void => {
    if (!random.onceIn(times)) return;
    Atomics.wait(nobodyNotifies, 0, 0, random.fraction() / 10);
  };
  const hesitant = {
    compareExchange(words: Int32Array, index: number, expected: number, next: number): number {
      hesitate();
      return compareExchange(words, index, expected, next);
    },
    load(words: Int32Array, index: number): number {
      const found = load(words, index);
      hesitate();
      return found;
    },
    store(words: Int32Array, index: number, value: number): number {
      hesitate();
      return store(words, index, value);
    },
  };
  Object.assign(Atomics, hesitant);
}
