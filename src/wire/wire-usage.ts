// What an answer reports of what it used, whatever the format (M3): reports are merged before they
// are read, totals are compared with their parts, and a count that is not known makes the report
// unsure.

import type { Service } from "../core/service.ts";
import type { Usage } from "../core/usage.ts";

/** What one pass of a model used that an answer lists apart from the rest. */
export interface ModelPass {
  /** The model of the pass; undefined for the model that answers. */
  readonly model: string | undefined;
  readonly usage: Usage;
}

/** What was read from an answer. */
export interface WireUsage {
  /** By class; a class that the answer does not report is left out. */
  readonly usage: Usage;
  /** Passes that are billed besides, each at the price of its own model. */
  readonly passes: readonly ModelPass[];
  /** Whether all that is priced by tokens is reported; otherwise the bound stands for the rest. */
  readonly isWhole: boolean;
  /** Why the report may leave something out although it is whole; empty when nothing says so. */
  readonly doubts: readonly string[];
  /** The model that answered, where the answer says so. */
  readonly model: string | undefined;
  /** The id by which a later request may continue the answer. */
  readonly id?: string | undefined;
  /** How it was served, in the provider's words, where the answer says so. */
  readonly service: Service;
  /** The whole charge in dollars, at a provider that is known to report it. */
  readonly reportedUsd: number | undefined;
}

/** The headers of an answer. */
export interface WireHead {
  /** The value of a header, whatever the case of its name; null where there is none. */
  get(name: string): string | null;
}

/** Work that goes on after its request was answered. */
export interface WorkUnderWay {
  /** By what later requests name it. */
  readonly id: string;
  /** Whether it is over, so that this answer tells what it has used. */
  readonly isOver: boolean;
  /** The id by which its results are fetched, where that is another. */
  readonly resultsId?: string | undefined;
}

/**
 * Reads one answer: as a whole, or event by event. The caller guards every method: what one of them
 * throws is not reported, and the answer counts as not read.
 */
export interface AnswerReading {
  /** Takes in the headers, before the rest; missing where they report nothing. */
  head?(head: WireHead): void;
  /** Takes in the whole answer, or one event of it. */
  read(message: unknown, event: string): void;
  /** The answer's own mark of its end was seen. */
  done(): void;
  /**
   * Returns what is known when the answer is over, however it ended; undefined when that is
   * nothing.
   */
  usage(isWholeBody: boolean): WireUsage | undefined;
  /** How many UTF-8 bytes of output were seen: a bound for its tokens where usage is missing. */
  readonly outputBytes: number;
  /** Whether the answer shows that output is billed which it does not show. */
  readonly hidesOutput: boolean;
  /** Whether the answer reports an error. */
  readonly hasError: boolean;
  /** Whether the answer has ended and its usage is still to come. */
  readonly awaitsUsage: boolean;
  /** The work that the answer tells of; undefined where it is the work itself. */
  readonly later?: WorkUnderWay | undefined;
}

/** Returns what is left of a count when parts of it are classes of their own; never below 0. */
export function rest(whole: number, ...parts: readonly number[]): number {
  let left = whole;
  for (const part of parts) left -= part;
  return Math.max(0, left);
}

/** The counts of a report; undefined where it has none. Parts are inside of their whole. */
export interface Counts {
  readonly input: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly inputAudio?: number | undefined;
  readonly inputImage?: number | undefined;
  readonly output: number | undefined;
  readonly reasoning?: number | undefined;
  readonly outputAudio?: number | undefined;
  readonly outputImage?: number | undefined;
  /** All of them, as the provider adds them up. */
  readonly total?: number | undefined;
}

/** Usage with what it says of itself. */
export type CountedUsage = Pick<WireUsage, "usage" | "isWhole">;

/**
 * Returns usage from counts whose parts are inside of them. Where a total is more than its parts,
 * what is missing from them is a part that stands beside (reasoning at xAI, audio at Mistral,
 * caches at some gateways), or else output: the dearer one.
 */
