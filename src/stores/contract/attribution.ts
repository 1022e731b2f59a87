// The purpose of spend, and the actor and reason of a change: words chosen by the caller, which no
// rule reads.

import type { Attribution } from "../../core/attribution.ts";
import { asGiven } from "../../core/read-options.ts";
import type { OptionTable } from "../../core/read-options.ts";
import { USAGE_CLASSES, readUsage } from "../../core/usage.ts";
import type { Usage, UsageClass } from "../../core/usage.ts";
import { readWord } from "../../core/word.ts";
import type { EntryMetadata } from "./entry-details.ts";

/** The actor and the reason of a change, for the ledger (R17). */
export interface Accountable {
  /** Who made the change: 1 to 128 characters without control characters. */
  readonly actor?: string | undefined;
  /** Why: 1 to 128 characters without control characters. */
  readonly reason?: string | undefined;
}

/** The names of the fields of an attribution. */
export const ATTRIBUTION_KEYS = ["model", "label", "provider", "usage"] as const;
/** An attribution among other options; `readAttribution` reads it. */
export const ATTRIBUTION_OPTIONS: OptionTable<Attribution, Attribution> = {
  model: asGiven,
  label: asGiven,
  provider: asGiven,
  usage: asGiven,
};
/** An actor and reason among other options; `readAccountable` reads them. */
export const ACCOUNTABLE_OPTIONS: OptionTable<Accountable, Accountable> = {
  actor: asGiven,
  reason: asGiven,
};

/**
 * Reads an attribution.
 * @throws {TypeError | RangeError} if it is invalid.
 */
export function readAttribution(attribution: Attribution): EntryMetadata | undefined {
  const { model, label, provider, usage } = attribution;
  if (ATTRIBUTION_KEYS.every((key) => attribution[key] === undefined)) return undefined;
  return {
    model: wordUnlessLeftOut("model", model),
    label: wordUnlessLeftOut("label", label),
    ...((provider !== undefined || usage !== undefined) && {
      details: {
        provider: wordUnlessLeftOut("provider", provider),
        usage: usage === undefined ? undefined : countsOf(usage),
      },
    }),
  };
}

/**
 * Reads an actor and reason.
 * @throws {TypeError | RangeError} if one is invalid.
 */
export function readAccountable({ actor, reason }: Accountable): EntryMetadata | undefined {
  if (actor === undefined && reason === undefined) return undefined;
  return {
    details: {
      actor: wordUnlessLeftOut("actor", actor),
      reason: wordUnlessLeftOut("reason", reason),
    },
  };
}

function wordUnlessLeftOut(name: string, word: string | undefined): string | undefined {
  return word === undefined ? undefined : readWord(name, word);
}

/** The classes that have a count. */
function countsOf(usage: Usage): Usage {
  const whole = readUsage(usage);
  const counts: { [C in UsageClass]?: number } = {};
  for (const name of USAGE_CLASSES) if (whole[name] !== 0) counts[name] = whole[name];
  return counts;
}
