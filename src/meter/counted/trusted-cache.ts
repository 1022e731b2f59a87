// How much of a request is expected to be read from a cache, at its price (`cacheReads`). An
// expectation and no guarantee: a provider may drop a cache when it likes.

import type { Conversation } from "../../wire/conversation.ts";
import { eachText, fieldOf } from "../../wire/json/untrusted.ts";
import type { KeptCount } from "./count-memory.ts";

/** Room for the tokens of any context in a mark; above it is the step of the thinking budget. */
const MARK = 2 ** 27;
const THINKING_LEAST_LOG = 9;

/**
 * Returns what is remembered of a cache, in one number: its tokens, and which thinking budget the
 * request was given in place of its own. With another budget that cache is not read.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
export function cacheMark(tokens: number, thinkingTokens: number): number {
  const step = thinkingTokens === 0 ? 0 : Math.log2(thinkingTokens) - THINKING_LEAST_LOG;
  return Number.isInteger(step) && tokens < MARK ? tokens + step * MARK : 0;
}

/** Returns what a mark says: 0 tokens of thinking for the request's own budget. */
export function cacheMarked(mark: number): { readonly tokens: number; readonly thinking: number } {
  const step = Math.floor(mark / MARK);
  return { tokens: mark % MARK, thinking: step === 0 ? 0 : 2 ** (step + THINKING_LEAST_LOG) };
}

/**
 * How far back from a marker the provider looks for what it has cached, in blocks.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
const BLOCKS_MAX = 20;

/**
 * Returns how many tokens of a request that goes on from one that was counted are expected in the
 * cache: what was read from it and written to it for that one, not longer ago than `trustMs`.
 *
 * `begun`: how many of the messages are those of the earlier request.
 */
export function trustedTokens(
  { cachedTokens, at }: KeptCount,
  { messages }: Conversation,
  begun: number,
  { trustMs, now }: { readonly trustMs: number; readonly now: number },
): number {
  const age = now - at;
  const { tokens } = cacheMarked(cachedTokens);
  if (tokens === 0 || age < 0 || age > trustMs) return 0;
  const added = messages.slice(begun);
  const blocks = added.reduce<number>((sum, message) => sum + blocksOf(message), 0);
  if (blocks >= BLOCKS_MAX) return 0;
  // The first image makes the provider read all messages anew (same page).
  return hasImage(added) && !hasImage(messages.slice(0, begun)) ? 0 : tokens;
}

function blocksOf(message: unknown): number {
  const content = fieldOf(message, "content");
  return Array.isArray(content) ? content.length : 1;
}

function hasImage(messages: readonly unknown[]): boolean {
  let found = false;
  eachText(messages, (text) => {
    found ||= text === "image";
  });
  return found;
}
