// What a response tells of what it used, whatever the wire.

import type { Usage } from "../core/usage.ts";

/** What was read from a response. */
export interface WireUsage {
  /** By class; a class that the response does not tell of is left out. */
  readonly usage: Usage;
  /** Whether all that is priced by tokens is known; otherwise the bound stands for the rest. */
  readonly isWhole: boolean;
  /** The model that answered, where the response says so. */
  readonly model: string | undefined;
  /** How it was served, in the provider's word, where the response says so. */
  readonly service: string | undefined;
  /** What the provider says that it costs, in dollars (OpenRouter). */
  readonly reportedUsd: number | undefined;
}

/** Reads usage from a stream. */
export interface UsageReader {
  /** Takes in more of the stream. Never throws. */
  push(bytes: Uint8Array): void;
  /** What is known when the stream is over, however it ended; undefined when that is nothing. */
  end(): WireUsage | undefined;
  /** How many UTF-8 bytes of output were seen: a bound for its tokens where usage is missing. */
  readonly outputBytes: number;
}

const encoder = new TextEncoder();
const SHORT = 64;
const ONE_BYTE_MAX = 0x7f;
const TWO_BYTES_MAX = 0x7ff;

/** How many bytes a text has in UTF-8. */
export function bytesOf(text: string | undefined): number {
  if (text === undefined) return 0;
  // The pieces of a stream are short, and an encoder takes longer to begin.
  return text.length <= SHORT ? bytesOfShort(text) : encoder.encode(text).length;
}

function bytesOfShort(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isSurrogate(unit)) return encoder.encode(text).length;
    if (unit > ONE_BYTE_MAX) bytes += unit > TWO_BYTES_MAX ? 2 : 1;
  }
  return bytes;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** What is left of a count when parts of it are classes of their own; never below 0. */
export function rest(whole: number, ...parts: readonly number[]): number {
  return Math.max(0, whole - parts.reduce((sum, part) => sum + part, 0));
}

/**
 * What went in and came out, with what is inside of it told apart; undefined where it is not told.
 */
interface Told {
  readonly input: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly output: number | undefined;
  readonly reasoning: number | undefined;
}

/** Usage from totals that hold their parts. */
export function usageOfTotals(told: Told): WireUsage | undefined {
  const { input, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 } = told;
  if (input === undefined && output === undefined) return undefined;
  return {
    usage: {
      ...(input !== undefined && {
        inputTokens: rest(input, cacheRead, cacheWrite),
        cacheReadTokens: cacheRead,
        cacheWriteTokens: cacheWrite,
      }),
      ...(output !== undefined && {
        outputTokens: rest(output, reasoning),
        reasoningTokens: Math.min(reasoning, output),
      }),
    },
    isWhole: input !== undefined && output !== undefined,
    model: undefined,
    service: undefined,
    reportedUsd: undefined,
  };
}
