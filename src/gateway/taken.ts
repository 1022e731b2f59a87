// A running total of what this process has reserved and booked in a pool: the difference between
// two readings is the change in between.

import { toNanoUsd, toUsd } from "../core/nano-usd.ts";

/** An amount on the axes that are shown to callers. */
export interface TakenAmount {
  readonly usd: number;
  readonly tokens: number;
  readonly calls: number;
}

/** The amount taken from a pool. */
export class Taken {
  // Nano-dollars, so that additions and removals cancel out exactly.
  #nanoUsd = 0;
  #tokens = 0;
  #calls = 0;

  add(amount: TakenAmount): void {
    this.#change(amount, 1);
  }

  remove(amount: TakenAmount): void {
    this.#change(amount, -1);
  }

  now(): TakenAmount {
    return { usd: toUsd(this.#nanoUsd), tokens: this.#tokens, calls: this.#calls };
  }

  /** Returns what was taken since another reading; negative if more was returned. */
  since(before: TakenAmount): TakenAmount {
    const { usd, tokens, calls } = this.now();
    return { usd: usd - before.usd, tokens: tokens - before.tokens, calls: calls - before.calls };
  }

  #change({ usd, tokens, calls }: TakenAmount, sign: 1 | -1): void {
    this.#nanoUsd += sign * toNanoUsd(usd);
    this.#tokens += sign * tokens;
    this.#calls += sign * calls;
  }
}
