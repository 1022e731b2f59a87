// What Gemini generateContent reports. Cached tokens are inside the prompt; thoughts are beside the
// candidates and billed as output, the prompts of tools beside the prompt. Every chunk of a stream
// reports the usage so far, and may leave out what an earlier one reported.
// https://ai.google.dev/api/generate-content#UsageMetadata

import type { Service } from "../../core/service.ts";
import type { Usage } from "../../core/usage.ts";
import { bytesIn } from "../bytes.ts";
import { at, countAt, fieldOf, has, listAt, mergedCounts, textAt } from "../json/untrusted.ts";
import { rest, unknownCounts, withoutEmptyCounts } from "../wire-usage.ts";
import type { AnswerReading, CountedUsage, WireUsage } from "../wire-usage.ts";

const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  "promptTokenCount",
  "candidatesTokenCount",
  "thoughtsTokenCount",
  "toolUsePromptTokenCount",
  "cachedContentTokenCount",
  "totalTokenCount",
  "tokenCount",
  "modality",
  // Whether what was served was bought before is reported in words, and here as an enum's number.
  "trafficType",
  // Embeddings and Imagen on Vertex.
  "billablePromptTokenCount",
]);

/** `enum-encoding=int` writes the numbers of the enum Modality. */
const MODALITIES: Readonly<Record<string, readonly unknown[]>> = {
  IMAGE: ["IMAGE", 2],
  VIDEO: ["VIDEO", 3],
  AUDIO: ["AUDIO", 4],
};

/** Usage from a merged report; undefined where there is none. */
function usageOfReport(report: unknown): CountedUsage | undefined {
  const prompt = countAt(report, "promptTokenCount");
  const thoughts = countAt(report, "thoughtsTokenCount") ?? 0;
  const ofTools = countAt(report, "toolUsePromptTokenCount") ?? 0;
  const total = countAt(report, "totalTokenCount");
  let candidates = countAt(report, "candidatesTokenCount");
  const hasThoughts = countAt(report, "thoughtsTokenCount") !== undefined;
  if (prompt === undefined && candidates === undefined && !hasThoughts) return undefined;
  // A count of 0 is left out; fields that the caller did not ask for are left out too.
  if (prompt !== undefined && total !== undefined) {
    const missing = total - prompt - ofTools - (candidates ?? 0) - thoughts;
    if (missing > 0 || candidates === undefined)
      candidates = (candidates ?? 0) + Math.max(0, missing);
  }
  const hasOutput = candidates !== undefined || hasThoughts;
  return {
    usage: {
      ...(prompt !== undefined && inputOf(report, prompt, ofTools)),
      ...(hasOutput && outputOf(report, candidates ?? 0, thoughts)),
    },
    isWhole: prompt !== undefined && hasOutput,
  };
}

function inputOf(report: unknown, prompt: number, ofTools: number): Usage {
  const cached = countAt(report, "cachedContentTokenCount") ?? 0;
  const audio = countOf(report, "promptTokensDetails", "AUDIO");
  const image = countOf(report, "promptTokensDetails", "IMAGE");
  const video = countOf(report, "promptTokensDetails", "VIDEO");
  const cacheReadAudioTokens = countOf(report, "cacheTokensDetails", "AUDIO");
  const cacheReadImageTokens = countOf(report, "cacheTokensDetails", "IMAGE");
  // A cached video is in both details, and is read at the price of the cache.
  const cachedVideo = countOf(report, "cacheTokensDetails", "VIDEO");
  const inputAudioTokens = rest(audio, cacheReadAudioTokens);
  const inputImageTokens = rest(image, cacheReadImageTokens);
  const inputVideoTokens = rest(video, cachedVideo);
  const cacheReadTokens = rest(cached, cacheReadAudioTokens, cacheReadImageTokens);
  const text = rest(prompt, cached, inputAudioTokens, inputImageTokens, inputVideoTokens);
  return {
    inputTokens: text + ofTools,
    cacheReadTokens,
    inputAudioTokens,
    inputImageTokens,
    inputVideoTokens,
    cacheReadAudioTokens,
    cacheReadImageTokens,
  };
}

