// Reads the amounts of requests and commits in a slice, as `readAmount` of the core does. What is
// usual is read in one pass and into objects that all calls share; everything else, and all that is
// invalid, is left to `readAmount`.

import { readAmount, readAmountWithDefaults } from "../../core/amount.ts";
import type { Amount } from "../../core/amount.ts";
import { toNanoUsd } from "../../core/nano-usd.ts";
import { assign, FIELD_OF_AXIS } from "../../core/quantities.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { StoredActual } from "../client/stored-reservation.ts";
import { readAttribution } from "../contract/attribution.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";
import { AskQuantities } from "./ask.ts";

/** What a commit says. */
export interface ReadCommit {
  readonly used: Quantities;
  readonly about: EntryMetadata | undefined;
  readonly unknown: boolean;
}

/** The last request and the last commit, filled once all of it is read. */
const ASK: Quantities = new AskQuantities(0, 0, 0, 0, 0);
const USED: Quantities = new AskQuantities(0, 0, 0, 0, 0);
const COMMIT: { -readonly [K in keyof ReadCommit]: ReadCommit[K] } = {
  used: USED,
  about: undefined,
  unknown: false,
};

/** What a commit says besides its amount. */
const ABOUT_CALL: ReadonlySet<string> = new Set(["outcome", "model", "label", "provider", "usage"]);

/** The metadata of the last commit, which the next one usually shares. */
let lastAbout: EntryMetadata | undefined;

/**
 * Returns the amount of a request. It is valid until the next request is read.
 *
 * @throws {TypeError | RangeError} if the amount is invalid.
 */
export function readAsk(amount: Amount): Quantities {
  let unread = countNames(amount);
  if (unread < 0) return filled(ASK, readAmount(amount));
  const { tokens, inputTokens, outputTokens, usd, calls } = amount;
  let isValid = true;
  let input = 0;
  let output = 0;
  let count = 1;
  if (inputTokens !== undefined) {
    isValid = isQuantity(inputTokens);
    input = inputTokens;
    unread--;
  }
  if (outputTokens !== undefined) {
    isValid = isValid && isQuantity(outputTokens);
    output = outputTokens;
    unread--;
  }
  if (calls !== undefined) {
    isValid = isValid && isQuantity(calls);
    count = calls;
    unread--;
  }
  const total = tokens === undefined ? input + output : tokens;
  if (tokens !== undefined) unread--;
  if (usd !== undefined) unread--;
  if (unread !== 0 || !isValid || !isQuantity(total)) return filled(ASK, readAmount(amount));
  const nanoUsd = usd === undefined ? 0 : toNanoUsd(usd);
  ASK.tokens = total;
  ASK.inputTokens = input;
  ASK.outputTokens = output;
  ASK.nanoUsd = nanoUsd;
  ASK.calls = count;
  return ASK;
}

/**
 * Returns what a commit says, with the held quantities for axes that it omits. It is valid until
 * the next commit is read.
 *
 * @throws {TypeError | RangeError} if the amount or the rest of it is invalid.
 */
export function readCommit(
  actual: StoredActual,
  tokensHeld: number,
  inputHeld: number,
  outputHeld: number,
  nanoUsdHeld: number,
  callsHeld: number,
): ReadCommit {
  let unread = countNames(actual);
  if (unread < 0) checkObject(actual);
  const { outcome, model, label, provider, usage } = actual;
  if (outcome !== undefined) {
    if (outcome !== "unknown") throw badOutcome();
    unread--;
  }
  let about: EntryMetadata | undefined;
  if (model !== undefined || label !== undefined || provider !== undefined || usage !== undefined) {
    about = aboutOf(model, label, provider, usage);
    if (model !== undefined) unread--;
    if (label !== undefined) unread--;
    if (provider !== undefined) unread--;
    if (usage !== undefined) unread--;
  }
  const { tokens, inputTokens, outputTokens, usd, calls } = actual;
  let isValid = true;
  let input = inputHeld;
  let output = outputHeld;
  let count = callsHeld;
  let total = tokensHeld;
  if (calls !== undefined) {
    isValid = isQuantity(calls);
    count = calls;
    unread--;
  }
  if (inputTokens !== undefined) {
    isValid = isValid && isQuantity(inputTokens);
    input = inputTokens;
    unread--;
  }
  if (outputTokens !== undefined) {
    isValid = isValid && isQuantity(outputTokens);
    output = outputTokens;
    unread--;
  }
  if (tokens !== undefined) {
    total = tokens;
    unread--;
  } else if (inputTokens !== undefined || outputTokens !== undefined) total = input + output;
  if (usd !== undefined) unread--;
  if (unread === 0 && isValid && isQuantity(total)) {
    const nanoUsd = usd === undefined ? nanoUsdHeld : toNanoUsd(usd);
    USED.tokens = total;
    USED.inputTokens = input;
    USED.outputTokens = output;
    USED.nanoUsd = nanoUsd;
    USED.calls = count;
  } else {
    const held = new AskQuantities(tokensHeld, inputHeld, outputHeld, nanoUsdHeld, callsHeld);
    assign(USED, readSlowly(actual, held));
  }
  COMMIT.about = about;
  COMMIT.unknown = outcome !== undefined;
  return COMMIT;
}

function filled(shared: Quantities, amount: Quantities): Quantities {
  assign(shared, amount);
  return shared;
}

function isQuantity(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Returns how many names a plain object has, and −1 for everything else. If that is how many of the
 * names that it may have are not undefined, it has no others: this takes half as long as comparing
 * each of them.
 */
function countNames(object: object): number {
  if (typeof object !== "object" || object === null || object.constructor !== Object) return -1;
  let names = 0;
  // oxlint-disable-next-line no-underscore-dangle -- only counted
  for (const _name in object) names++;
  return names;
}

/** Throws the core's error for what has no fields, such as null or a list. */
function checkObject(actual: StoredActual): void {
  if (typeof actual !== "object" || actual === null || Array.isArray(actual)) readAmount(actual);
}

/** Reads a commit that is unusual or invalid. */
function readSlowly(actual: StoredActual, held: Quantities): Quantities {
  let names = 0;
  for (const name in actual) {
    if (!Object.hasOwn(FIELD_OF_AXIS, name) && !ABOUT_CALL.has(name)) return readRest(actual, held);
    names++;
  }
  if (names === 0) return readAmountWithDefaults(actual, held);
  const { tokens, inputTokens, outputTokens, usd, calls } = actual;
  return readAmountWithDefaults({ tokens, inputTokens, outputTokens, usd, calls }, held);
}

/** Has the check of the amount report an unknown name. */
function readRest(actual: StoredActual, held: Quantities): Quantities {
  const { outcome: _outcome, model: _model, label: _label, ...most } = actual;
  const { provider: _provider, usage: _usage, ...amount } = most;
  return readAmountWithDefaults(amount, held);
}

function aboutOf(
  model: StoredActual["model"],
  label: StoredActual["label"],
  provider: StoredActual["provider"],
  usage: StoredActual["usage"],
): EntryMetadata | undefined {
  if (provider !== undefined || usage !== undefined)
    return readAttribution({ model, label, provider, usage });
  if (lastAbout?.model === model && lastAbout?.label === label) return lastAbout;
  lastAbout = readAttribution({ model, label });
  return lastAbout;
}

function badOutcome(): RangeError {
  return new RangeError(`Expected \`outcome\` to be "unknown" or left out`);
}
