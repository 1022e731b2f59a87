// Reads the amounts of requests and commits in a slice, as `readAmount` of the core does. What is
// usual is read in one pass and without an object that outlives the call; everything else, and all
// that is invalid, is left to `readAmount`.

import { readAmount, readAmountWithDefaults } from "../../core/amount.ts";
import type { Amount } from "../../core/amount.ts";
import { toNanoUsd } from "../../core/nano-usd.ts";
import { assign } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { StoredActual } from "../client/stored-reservation.ts";
import { readAttribution } from "../contract/attribution.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import { AskQuantities, askOf } from "./ask.ts";

/** What the last commit used: one object for all, read before anything else is. */
const USED: Quantities = new AskQuantities(0, 0, 0, 0, 0);

/** The metadata of the last commit, which the next one usually shares. */
let lastAbout: EntryMetadata | undefined;

/**
 * Returns the amount of a request.
 *
 * @throws {TypeError | RangeError} if the amount is invalid.
 */
export function readAsk(amount: Amount): Quantities {
  if (!hasAxesOnly(amount)) return askOf(readAmount(amount));
  const { tokens, inputTokens, outputTokens, usd, calls } = amount;
  const input = inputTokens === undefined ? 0 : inputTokens;
  const output = outputTokens === undefined ? 0 : outputTokens;
  const count = calls === undefined ? 1 : calls;
  const total = tokens === undefined ? input + output : tokens;
  if (!isQuantity(input) || !isQuantity(output) || !isQuantity(count) || !isQuantity(total))
    return askOf(readAmount(amount));
  return new AskQuantities(total, input, output, usd === undefined ? 0 : toNanoUsd(usd), count);
}

/**
 * Returns the amount of a commit; an omitted axis counts as held. It is valid until the next commit
 * is read.
 *
 * @throws {TypeError | RangeError} if the amount is invalid.
 */
export function readUsed(actual: StoredActual, held: Quantities): Quantities {
  const names = countKnown(actual);
  if (names < 1)
    return use(names === 0 ? readAmountWithDefaults(actual, held) : readRest(actual, held));
  const { tokens, inputTokens, outputTokens, usd, calls } = actual;
  const input = inputTokens === undefined ? held.inputTokens : inputTokens;
  const output = outputTokens === undefined ? held.outputTokens : outputTokens;
  const count = calls === undefined ? held.calls : calls;
  const isUntold = inputTokens === undefined && outputTokens === undefined;
  const sum = isUntold ? held.tokens : input + output;
  const total = tokens === undefined ? sum : tokens;
  if (!isQuantity(input) || !isQuantity(output) || !isQuantity(count) || !isQuantity(total))
    return use(readAmountWithDefaults({ tokens, inputTokens, outputTokens, usd, calls }, held));
  const nanoUsd = usd === undefined ? held.nanoUsd : toNanoUsd(usd);
  USED.tokens = total;
  USED.inputTokens = input;
  USED.outputTokens = output;
  USED.nanoUsd = nanoUsd;
  USED.calls = count;
  return USED;
}

function use(amount: Quantities): Quantities {
  assign(USED, amount);
  return USED;
}

function isQuantity(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Whether an object has names of axes and no others. */
function hasAxesOnly(amount: Amount): boolean {
  let names = 0;
  for (const name in amount) {
    if (!isAxis(name)) return false;
    names++;
  }
  return names > 0;
}

/** Returns how many names an object has, or −1 if a commit does not take one of them. */
function countKnown(actual: StoredActual): number {
  let names = 0;
  for (const name in actual) {
    if (!isAxis(name) && !isAboutCall(name)) return -1;
    names++;
  }
  return names;
}

function isAxis(name: string): boolean {
  return (
    name === "tokens" ||
    name === "usd" ||
    name === "inputTokens" ||
    name === "outputTokens" ||
    name === "calls"
  );
}

function isAboutCall(name: string): boolean {
  return (
    name === "model" ||
    name === "label" ||
    name === "provider" ||
    name === "usage" ||
    name === "outcome"
  );
}

/** An unknown name, which the check of the amount reports. */
function readRest(actual: StoredActual, held: Quantities): Quantities {
  const { outcome: _outcome, model: _model, label: _label, ...most } = actual;
  const { provider: _provider, usage: _usage, ...amount } = most;
  return readAmountWithDefaults(amount, held);
}

/**
 * Returns the metadata of a commit.
 * @throws {TypeError | RangeError} if it is invalid.
 */
export function readAbout({
  model,
  label,
  provider,
  usage,
}: StoredActual): EntryMetadata | undefined {
  if (provider !== undefined || usage !== undefined)
    return readAttribution({ model, label, provider, usage });
  if (model === undefined && label === undefined) return undefined;
  if (lastAbout?.model === model && lastAbout?.label === label) return lastAbout;
  lastAbout = readAttribution({ model, label });
  return lastAbout;
}
