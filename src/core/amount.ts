// R1. What callers write (`Amount`, dollars) and what the rules read (`Quantities`, nano-dollars):
// the only conversion in both directions.

import { AXES } from "./axis.ts";
import { unknownKey } from "./check-keys.ts";
import { describe } from "./describe.ts";
import { toNanoUsd, toUsd } from "./nano-usd.ts";
import type { Usd } from "./nano-usd.ts";
import { Quantities } from "./quantities.ts";

/**
 * Quantities by axis: what a call uses, or may use.
 *
 * Token and call axes are non-negative safe integers; `usd` is dollars, as a number or a decimal
 * string. `tokens` defaults to `inputTokens + outputTokens` if either is given, `calls` to 1, every
 * other axis to 0.
 */
export interface Amount {
  readonly tokens?: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly usd?: Usd | undefined;
  readonly calls?: number | undefined;
}

/**
 * The counts on every axis: integers, and `usd` in dollars (the nearest number to whole
 * nano-dollars).
 */
export interface AmountView {
  readonly tokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  readonly calls: number;
}

/** The defaults of an amount's omitted axes: one call, and nothing else. */
const ONE_CALL = new Quantities(0, 0, 0, 0, 1);

/**
 * Reads an amount. An omitted axis counts as in `defaults` (R1; for a commit, the held amount: R4).
 * If a part of the tokens is given, their total is the sum: holding 2,000 and using 900 + 300 gives
 * 1,200. Every axis is read once.
 *
 * @throws {RangeError} if a quantity is negative, not finite, fractional on an integer axis, or
 * past 2^53 − 1.
 * @throws {TypeError} if an axis does not exist or a value is not a number.
 */
export function readAmount(amount: Amount, defaults: Quantities = ONE_CALL): Quantities {
  if (typeof amount !== "object" || amount === null) throw notAnAmount(amount);
  const { tokens, inputTokens, outputTokens, usd, calls } = amount;
  const input = inputTokens === undefined ? defaults.inputTokens : inputTokens;
  const output = outputTokens === undefined ? defaults.outputTokens : outputTokens;
  const count = calls === undefined ? defaults.calls : calls;
  if (!isQuantity(input) || !isQuantity(output) || !isQuantity(count)) throw badQuantity(amount);
  const untold = inputTokens === undefined && outputTokens === undefined;
  const sum = untold ? defaults.tokens : input + output;
  const total = tokens === undefined ? sum : tokens;
  if (!isQuantity(total)) throw badQuantity(amount, sum);
  const nanoUsd = usd === undefined ? defaults.nanoUsd : toNanoUsd(usd);
  checkNames(amount);
  return new Quantities(total, input, output, nanoUsd, count);
}

/** Converts quantities to the form that callers see, with money in dollars. */
export function amountView(quantities: Quantities): AmountView {
  // Adding zero turns a −0 that a caller wrote into 0.
  return {
    tokens: quantities.tokens + 0,
    inputTokens: quantities.inputTokens + 0,
    outputTokens: quantities.outputTokens + 0,
    usd: toUsd(quantities.nanoUsd),
    calls: quantities.calls + 0,
  };
}

/** Reads one quantity of a token or call axis. */
export function readQuantity(quantity: unknown, argument: string): number {
  if (typeof quantity !== "number") {
    throw new TypeError(
      `Expected \`${argument}\` to be a non-negative safe integer, got ${describe(quantity)} (${typeof quantity})`,
    );
  }
  if (!isQuantity(quantity)) throw notAQuantity(argument, quantity);
  return quantity + 0; // −0 becomes 0
}

function isQuantity(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Throws on an unknown axis, and on an object that cannot be an amount. */
function checkNames(amount: Amount): void {
  let names = 0;
  for (const name in amount) {
    // Written out, because a list would be searched for every name of every amount.
    if (
      name !== "tokens" &&
      name !== "usd" &&
      name !== "inputTokens" &&
      name !== "outputTokens" &&
      name !== "calls"
    ) {
      throw Array.isArray(amount) ? notAnAmount(amount) : unknownKey(name, AXES, "amount");
    }
    names++;
  }
  if (names === 0 && !isPlain(amount)) throw notAnAmount(amount);
}

/**
 * Whether an object without names is an empty amount, and not, say, a promise that was never
 * awaited; an axis on its prototype makes it an amount.
 */
function isPlain(amount: Amount): boolean {
  const prototype: unknown = Object.getPrototypeOf(amount);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return true;
  return AXES.some((axis) => axis in amount);
}

/**
 * Reports what is wrong with an invalid amount: first its names, then its values, or else the `sum`
 * of its parts.
 */
function badQuantity(amount: Amount, sum = 0): Error {
  checkNames(amount);
  for (const axis of AXES) {
    const value = amount[axis];
    if (axis !== "usd" && value !== undefined) readQuantity(value, axis);
  }
  return notAQuantity("tokens", sum);
}

function notAQuantity(argument: string, value: number): RangeError {
  return new RangeError(
    `Expected \`${argument}\` to be a non-negative safe integer, got ${describe(value)}`,
  );
}

function notAnAmount(value: unknown): TypeError {
  return new TypeError(
    `Expected \`amount\` to be an object such as { tokens: 1200, usd: 0.0036 }, got ${describe(value)}`,
  );
}
