// Answers whose usage stands in one place: the whole answer, or the last event that has it.

import { at, fieldOf, has, textAt } from "./json/untrusted.ts";
import { unknownCounts } from "./wire-usage.ts";
import type { AnswerReading, WireUsage } from "./wire-usage.ts";

/** Names of counts that the formats here read, or that are parts of them. */
const KNOWN: ReadonlySet<string> = new Set([
  "input_tokens",
  "prompt_tokens",
  "output_tokens",
  "completion_tokens",
  "total_tokens",
  "text_tokens",
  "audio_tokens",
  "image_tokens",
  "cached_tokens",
  "seconds",
  "prompt_audio_seconds",
  "pages_processed",
  "doc_size_bytes",
  "search_units",
  // The AI SDK's own.
  "tokens",
  "total",
  "noCache",
  "cacheRead",
  "cacheWrite",
  "text",
  "reasoning",
  "inputTokens",
  "outputTokens",
  "totalTokens",
]);

/** Reads such an answer. */
export class WholeReading implements AnswerReading {
  outputBytes = 0;
  hidesOutput = true;
  readonly awaitsUsage = false;
  hasError = false;
  readonly #usageOf: (answer: unknown) => Partial<WireUsage> | undefined;
  #answer: unknown;

  /** `usageOf` returns what an answer reports. */
  constructor(usageOf: (answer: unknown) => Partial<WireUsage> | undefined) {
    this.#usageOf = usageOf;
  }

  read(message: unknown): void {
    if ((fieldOf(message, "error") ?? undefined) !== undefined) this.hasError = true;
    if (this.#answer === undefined || has(message, "usage")) this.#answer = message;
  }

  done(): void {}

  /** Where answers count. */
  #reports(): unknown {
    const billed = at(this.#answer, "meta", "billed_units");
    return { ...this.#fieldsOf("usage"), ...this.#fieldsOf("usage_info"), ...Object(billed) };
  }

  #fieldsOf(name: string): object {
    return Object(fieldOf(this.#answer, name));
  }

  usage(): WireUsage | undefined {
    const found = this.hasError ? undefined : this.#usageOf(this.#answer);
    if (found?.usage === undefined) return undefined;
    return {
      passes: [],
      isWhole: true,
      doubts: unknownCounts(this.#reports(), KNOWN),
      model: textAt(this.#answer, "model"),
      service: {},
      reportedUsd: undefined,
      ...found,
      usage: found.usage,
    };
  }
}
