// The room that a request gives Claude for thinking, which its limit of output must exceed.
// https://platform.claude.com/docs/en/build-with-claude/extended-thinking

import { countAt } from "../json/untrusted.ts";

/** The least budget that the API takes. */
export const THINKING_MIN = 1024;
/** Where it stands. */
export const THINKING_BUDGET: readonly [string, string] = ["thinking", "budget_tokens"];
/** What is left for the answer itself, where the limit allows for it. */
const ANSWER_TOKENS = 1024;

/** The budget of a request; 0 where it has none. */
export function thinkingBudgetOf(body: object): number {
  return countAt(body, ...THINKING_BUDGET) ?? 0;
}

/**
 * The budget to write beside a limit that is lower than the request's own budget. Whenever a budget
 * changes, the cache of the messages is lost: it is lowered in few steps, and to powers of two, so
 * that the next calls have the same one.
 */
export function thinkingWithin(limit: number): number {
  let budget = THINKING_MIN;
  while (budget * 2 <= limit - ANSWER_TOKENS) budget *= 2;
  return budget;
}
