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
 * Reads the amount of a request. Omitted axes count as in `ONE_CALL` (R1). Every axis is read once.
 *
 * @throws {RangeError} if a quantity is negative, not finite, fractional on an integer axis, or
 * past 2^53 − 1.
 * @throws {TypeError} if an axis does not exist or a value is not a number.
 */
export function readAmount(amount: Amount): Quantities {
  checkNames(amount);
  const { tokens, usd, inputTokens, outputTokens, calls } = amount;
  // What most requests name is read here, so that engines inline this function.
  if (
    tokens === undefined ||
    inputTokens !== undefined ||
    outputTokens !== undefined ||
    calls !== undefined
  )
    return readAxes(tokens, usd, inputTokens, outputTokens, calls, ONE_CALL);
  return new Quantities(checked(tokens, "tokens"), 0, 0, usd === undefined ? 0 : toNanoUsd(usd), 1);
}

/**
 * Reads an amount whose omitted axes count as in `defaults`, such as what a commit books in place
 * of a hold (R4).
 *
 * @throws {RangeError | TypeError} as `readAmount` does.
 */
export function readAmountWithDefaults(amount: Amount, defaults: Quantities): Quantities {
  checkNames(amount);
  const { tokens, usd, inputTokens, outputTokens, calls } = amount;
  return readAxes(tokens, usd, inputTokens, outputTokens, calls, defaults);
}

/**
 * Reads all axes. If a part of the tokens is given, their total is the sum: holding
 * 2,000 and using 900 + 300 gives 1,200.
 */
function readAxes(
  tokens: number | undefined,
  usd: Usd | undefined,
  inputTokens: number | undefined,
  outputTokens: number | undefined,
  calls: number | undefined,
  defaults: Quantities,
): Quantities {
  let total = defaults.tokens;
  let input = defaults.inputTokens;
  let output = defaults.outputTokens;
  if (inputTokens !== undefined || outputTokens !== undefined) {
    if (inputTokens !== undefined) input = checked(inputTokens, "inputTokens");
    if (outputTokens !== undefined) output = checked(outputTokens, "outputTokens");
    total = input + output;
  }
  return new Quantities(
    checked(tokens === undefined ? total : tokens, "tokens"),
    input,
    output,
    usd === undefined ? defaults.nanoUsd : toNanoUsd(usd),
    calls === undefined ? defaults.calls : checked(calls, "calls"),
  );
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
  return checked(quantity, argument) + 0; // −0 becomes 0
}

/** Returns a quantity as it is, which may be −0. */
function checked(quantity: unknown, argument: string): number {
  if (isQuantity(quantity)) return quantity;
  throw notAQuantity(quantity, argument);
}

function isQuantity(value: unknown): value is number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a safe integer is a number
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function notAQuantity(value: unknown, argument: string): Error {
  const message = `Expected \`${argument}\` to be a non-negative safe integer, got ${describe(value)}`;
  return typeof value === "number"
    ? new RangeError(message)
    : new TypeError(`${message} (${typeof value})`);
}

/** Throws on an unknown axis, and on an object that cannot be an amount. */
function checkNames(amount: Amount): void {
  let isNamed = false;
  for (const name in amount) {
    if (name !== "tokens" && name !== "usd" && !isRareName(name)) throw wrongName(amount, name);
    isNamed = true;
  }
  if (!isNamed) checkEmpty(amount);
}

/** Whether an axis that is named less often has this name. A list would be searched every time. */
function isRareName(name: string): boolean {
  return name === "inputTokens" || name === "outputTokens" || name === "calls";
}

function wrongName(amount: Amount, name: string): TypeError {
  return typeof amount !== "object" || Array.isArray(amount)
    ? notAnAmount(amount)
    : unknownKey(name, AXES, "amount");
}

/**
 * Throws unless something without names is an empty amount, and not, say, a promise that was never
 * awaited. An axis on its prototype makes it an amount.
 */
function checkEmpty(amount: Amount): void {
  if (typeof amount !== "object" || amount === null) throw notAnAmount(amount);
  const prototype: unknown = Object.getPrototypeOf(amount);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return;
  if (!AXES.some((axis) => axis in amount)) throw notAnAmount(amount);
}

function notAnAmount(value: unknown): TypeError {
  return new TypeError(
    `Expected \`amount\` to be an object such as { tokens: 1200, usd: 0.0036 }, got ${describe(value)}`,
  );
}
