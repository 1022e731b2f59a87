// Quantities of the reference model, in BigInt.

/** Integer quantities by axis; money in nano-dollars. */
export interface ModelAmount {
  readonly tokens?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly nanoUsd?: number;
  readonly calls?: number;
}

/** An axis. */
export type Field = keyof ModelAmount;
/** Quantities on every axis. */
export type ModelQuantities = Record<Field, bigint>;

/** `fixed` and a number of units. */
export function grant(
  fixed: ModelQuantities,
  unit: ModelQuantities,
  units: number,
): ModelQuantities {
  return combine((field) => fixed[field] + unit[field] * BigInt(units));
}

/** Zero on every axis. */
export function zero(): ModelQuantities {
  return combine(() => 0n);
}

/** Returns the sum of a list. */
export function sum(list: readonly ModelQuantities[]): ModelQuantities {
  return combine((field) => list.reduce((total, each) => total + each[field], 0n));
}

/** Returns quantities from a function of the axis. */
export function combine(quantity: (field: Field) => bigint): ModelQuantities {
  return {
    tokens: quantity("tokens"),
    inputTokens: quantity("inputTokens"),
    outputTokens: quantity("outputTokens"),
    nanoUsd: quantity("nanoUsd"),
    calls: quantity("calls"),
  };
}

/** Reads an amount: `tokens` defaults to input + output, `calls` to `calls`, the rest to zero. */
export function modelQuantities(amount: ModelAmount, calls = 1): ModelQuantities {
  const { tokens, inputTokens = 0, outputTokens = 0, nanoUsd = 0 } = amount;
  return {
    tokens: BigInt(tokens ?? inputTokens + outputTokens),
    inputTokens: BigInt(inputTokens),
    outputTokens: BigInt(outputTokens),
    nanoUsd: BigInt(nanoUsd),
    calls: BigInt(amount.calls ?? calls),
  };
}

/**
 * Reads the amount that was really used: omitted axes are as held, and a total follows its parts.
 */
export function modelActual(amount: ModelAmount, held: ModelQuantities): ModelQuantities {
  const inputTokens =
    amount.inputTokens === undefined ? held.inputTokens : BigInt(amount.inputTokens);
  const outputTokens =
    amount.outputTokens === undefined ? held.outputTokens : BigInt(amount.outputTokens);
  const partsTold = amount.inputTokens !== undefined || amount.outputTokens !== undefined;
  const total = partsTold ? inputTokens + outputTokens : held.tokens;
  return {
    tokens: amount.tokens === undefined ? total : BigInt(amount.tokens),
    inputTokens,
    outputTokens,
    nanoUsd: amount.nanoUsd === undefined ? held.nanoUsd : BigInt(amount.nanoUsd),
    calls: amount.calls === undefined ? held.calls : BigInt(amount.calls),
  };
}

/** Returns the lesser of two. */
export function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
