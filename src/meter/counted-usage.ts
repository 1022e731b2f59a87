// Models sold by the page, the image, the second or the search, and not by the token. A model is
// sold by one or the other: usage that an answer reports in both is billed once.

import type { Counted, Usage, UsageClass } from "../core/usage.ts";
import { INPUT_CLASSES, OUTPUT_CLASSES, PIECE_CLASSES } from "../core/usage.ts";
import { rateOf } from "../prices/rates.ts";
import type { Price } from "../prices/index.ts";

/** Returns whether a model is sold by counted classes, and not also by the token. */
export function soldByCount({ rates }: Price, counted: Counted | undefined): boolean {
  if (rates === undefined || counted === undefined) return false;
  return hasRate(rates, PIECE_CLASSES) && rateOf(rates, "inputTokens") === undefined;
}

/** Returns the billed part of some usage: tokens, or the counted classes in their place. */
export function billable({ rates }: Price, usage: Usage): Usage {
  if (rates === undefined) return usage;
  const used = PIECE_CLASSES.filter((name) => (usage[name] ?? 0) > 0);
  if (used.length === 0) return usage;
  const isByToken = rateOf(rates, "inputTokens") !== undefined;
  // Without either price, the usage says which one is missing.
  const dropped: readonly UsageClass[] = isByToken
    ? used.filter((name) => rates[name] === undefined)
    : hasRate(rates, used)
      ? [...INPUT_CLASSES, ...OUTPUT_CLASSES]
      : [];
  return { ...usage, ...Object.fromEntries(dropped.map((name) => [name, 0])) };
}

function hasRate(rates: NonNullable<Price["rates"]>, names: readonly UsageClass[]): boolean {
  return names.some((name) => rates[name] !== undefined);
}
