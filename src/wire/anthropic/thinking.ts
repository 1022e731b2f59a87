// The room that a request gives Claude for thinking, which its limit of output must exceed.
// https://platform.claude.com/docs/en/build-with-claude/extended-thinking

import { countAt } from "../json/untrusted.ts";

/** The least budget that the API takes. */
export const THINKING_MIN = 1024;
/** Where it stands. */
export const THINKING_BUDGET: readonly [string, string] = ["thinking", "budget_tokens"];
/** What is written where there is room for more, and what that room is. */
const THINKING_LONGER = 4096;
const THINKS_LONGER_FROM = 12_288;

/** Returns the budget of a request; 0 where it has none. */
export function thinkingBudgetOf(body: object): number {
  return countAt(body, ...THINKING_BUDGET) ?? 0;
}

/**
 * Returns the budget to write beside a limit that is lower than the request's own budget. Whenever
 * a budget changes, the cache of the messages is lost: there are two, far apart, so that the next
 * calls have the same one while the room shrinks.
 */
export function thinkingWithin(limit: number): number {
  return limit >= THINKS_LONGER_FROM ? THINKING_LONGER : THINKING_MIN;
}
