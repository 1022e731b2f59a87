// The reference model for long histories: it sums what it has booked and holds as it goes, and can
// be asked for the naive sums to compare them with.

import { ModelPool } from "../../../src/testing/reference-model.ts";
import type { ModelHold, ModelOutcome } from "../../../src/testing/reference-model.ts";
import { FIELDS } from "./torture-log.ts";

export type ModelQuantities = ReturnType<ModelPool["used"]>;

/** A pool of the model with running sums. */
export class RunningModel extends ModelPool {
  #used = zero();
  #reserved = zero();
  readonly #open = new Set<ModelHold>();

  override levels(): RunningModel[] {
    return super.levels() as RunningModel[];
  }

  override used(): ModelQuantities {
    return this.#used;
  }

  override reserved(): ModelQuantities {
    return this.#reserved;
  }

  override openHolds(): ModelHold[] {
    return [...this.#open];
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Used, summed anew over everything that was booked. */
  usedNaively(): ModelQuantities {
    return super.used();
  }

  override roll(nowMs: number): void {
    const before = this.levels().map((level) => level.windowStart());
    super.roll(nowMs);
    for (const [index, level] of this.levels().entries()) {
      const start = before[index];
      if (start !== undefined && start !== level.windowStart()) level.#used = zero();
    }
  }

  override record(ask: ModelQuantities): ModelOutcome {
    const outcome = super.record(ask);
    if (outcome.kind === "done") for (const level of this.levels()) add(level.#used, ask, 1n);
    return outcome;
  }

  override reserve(ask: ModelQuantities): { outcome: ModelOutcome; hold: ModelHold | undefined } {
    const reserved = super.reserve(ask);
    if (reserved.hold === undefined) return reserved;
    for (const level of this.levels()) {
      level.#open.add(reserved.hold);
      add(level.#reserved, ask, 1n);
    }
    return reserved;
  }

  override commit(hold: ModelHold, actual: ModelQuantities): ModelOutcome {
    const outcome = super.commit(hold, actual);
    if (outcome.kind !== "committed") return outcome;
    this.#drop(hold);
    for (const level of this.levels()) add(level.#used, outcome.booked, 1n);
    return outcome;
  }

  release(hold: ModelHold): void {
    this.#drop(hold);
    hold.settled = true;
  }

  override reset(): void {
    super.reset();
    this.#open.clear();
    this.#used = zero();
    this.#reserved = zero();
  }

  #drop(hold: ModelHold): void {
    for (const level of this.levels()) {
      if (level.#open.delete(hold)) add(level.#reserved, hold.amount, -1n);
    }
  }
}

/** As numbers, in the order of the fields. */
export function numbersOf(quantities: ModelQuantities): number[] {
  return FIELDS.map((field) => Number(quantities[field]));
}

function zero(): ModelQuantities {
  return { tokens: 0n, inputTokens: 0n, outputTokens: 0n, nanoUsd: 0n, calls: 0n };
}

function add(total: ModelQuantities, amount: ModelQuantities, sign: bigint): void {
  for (const field of FIELDS) total[field] += sign * amount[field];
}
