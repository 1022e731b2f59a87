// Amounts as the rules see them: five integers. Dollars exist only at the edge (see amount.ts).
// Everything is written out axis by axis, because every request on every pool runs through these
// lines.

import type { Axis } from "./axis.ts";

/** The largest integer that a quantity or a total may reach on any axis: 2^53 − 1. */
export const QUANTITY_MAX: number = Number.MAX_SAFE_INTEGER;

/** Non-negative safe integers on the five axes; money in nano-dollars (10⁻⁹ USD). */
export class Quantities {
  // `declare`, so that no field starts as undefined: engines store a field that was always a number
  // as a bare double, and add to it in place.
  declare tokens: number;
  declare inputTokens: number;
  declare outputTokens: number;
  declare nanoUsd: number;
  declare calls: number;

  constructor(
    tokens: number,
    inputTokens: number,
    outputTokens: number,
    nanoUsd: number,
    calls: number,
  ) {
    this.tokens = tokens;
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
    this.nanoUsd = nanoUsd;
    this.calls = calls;
  }
}

/**
 * Quantities that grow, and their limits. They have a class of their own because engines choose the
 * representation of a field by class: together with large totals, the small integers of every
 * request would be stored as doubles too.
 */
export class Totals extends Quantities {
  // Methods, because engines check an imported function at each call, and a method once.

  /** Adds `amount`. */
  add(amount: Quantities): void {
    this.tokens += amount.tokens;
    this.inputTokens += amount.inputTokens;
    this.outputTokens += amount.outputTokens;
    this.nanoUsd += amount.nanoUsd;
    this.calls += amount.calls;
  }

  /** Subtracts `amount`. The caller knows that it is part of the total. */
  subtract(amount: Quantities): void {
    this.tokens -= amount.tokens;
    this.inputTokens -= amount.inputTokens;
    this.outputTokens -= amount.outputTokens;
    this.nanoUsd -= amount.nanoUsd;
    this.calls -= amount.calls;
  }

  /** Replaces `out` by `into`. The caller knows that `out` is part of the total. */
  exchange(out: Quantities, into: Quantities): void {
    this.tokens += into.tokens - out.tokens;
    this.inputTokens += into.inputTokens - out.inputTokens;
    this.outputTokens += into.outputTokens - out.outputTokens;
    this.nanoUsd += into.nanoUsd - out.nanoUsd;
    this.calls += into.calls - out.calls;
  }

  /**
   * R2. Adds `ask` and returns −1, unless a total would pass its limit: then nothing is added, and
   * that total is returned.
   */
  addWithin(ask: Quantities, limits: Quantities): number {
    const tokens = this.tokens + ask.tokens;
    if (tokens > limits.tokens) return tokens;
    const inputTokens = this.inputTokens + ask.inputTokens;
    if (inputTokens > limits.inputTokens) return inputTokens;
    const outputTokens = this.outputTokens + ask.outputTokens;
    if (outputTokens > limits.outputTokens) return outputTokens;
    const nanoUsd = this.nanoUsd + ask.nanoUsd;
    if (nanoUsd > limits.nanoUsd) return nanoUsd;
    const calls = this.calls + ask.calls;
    if (calls > limits.calls) return calls;
    this.tokens = tokens;
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
    this.nanoUsd = nanoUsd;
    this.calls = calls;
    return -1;
  }
}

/** The field of `Quantities` that counts an axis. */
export const FIELD_OF_AXIS: Readonly<Record<Axis, keyof Quantities>> = {
  tokens: "tokens",
  inputTokens: "inputTokens",
  outputTokens: "outputTokens",
  usd: "nanoUsd",
  calls: "calls",
};

/** Returns the same quantity on every axis; `uniform(0)` is an empty amount. */
export function uniform(quantity: number): Quantities {
  return new Quantities(quantity, quantity, quantity, quantity, quantity);
}

/** Nothing on any axis, shared: no function writes another value to it. */
export const NOTHING: Quantities = uniform(0);

/** Returns `total + times · amount`. */
export function plus(total: Quantities, amount: Quantities, times: number): Quantities {
  return new Quantities(
    total.tokens + times * amount.tokens,
    total.inputTokens + times * amount.inputTokens,
    total.outputTokens + times * amount.outputTokens,
    total.nanoUsd + times * amount.nanoUsd,
    total.calls + times * amount.calls,
  );
}

/** Returns `one − other`; negative on an axis where that is more. */
export function minus(one: Quantities, other: Quantities): Quantities {
  return plus(one, other, -1);
}

/** Adds `amount` to `total`, in place. */
export function add(total: Quantities, amount: Quantities): void {
  total.tokens += amount.tokens;
  total.inputTokens += amount.inputTokens;
  total.outputTokens += amount.outputTokens;
  total.nanoUsd += amount.nanoUsd;
  total.calls += amount.calls;
}

/**
 * Subtracts `amount` from `total`, in place. The caller knows that `total` is at least as large.
 */
export function subtract(total: Quantities, amount: Quantities): void {
  total.tokens -= amount.tokens;
  total.inputTokens -= amount.inputTokens;
  total.outputTokens -= amount.outputTokens;
  total.nanoUsd -= amount.nanoUsd;
  total.calls -= amount.calls;
}

/** Replaces `out` by `into` in `total`, in place. The caller knows that `out` is part of it. */
export function exchange(total: Quantities, out: Quantities, into: Quantities): void {
  total.tokens += into.tokens - out.tokens;
  total.inputTokens += into.inputTokens - out.inputTokens;
  total.outputTokens += into.outputTokens - out.outputTokens;
  total.nanoUsd += into.nanoUsd - out.nanoUsd;
  total.calls += into.calls - out.calls;
}

/** Copies `from` into `target`, in place. */
export function assign(target: Quantities, from: Quantities): void {
  exchange(target, target, from);
}

/** Returns whether `total + amount` stays within `limit` on every axis. */
export function fitsWithin(total: Quantities, amount: Quantities, limit: Quantities): boolean {
  return (
    total.tokens + amount.tokens <= limit.tokens &&
    total.inputTokens + amount.inputTokens <= limit.inputTokens &&
    total.outputTokens + amount.outputTokens <= limit.outputTokens &&
    total.nanoUsd + amount.nanoUsd <= limit.nanoUsd &&
    total.calls + amount.calls <= limit.calls
  );
}

/** Returns what `amount` has beyond `within`, by axis. */
export function beyond(amount: Quantities, within: Quantities): Quantities {
  return new Quantities(
    Math.max(0, amount.tokens - within.tokens),
    Math.max(0, amount.inputTokens - within.inputTokens),
    Math.max(0, amount.outputTokens - within.outputTokens),
    Math.max(0, amount.nanoUsd - within.nanoUsd),
    Math.max(0, amount.calls - within.calls),
  );
}

/** Builds quantities from a function of the field. */
export function quantitiesOf(quantityOf: (field: keyof Quantities) => number): Quantities {
  return new Quantities(
    quantityOf("tokens"),
    quantityOf("inputTokens"),
    quantityOf("outputTokens"),
    quantityOf("nanoUsd"),
    quantityOf("calls"),
  );
}