function outputOf(report: unknown, candidates: number, reasoningTokens: number): Usage {
  const outputAudioTokens = countOf(report, "candidatesTokensDetails", "AUDIO");
  const outputImageTokens = countOf(report, "candidatesTokensDetails", "IMAGE");
  return {
    outputTokens: rest(candidates, outputAudioTokens, outputImageTokens),
    reasoningTokens,
    outputAudioTokens,
    outputImageTokens,
  };
}

/** How many tokens of a modality some details report. */
function countOf(report: unknown, details: string, modality: string): number {
  const words = MODALITIES[modality] ?? [];
  let count = 0;
  for (const each of listAt(report, details))
    if (words.includes(fieldOf(each, "modality"))) count += countAt(each, "tokenCount") ?? 0;
  return count;
}

/**
 * Whether a later report says all that an earlier one said, and adds up: then it stands alone. The
 * first chunks may count the prompt otherwise than the last one, which is billed.
 */
function coversAll(before: unknown, now: unknown): boolean {
  if (typeof now !== "object" || now === null) return false;
  const names = Object.keys(typeof before === "object" && before !== null ? before : {});
  if (!names.every((name) => has(now, name))) return false;
  const parts = ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"];
  const sum = [...parts, "toolUsePromptTokenCount"].reduce(
    (total, name) => total + (countAt(now, name) ?? 0),
    0,
  );
  return has(now, "candidatesTokenCount") && countAt(now, "totalTokenCount") === sum;
}

/** Reads an answer: whole, as events, or as the elements of one long array. */
export class GeminiReading implements AnswerReading {
  outputBytes = 0;
  hidesOutput = false;
  hasError = false;
  #report: unknown;
  #model: string | undefined;
  #hasEnded = false;
  #searches = 0;

  get awaitsUsage(): boolean {
    return false;
  }

  read(chunk: unknown): void {
    // Without `alt=sse` an answer in pieces may come as a list.
    if (Array.isArray(chunk)) for (const each of chunk) this.#chunk(each);
    else this.#chunk(chunk);
  }

  done(): void {}

  usage(isWholeBody: boolean): WireUsage | undefined {
    const counted = usageOfReport(this.#report);
    if (counted === undefined) return undefined;
    const { usage, isWhole } = withoutEmptyCounts(counted, this.outputBytes);
    return {
      usage: { ...usage, ...(this.#searches > 0 && { webSearches: this.#searches }) },
      passes: [],
      // Of a stream that was cut, the last count may be one of its beginning.
      isWhole: isWhole && (isWholeBody || this.#hasEnded),
      doubts: unknownCounts(this.#report, KNOWN_COUNTS),
      model: this.#model,
      service: this.#service(),
      reportedUsd: undefined,
    };
  }

  /** `TrafficType` of GenerateContentResponse in the REST reference of Vertex AI. */
  #service(): Service {
    const traffic = textAt(this.#report, "trafficType");
    const tier = traffic ?? textAt(this.#report, "serviceTier");
    return tier === undefined ? {} : { tier };
  }

  #chunk(chunk: unknown): void {
    if (has(chunk, "error")) this.hasError = true;
    const report = at(chunk, "usageMetadata");
    const before = this.#report;
    this.#report = coversAll(before, report) ? report : mergedCounts(before, report);
    this.#model = textAt(chunk, "modelVersion") ?? this.#model;
    // A prompt that is blocked has no candidates.
    if (at(chunk, "promptFeedback", "blockReason") !== undefined) this.#hasEnded = true;
    for (const candidate of listAt(chunk, "candidates")) this.#candidate(candidate);
  }

  #candidate(candidate: unknown): void {
    const reason = fieldOf(candidate, "finishReason");
    if (typeof reason === "string" || (typeof reason === "number" && reason > 0))
      this.#hasEnded = true;
    const queries = listAt(candidate, "groundingMetadata", "webSearchQueries").length;
    if (queries > 0) this.#searches = Math.max(this.#searches, 1);
    for (const part of listAt(candidate, "content", "parts")) {
      if (fieldOf(part, "thought") === true) this.hidesOutput = true;
      if (typeof part !== "object" || part === null) continue;
      for (const name of Object.keys(part))
        if (name !== "thought" && name !== "thoughtSignature")
          this.outputBytes += bytesIn(fieldOf(part, name));
    }
  }
}
