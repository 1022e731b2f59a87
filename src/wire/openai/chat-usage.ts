// What OpenAI chat completions report, and the many servers that speak the same. Cached tokens are
// inside prompt_tokens, reasoning tokens inside completion_tokens or beside.
// https://platform.openai.com/docs/api-reference/chat/object

import type { Service } from "../../core/service.ts";
import { bytesIn } from "../bytes.ts";
import { at, countAt, fieldOf, has, listAt, mergedCounts, textAt } from "../json/untrusted.ts";
import type { Provider } from "../provider.ts";
import { unknownCounts, usageOfCounts, withoutEmptyCounts } from "../wire-usage.ts";
import type { AnswerReading, CountedUsage, WireUsage } from "../wire-usage.ts";

/**
 * Counts, and other numbers, that usage may have. Rejected predictions are inside
 * completion_tokens.
 */
const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "input_tokens",
  "output_tokens",
  "cached_tokens",
  "cache_write_tokens",
  "cache_creation_tokens",
  "cache_read_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "ttl_30m_tokens",
  "ttl_12h_tokens",
  "prompt_cache_hit_tokens",
  "prompt_cache_miss_tokens",
  "audio_tokens",
  "text_tokens",
  "image_tokens",
  "reasoning_tokens",
  "accepted_prediction_tokens",
  "rejected_prediction_tokens",
  // Times, in seconds, at Groq, Cerebras and others.
  "queue_time",
  "prompt_time",
  "completion_time",
  "total_time",
  "total_latency",
  "time_to_first_token",
  "tokens_per_second",
]);

/** Usage of a chat completion; undefined where there is none. */
function usageOfOpenaiChat(report: unknown): CountedUsage | undefined {
  const input = countAt(report, "prompt_tokens") ?? countAt(report, "input_tokens");
  const output = countAt(report, "completion_tokens") ?? countAt(report, "output_tokens");
  const total = countAt(report, "total_tokens");
  const prompt =
    fieldOf(report, "prompt_tokens_details") ?? fieldOf(report, "input_tokens_details");
  const completion =
    fieldOf(report, "completion_tokens_details") ?? fieldOf(report, "output_tokens_details");
  return usageOfCounts({
    input,
    cacheRead:
      countAt(prompt, "cached_tokens") ??
      // DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
      countAt(report, "prompt_cache_hit_tokens") ??
      // Moonshot: https://platform.moonshot.ai/docs/api/chat
      countAt(report, "cached_tokens"),
    cacheWrite:
      countAt(prompt, "cache_write_tokens") ??
      // Gateways in front of Claude, whose writes are dearer than its input.
      countAt(prompt, "cache_creation_tokens") ??
      countAt(report, "cache_creation_input_tokens"),
    // Mistral counts audio beside the prompt.
    inputAudio: countAt(prompt, "audio_tokens") ?? countAt(report, "audio_tokens"),
    inputImage: countAt(prompt, "image_tokens"),
    output,
    reasoning: countAt(completion, "reasoning_tokens") ?? countAt(report, "reasoning_tokens"),
    outputAudio: countAt(completion, "audio_tokens"),
    outputImage: countAt(completion, "image_tokens"),
    total,
  });
}

/** Members of a delta or a message that are no output. */
const NOT_OUTPUT: ReadonlySet<string> = new Set(["role", "index", "id", "type", "annotations"]);

/** Reads a chat completion. Some servers report usage with every chunk. */
export class OpenaiChatReading implements AnswerReading {
  outputBytes = 0;
  readonly hidesOutput = false;
  hasError = false;
  readonly #provider: Provider;
  #report: unknown;
  #answer: unknown;
  #model: string | undefined;
  #tier: string | undefined;
  /** Whether the usage that was seen is that of the whole answer. */
  #isLast = false;
  /** The choices that have begun and not ended, by their index. */
  readonly #open = new Set<unknown>();
  #hasEnded = false;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  get awaitsUsage(): boolean {
    return this.#hasFinished && !this.#isLast;
  }

  get #hasFinished(): boolean {
    return this.#hasEnded && this.#open.size === 0;
  }

  read(message: unknown): void {
    if (typeof message !== "object" || message === null) return;
    if (has(message, "error")) this.hasError = true;
    this.#answer = message;
    this.#model = textAt(message, "model") ?? this.#model;
    this.#tier = textAt(message, "service_tier") ?? this.#tier;
    const choices = listAt(message, "choices");
    for (const choice of choices) this.#choice(choice);
    // Moonshot reports it with the choice.
    const report =
      fieldOf(message, "usage") ??
      fieldOf(choices[0], "usage") ??
      // Groq reports it in a member of its own, with the last choice.
      at(message, "x_groq", "usage");
    if (typeof report !== "object" || report === null) return;
    this.#report = mergedCounts(this.#report, report);
    this.#isLast = this.#hasFinished || choices.length === 0;
  }

  done(): void {
    this.#isLast = true;
  }

  usage(isWholeBody: boolean): WireUsage | undefined {
    const report = this.#report;
    const counted = usageOfOpenaiChat(report);
    const { reportedUsd: charge, knownCounts = [], served } = this.#provider;
    const reportedUsd = charge?.(this.#answer, report);
    if (counted === undefined && reportedUsd === undefined) return undefined;
    const found = counted ?? { usage: {}, isWhole: false };
    // Beside a whole charge a count of 0 is a count: the answer came from a cache.
    const { usage, isWhole } =
      reportedUsd === undefined ? withoutEmptyCounts(found, this.outputBytes) : found;
    const searches = countAt(report, "server_tool_use", "web_search_requests");
    return {
      usage: { ...usage, ...(searches !== undefined && { webSearches: searches }) },
      passes: [],
      isWhole: isWhole && (isWholeBody || this.#isLast),
      doubts: reportedUsd === undefined ? unknownCounts(report, KNOWN_COUNTS, knownCounts) : [],
      model: this.#model,
      service: { ...this.#service(), ...served?.(this.#answer) },
      reportedUsd,
    };
  }

  #service(): Service {
    return this.#tier === undefined ? {} : { tier: this.#tier };
  }

  #choice(choice: unknown): void {
    const index = fieldOf(choice, "index");
    this.#open.add(index);
    const shown = fieldOf(choice, "delta") ?? fieldOf(choice, "message");
    if (typeof shown !== "object" || shown === null) {
      this.outputBytes += bytesIn(fieldOf(choice, "text"));
    } else {
      for (const name of Object.keys(shown)) {
        if (name === "tool_calls") this.#calls(fieldOf(shown, name));
        else if (!NOT_OUTPUT.has(name)) this.outputBytes += bytesIn(fieldOf(shown, name));
      }
    }
    if (!has(choice, "finish_reason")) return;
    this.#open.delete(index);
    this.#hasEnded = true;
  }

  #calls(calls: unknown): void {
    for (const call of Array.isArray(calls) ? calls : []) {
      const made = fieldOf(call, "function") ?? fieldOf(call, "custom");
      for (const name of ["name", "arguments", "input"])
        this.outputBytes += bytesIn(fieldOf(made, name));
    }
  }
}
