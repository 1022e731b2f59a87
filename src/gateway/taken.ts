// What this process holds and has booked in a pool, as a sum that goes on: the difference between
// two moments is what changed between them.

import { toNanoUsd, toUsd } from "../core/nano-usd.ts";

/** An amount on the axes that callers are shown. */
export interface TakenAmount {
  readonly usd: number;
  readonly tokens: number;
  readonly calls: number;
}

/** What is taken from a pool. */
export class Taken {
  // Nano-dollars, so that what was added and removed leaves nothing.
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

  /** What was taken since another moment; negative where more was returned. */
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
