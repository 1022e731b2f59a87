// Why the first refused call of a run did not fit: what a cap cannot be spent on, and what a bound keeps from it.

import { costOf, inputOf } from "./recording.ts";
import type { Refused, Run } from "./replay.ts";

/** Why a call did not fit, from what nobody can help to what a tighter bound would. */
const REASONS = ["its bill", "unless cached", "its output", "its bound"] as const;
type Reason = (typeof REASONS)[number];

/** What the columns of `reasonCells` are called. */
export const REASON_COLUMNS: readonly string[] = REASONS.map((reason) => `for ${reason}`);

/** How many runs ended for each reason, and the part of the cap that was left there in the mean. */
export function reasonCells(runs: readonly Run[], capUsd: number): readonly string[] {
  const refused = runs.flatMap((run) => (run.refused === undefined ? [] : [run.refused]));
  return REASONS.map((reason) => {
    const left = refused.filter((each) => reasonOf(each) === reason).map(({ leftUsd }) => leftUsd);
    if (left.length === 0) return "0";
    const mean = left.reduce((total, usd) => total + usd, 0) / left.length / capUsd;
    return `${left.length} (${(100 * mean).toFixed(0)} %)`;
  });
}

function reasonOf({ call, leftUsd, heldByOthersUsd, outputTokens = 0 }: Refused): Reason {
  const free = leftUsd - heldByOthersUsd;
  const { price } = call;
  if (costOf(call) > free) return "its bill";
  const input = inputOf(call);
  const whole = call.written1h > 0 ? { cacheWrite1hTokens: input } : { cacheWriteTokens: input };
  const isWritten = call.written1h + call.written5m > 0;
  const uncached = price.cost(isWritten ? whole : { inputTokens: input });
  if (uncached > free) return "unless cached";
  return uncached + price.cost({ outputTokens }) > free ? "its output" : "its bound";
}
