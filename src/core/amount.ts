// R1. What callers write (`Amount`, dollars) and what the rules read (`Quantities`, nano-dollars):
// the only way in and out.

import { AXES } from "./axis.ts";
import { checkKeys } from "./check-keys.ts";
import { describe } from "./describe.ts";
import { toNanoUsd, toUsd } from "./nano-usd.ts";
import type { Usd } from "./nano-usd.ts";
import { Quantities } from "./quantities.ts";

/**
 * What a call uses or may use, by axis.
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
 * What was counted on every axis: integers, and `usd` in dollars (the nearest number to whole
 * nano-dollars).
 */
export interface AmountView {
  readonly tokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  readonly calls: number;
}

/**
 * Reads an amount, with `calls` defaulting to `callsDefault`.
 *
 * @throws {RangeError} when a quantity is negative, not finite, fractional where integers count, or
 * past 2^53 − 1.
 * @throws {TypeError} when an axis does not exist or a value is not a number.
 */
export function readAmount(amount: Amount, callsDefault = 1): Quantities {
  if (typeof amount !== "object" || amount === null) throw notAnAmount(amount);
  const { tokens, inputTokens, outputTokens, usd, calls } = amount;
  let known = 0;
  let input = 0;
  let output = 0;
  let count = callsDefault;
  let nanoUsd = 0;
  if (inputTokens !== undefined) {
    input = inputTokens;
    known++;
  }
  if (outputTokens !== undefined) {
    output = outputTokens;
    known++;
  }
  if (calls !== undefined) {
    count = calls;
    known++;
  }
  if (!isQuantity(input) || !isQuantity(output) || !isQuantity(count)) throw badQuantity(amount);
  let total = input + output;
  if (tokens !== undefined) {
    total = tokens;
    known++;
  }
  if (!isQuantity(total)) throw badQuantity(amount);
  if (usd !== undefined) {
    nanoUsd = toNanoUsd(usd);
    known++;
  }
  if (countKeys(amount) !== known || known === 0) checkKeysOf(amount);
  return new Quantities(total, input, output, nanoUsd, count);
}

/** Reads what a reservation really used: an axis left out counts what was `held` on it (R4). */
export function readActual(amount: Amount, held: Quantities): Quantities {
  const given = readAmount(amount, held.calls);
  const { tokens, inputTokens, outputTokens, usd } = amount;
  if (inputTokens === undefined) given.inputTokens = held.inputTokens;
  if (outputTokens === undefined) given.outputTokens = held.outputTokens;
  if (usd === undefined) given.nanoUsd = held.nanoUsd;
  if (tokens === undefined) {
    // The total follows its parts as soon as one of them is told: holding 2,000 and using 900 + 300
    // is 1,200.
    const partsTold = inputTokens !== undefined || outputTokens !== undefined;
    given.tokens = partsTold ? given.inputTokens + given.outputTokens : held.tokens;
    if (!isQuantity(given.tokens)) throw notAQuantity("tokens", given.tokens);
  }
  return given;
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

function countKeys(object: object): number {
  let count = 0;
  // oxlint-disable-next-line no-underscore-dangle -- how many there are is all that matters here
  for (const _key in object) count++;
  return count;
}

/** The slow look at the keys of an amount: some are strangers, or are there but undefined. */
function checkKeysOf(amount: Amount): void {
  if (Array.isArray(amount)) throw notAnAmount(amount);
  checkKeys(amount, AXES, "amount");
}

/**
 * Says what is wrong with an amount that does not hold quantities: first its names, then its
 * values.
 */
function badQuantity(amount: Amount): Error {
  checkKeysOf(amount);
  for (const axis of AXES) {
    const value = amount[axis];
    if (axis !== "usd" && value !== undefined) readQuantity(value, axis);
  }
  return notAQuantity("tokens", (amount.inputTokens ?? 0) + (amount.outputTokens ?? 0));
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
