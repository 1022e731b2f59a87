// Quantities of the reference model, in BigInt.

/** Whole quantities by axis; money in nano-dollars. */
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

/** `fixed` and so many units. */
export function grant(
  fixed: ModelQuantities,
  unit: ModelQuantities,
  units: number,
): ModelQuantities {
  return combine((field) => fixed[field] + unit[field] * BigInt(units));
}

/** Nothing. */
export function zero(): ModelQuantities {
  return combine(() => 0n);
}

/** The sum of a list. */
export function sum(list: readonly ModelQuantities[]): ModelQuantities {
  return combine((field) => list.reduce((total, each) => total + each[field], 0n));
}

/** Quantities by a function of the axis. */
function combine(quantity: (field: Field) => bigint): ModelQuantities {
  return {
    tokens: quantity("tokens"),
    inputTokens: quantity("inputTokens"),
    outputTokens: quantity("outputTokens"),
    nanoUsd: quantity("nanoUsd"),
    calls: quantity("calls"),
  };
}
