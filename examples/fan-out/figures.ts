import { toNanoUsd } from "token-budget";
import type { AmountView } from "token-budget";

/** What is compared at the end: integers on every axis, money in nano-dollars. */
export interface Figures {
  readonly tokens: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly calls: bigint;
  readonly nanoUsd: bigint;
}

export const NO_FIGURES: Figures = {
  tokens: 0n,
  inputTokens: 0n,
  outputTokens: 0n,
  calls: 0n,
  nanoUsd: 0n,
};

/** The figures of an amount as the library shows it. Dollars come back as exact integers through `toNanoUsd`. */
export function figuresOf(amount: AmountView): Figures {
  return {
    tokens: BigInt(amount.tokens),
    inputTokens: BigInt(amount.inputTokens),
    outputTokens: BigInt(amount.outputTokens),
    calls: BigInt(amount.calls),
    nanoUsd: BigInt(toNanoUsd(amount.usd)),
  };
}

export function sum(a: Figures, b: Figures): Figures {
  return {
    tokens: a.tokens + b.tokens,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    calls: a.calls + b.calls,
    nanoUsd: a.nanoUsd + b.nanoUsd,
  };
}
