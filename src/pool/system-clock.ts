import type { Clock } from "../core/clock.ts";

// Every runtime has these two, but no type library that they share declares them.
declare function setTimeout(callback: () => void, delayMs: number): unknown;
declare function clearTimeout(timer: unknown): void;

/** The longest delay of a timer; a longer one would fire at once. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** The wall clock and the timers of the runtime. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs: number, callback: () => void): () => void {
    let timer: unknown;
    const wait = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, DELAY_MS_MAX);
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : callback()), stepMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
