// Gemini generateContent. Cached tokens are inside the prompt; thoughts are beside the candidates
// and billed as output, the prompts of tools beside the prompt.
// https://ai.google.dev/api/generate-content#UsageMetadata

import type { Usage } from "../core/usage.ts";
import { at, countAt, parsedOf, textAt } from "./json.ts";
import { ObjectReader } from "./json-objects.ts";
import { EventReader } from "./sse.ts";
import { bytesOf, rest } from "./wire-usage.ts";
import type { UsageReader, WireUsage } from "./wire-usage.ts";

/** What a whole response, or a chunk, tells. */
export function usageOfGemini(body: unknown): WireUsage | undefined {
  const told = at(body, "usageMetadata");
  const prompt = countAt(told, "promptTokenCount");
  const candidates = countAt(told, "candidatesTokenCount");
  const thoughts = countAt(told, "thoughtsTokenCount");
  const hasOutput = candidates !== undefined || thoughts !== undefined;
  if (prompt === undefined && !hasOutput) return undefined;
  return {
    usage: {
      ...(prompt !== undefined && inputOf(told, prompt)),
      ...(hasOutput && outputOf(told, candidates ?? 0, thoughts ?? 0)),
    },
    isWhole: prompt !== undefined && hasOutput,
    model: textAt(body, "modelVersion"),
    service: undefined,
    reportedUsd: undefined,
  };
}

function inputOf(told: unknown, prompt: number): Usage {
  const cached = countAt(told, "cachedContentTokenCount") ?? 0;
  const ofTools = countAt(told, "toolUsePromptTokenCount") ?? 0;
  const audio = countOf(told, "promptTokensDetails", "AUDIO");
  const image = countOf(told, "promptTokensDetails", "IMAGE");
  const inputVideoTokens = countOf(told, "promptTokensDetails", "VIDEO");
  const cacheReadAudioTokens = countOf(told, "cacheTokensDetails", "AUDIO");
  const cacheReadImageTokens = countOf(told, "cacheTokensDetails", "IMAGE");
  const inputAudioTokens = rest(audio, cacheReadAudioTokens);
  const inputImageTokens = rest(image, cacheReadImageTokens);
  const cacheReadTokens = rest(cached, cacheReadAudioTokens, cacheReadImageTokens);
  return {
    inputTokens:
      rest(prompt, cached, inputAudioTokens, inputImageTokens, inputVideoTokens) + ofTools,
    cacheReadTokens,
    inputAudioTokens,
    inputImageTokens,
    inputVideoTokens,
    cacheReadAudioTokens,
    cacheReadImageTokens,
  };
}

function outputOf(told: unknown, candidates: number, reasoningTokens: number): Usage {
  const outputAudioTokens = countOf(told, "candidatesTokensDetails", "AUDIO");
  const outputImageTokens = countOf(told, "candidatesTokensDetails", "IMAGE");
  return {
    outputTokens: rest(candidates, outputAudioTokens, outputImageTokens),
    reasoningTokens,
    outputAudioTokens,
    outputImageTokens,
  };
}

/** How many tokens of a modality some details tell of. */
function countOf(told: unknown, details: string, modality: string): number {
  const listed = at(told, details);
  const all: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const found = all.find((each) => textAt(each, "modality") === modality);
  return countAt(found, "tokenCount") ?? 0;
}

/**
 * Reads a stream: events with `alt=sse`, one long array without it. Every chunk tells usage so far:
 * the last counts.
 */
export class GeminiReader implements UsageReader {
  outputBytes = 0;
  #told: WireUsage | undefined;
  #hasEnded = false;
  readonly #chunks: EventReader | ObjectReader;

  constructor(contentType = "text/event-stream") {
    this.#chunks = contentType.startsWith("text/event-stream")
      ? new EventReader(({ data }) => this.#chunk(parsedOf(data)))
      : new ObjectReader((text) => this.#chunk(parsedOf(text)));
  }

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
  }

  end(): WireUsage | undefined {
    this.#chunks.end();
    // Of a stream that was cut, the last count may be one of its beginning.
    return this.#told && { ...this.#told, isWhole: this.#told.isWhole && this.#hasEnded };
  }

  #chunk(chunk: unknown): void {
    const usage = usageOfGemini(chunk);
    if (usage !== undefined) {
      this.#told = { ...usage, usage: { ...this.#told?.usage, ...usage.usage } };
    }
    const candidates = at(chunk, "candidates");
    for (const candidate of Array.isArray(candidates) ? candidates : []) {
      this.#hasEnded ||= textAt(candidate, "finishReason") !== undefined;
      const parts = at(candidate, "content", "parts");
      for (const part of Array.isArray(parts) ? parts : []) {
        this.outputBytes += bytesOf(textAt(part, "text"));
        const call = at(part, "functionCall");
        if (call !== undefined) this.outputBytes += bytesOf(JSON.stringify(call));
      }
    }
  }
}