export function usageOfCounts(counts: Counts): CountedUsage | undefined {
  const { cacheWrite = 0, inputAudio = 0, inputImage = 0, total } = counts;
  let { cacheRead = 0 } = counts;
  const { reasoning = 0, outputAudio = 0, outputImage = 0 } = counts;
  let { input, output } = counts;
  if (input === undefined && output === undefined) return undefined;
  // A count of 0 is left out by some servers: the total says so.
  if (output === undefined && input !== undefined && total !== undefined && total >= input)
    output = total - input;
  // More reasoning than output cannot be inside of it.
  if (output !== undefined && reasoning > output) output += reasoning;
  if (
    input !== undefined &&
    output !== undefined &&
    total !== undefined &&
    total > input + output
  ) {
    const missing = total - input - output;
    const isInput = missing === cacheRead + cacheWrite || missing === inputAudio;
    if (isInput) input += missing;
    else output += missing;
  }
  if (input !== undefined) {
    // No part is more than the whole; a part that was read and written at once is counted once.
    input = Math.max(input, cacheRead, cacheWrite + inputAudio + inputImage);
    cacheRead = Math.min(cacheRead, rest(input, cacheWrite, inputAudio, inputImage));
  }
  return {
    usage: {
      ...(input !== undefined && {
        inputTokens: rest(input, cacheRead, cacheWrite, inputAudio, inputImage),
        cacheReadTokens: cacheRead,
        cacheWriteTokens: cacheWrite,
        inputAudioTokens: inputAudio,
        inputImageTokens: inputImage,
      }),
      ...(output !== undefined && {
        outputTokens: rest(output, reasoning, outputAudio, outputImage),
        reasoningTokens: reasoning,
        outputAudioTokens: outputAudio,
        outputImageTokens: outputImage,
      }),
    },
    isWhole: input !== undefined && output !== undefined,
  };
}

const DEPTH_MAX = 5;
const DOUBTS_MAX = 3;

/** Names of counts, which are whole; known names of others are those of times and charges. */
const COUNT_NAME = /tokens?$|count$|requests$/i;

function isReadable(name: string, count: number): boolean {
  if (!COUNT_NAME.test(name)) return Math.abs(count) <= Number.MAX_SAFE_INTEGER;
  return Number.isSafeInteger(count) && count >= 0;
}

/**
 * Returns the numbers in a report that are not 0 and that no known name explains, or that no count
 * can be, as doubts: what they count may be billed. Nor is what is nested deeply looked through.
 * `knownToo`: names that one provider has besides.
 */
export function unknownCounts(
  report: unknown,
  known: ReadonlySet<string>,
  knownToo: readonly string[] = [],
): readonly string[] {
  const doubts: string[] = [];
  const look = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== "object" || value === null) return;
    if (depth > DEPTH_MAX) doubts.push("the usage of the answer is nested deeply");
    for (const [name, inner] of Object.entries(value)) {
      if (doubts.length >= DOUBTS_MAX || depth > DEPTH_MAX) return;
      const isNumber = typeof inner === "number" && inner !== 0;
      if (isNumber) {
        const isKnown = known.has(name) || knownToo.includes(name) || Array.isArray(value);
        if (!isKnown) doubts.push(`the count ${path}${name} of the answer is not known`);
        else if (!isReadable(name, inner))
          doubts.push(`the count ${path}${name} of the answer cannot be read`);
      } else if (typeof inner === "object") look(inner, `${path}${name}.`, depth + 1);
    }
  };
  look(report, "usage.", 0);
  return doubts;
}

/**
 * Drops counts that what was seen contradicts: no input at all, or no output beside output that was
 * seen. Gateways write zeros for what they do not know.
 */
export function withoutEmptyCounts(
  { usage, isWhole }: CountedUsage,
  outputBytes: number,
): CountedUsage {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens, ...others } = usage;
  const { inputAudioTokens = 0, inputImageTokens = 0, inputVideoTokens = 0 } = usage;
  const { cacheReadAudioTokens = 0, cacheReadImageTokens = 0 } = usage;
  const { outputTokens = 0, reasoningTokens = 0 } = usage;
  const { outputAudioTokens = 0, outputImageTokens = 0, outputVideoTokens = 0 } = usage;
  const text = (inputTokens ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const media = inputAudioTokens + inputImageTokens + inputVideoTokens;
  const cached = (cacheWrite1hTokens ?? 0) + cacheReadAudioTokens + cacheReadImageTokens;
  const shown = outputTokens + reasoningTokens;
  const hasInput = inputTokens === undefined || text + media + cached > 0;
  const hasOutput =
    outputBytes === 0 || shown + outputAudioTokens + outputImageTokens + outputVideoTokens > 0;
  if (hasInput && hasOutput) return { usage, isWhole };
  const { outputTokens: _shown, reasoningTokens: _thought, ...withoutOutput } = usage;
  const { outputTokens: _none, reasoningTokens: _nothing, ...neither } = others;
  return {
    usage: hasInput ? withoutOutput : hasOutput ? others : neither,
    isWhole: false,
  };
}
