// OpenAI chat completions, and the many servers that speak the same. Cached tokens are inside
// prompt_tokens, reasoning tokens inside completion_tokens.
// https://platform.openai.com/docs/api-reference/chat/object

import type { Usage } from "../core/usage.ts";
import { at, countAt, parsedOf, textAt } from "./json.ts";
import { EventReader } from "./sse.ts";
import { bytesOf, rest } from "./wire-usage.ts";
import type { UsageReader, WireUsage } from "./wire-usage.ts";

/** What a whole response, or the chunk with the usage, tells. */
export function usageOfOpenaiChat(body: unknown): WireUsage | undefined {
  const told = at(body, "usage");
  const prompt = countAt(told, "prompt_tokens");
  const completion = countAt(told, "completion_tokens");
  if (prompt === undefined && completion === undefined) return undefined;
  const reported = at(told, "cost");
  return {
    usage: {
      ...(prompt !== undefined && inputOf(told, prompt)),
      ...(completion !== undefined && outputOf(told, prompt, completion)),
    },
    isWhole: prompt !== undefined && completion !== undefined,
    model: textAt(body, "model"),
    service: textAt(body, "service_tier"),
    reportedUsd: typeof reported === "number" && reported >= 0 ? reported : undefined,
  };
}

function inputOf(told: unknown, prompt: number): Usage {
  const cacheReadTokens =
    countAt(told, "prompt_tokens_details", "cached_tokens") ??
    // DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
    countAt(told, "prompt_cache_hit_tokens") ??
    0;
  const cacheWriteTokens = countAt(told, "prompt_tokens_details", "cache_write_tokens") ?? 0;
  const inputAudioTokens = countAt(told, "prompt_tokens_details", "audio_tokens") ?? 0;
  return {
    inputTokens: rest(prompt, cacheReadTokens, cacheWriteTokens, inputAudioTokens),
    cacheReadTokens,
    cacheWriteTokens,
    inputAudioTokens,
  };
}

function outputOf(told: unknown, prompt: number | undefined, completion: number): Usage {
  const reasoning = countAt(told, "completion_tokens_details", "reasoning_tokens") ?? 0;
  const outputAudioTokens = countAt(told, "completion_tokens_details", "audio_tokens") ?? 0;
  const total = countAt(told, "total_tokens");
  // xAI counts reasoning beside completion_tokens: then only all three make the total.
  const isBeside =
    total !== undefined && prompt !== undefined && total >= prompt + completion + reasoning;
  const inside = isBeside ? 0 : reasoning;
  return {
    outputTokens: rest(completion, inside, outputAudioTokens),
    reasoningTokens: Math.min(reasoning, isBeside ? reasoning : completion),
    outputAudioTokens,
  };
}

/** Reads a stream of chunks. Some servers tell usage with every chunk: the last counts. */
export class OpenaiChatReader implements UsageReader {
  outputBytes = 0;
  #told: WireUsage | undefined;
  readonly #events = new EventReader(({ data }) => this.#chunk(parsedOf(data)));

  push(bytes: Uint8Array): void {
    this.#events.push(bytes);
  }

  end(): WireUsage | undefined {
    this.#events.end();
    return this.#told;
  }

  #chunk(chunk: unknown): void {
    const usage = usageOfOpenaiChat(chunk);
    if (usage !== undefined) {
      const { model = this.#told?.model, service = this.#told?.service } = usage;
      this.#told = { ...usage, model, service };
    }
    const choices = at(chunk, "choices");
    for (const choice of Array.isArray(choices) ? choices : []) {
      const delta = at(choice, "delta");
      for (const name of ["content", "refusal", "reasoning_content", "reasoning"])
        this.outputBytes += bytesOf(textAt(delta, name));
      const calls = at(delta, "tool_calls");
      for (const call of Array.isArray(calls) ? calls : []) {
        this.outputBytes += bytesOf(textAt(call, "function", "name"));
        this.outputBytes += bytesOf(textAt(call, "function", "arguments"));
      }
    }
  }
}
