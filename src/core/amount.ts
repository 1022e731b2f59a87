// R1. What callers write (`Amount`, dollars) and what the rules read (`Quantities`, nano-dollars):
// the only way in and out.

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
 * string. `tokens` defaults to `inputTokens + outputTokens` when either is given, `calls` to 1,
 * every other axis to 0.
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

/** What an amount counts on the axes that it leaves out: one call, and nothing else. */
const ONE_CALL = new Quantities(0, 0, 0, 0, 1);

/**
 * Reads an amount; an axis that is left out counts as in `defaults` (R1; for a commit, what was
 * held: R4). Tokens follow their parts as soon as one of them is given: holding 2,000 and using
 * 900 + 300 is 1,200. Every axis is read once.
 *
 * @throws {RangeError} when a quantity is negative, not finite, fractional where integers count, or
 * past 2^53 − 1.
 * @throws {TypeError} when an axis does not exist or a value is not a number.
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

/** Shows quantities as callers see them, money in dollars. */
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

/** Fails on a name that is no axis, and on an object that cannot be meant as an amount. */
function checkNames(amount: Amount): void {
  let names = 0;
  for (const name in amount) {
    // Written out: a list of names would be searched for every name of every amount.
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
 * Whether an object without names is an empty amount, and not a promise that was never awaited or
 * another thing without names of its own; an axis on its prototype speaks for it.
 */
function isPlain(amount: Amount): boolean {
  const prototype: unknown = Object.getPrototypeOf(amount);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return true;
  return AXES.some((axis) => axis in amount);
}

/**
 * Says what is wrong with an amount that does not hold quantities: first its names, then its
 * values, or else the `sum` of its parts.
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
