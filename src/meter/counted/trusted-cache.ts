// How much of a request is expected to be read from a cache, at its price (`cacheReads`). An
// expectation, not a guarantee: a provider may drop a cache at any time.

import type { Conversation } from "../../wire/conversation.ts";
import { eachText, fieldOf } from "../../wire/json/untrusted.ts";
import type { KeptCount } from "./count-memory.ts";

/** A mark has room for the tokens of any context; above them is the step of the thinking budget. */
const MARK = 2 ** 27;
const THINKING_LEAST_LOG = 9;

/**
 * Returns the mark of a cache: its tokens, and the thinking budget that replaced the request's own.
 * With another budget, that cache is not read.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
export function cacheMark(tokens: number, thinkingTokens: number): number {
  const step = thinkingTokens === 0 ? 0 : Math.log2(thinkingTokens) - THINKING_LEAST_LOG;
  return Number.isInteger(step) && tokens < MARK ? tokens + step * MARK : 0;
}

/** Parses a mark: a thinking budget of 0 stands for the request's own. */
export function cacheMarked(mark: number): { readonly tokens: number; readonly thinking: number } {
  const step = Math.floor(mark / MARK);
  return { tokens: mark % MARK, thinking: step === 0 ? 0 : 2 ** (step + THINKING_LEAST_LOG) };
}

/**
 * How many blocks before a marker the provider looks for a cache.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
const BLOCKS_MAX = 20;

/**
 * Returns how many tokens of a request that continues a counted one are expected in the cache: what
 * that one read from it and wrote to it, no longer ago than `trustMs`.
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
  // The first image invalidates the cache of all messages (same page).
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
