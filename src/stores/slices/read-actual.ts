// Reads the arguments of a commit in a slice without allocating an object.

import { readAmount } from "../../core/amount.ts";
import type { Quantities } from "../../core/quantities.ts";
import type { StoredActual } from "../client/stored-reservation.ts";
import { readAttribution } from "../contract/attribution.ts";
import type { EntryMetadata } from "../contract/entry-details.ts";

/** The metadata of the last commit, which the next one usually shares. */
let lastAbout: EntryMetadata | undefined;

/**
 * Returns the amount of a commit; an omitted axis counts as held.
 *
 * @throws {TypeError | RangeError} if the amount is invalid.
 */
export function readUsed(actual: StoredActual, held: Quantities): Quantities {
  let names = 0;
  for (const name in actual) {
    if (!isKnown(name)) return readRest(actual, held);
    names++;
  }
  if (names === 0) return readAmount(actual, held);
  const { tokens, inputTokens, outputTokens, usd, calls } = actual;
  return readAmount({ tokens, inputTokens, outputTokens, usd, calls }, held);
}

function isKnown(name: string): boolean {
  return (
    name === "tokens" ||
    name === "usd" ||
    name === "model" ||
    name === "inputTokens" ||
    name === "outputTokens" ||
    name === "calls" ||
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
  return readAmount(amount, held);
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
