// What Cohere's own answers report: what is billed, which is less than what the model reads.
// https://docs.cohere.com/docs/rate-limits, https://cohere.com/pricing

import { bytesIn } from "../bytes.ts";
import { at, countAt, fieldOf, has, listAt, mergedCounts, textAt } from "../json/untrusted.ts";
import { unknownCounts } from "../wire-usage.ts";
import type { AnswerReading, WireUsage } from "../wire-usage.ts";

const KNOWN: ReadonlySet<string> = new Set([
  "input_tokens",
  "output_tokens",
  "image_tokens",
  "images",
  "cached_tokens",
]);

/** Reads an answer of chat, of generate, or of embed. */
export class CohereReading implements AnswerReading {
  outputBytes = 0;
  hidesOutput = false;
  hasError = false;
  #report: unknown;
  #isEmbedding = false;
  #hasEnded = false;

  get awaitsUsage(): boolean {
    return this.#hasEnded && this.#report === undefined;
  }

  read(message: unknown): void {
    const type = textAt(message, "type") ?? textAt(message, "event_type");
    // An error is a message and nothing besides.
    if (textAt(message, "message") !== undefined && type === undefined) this.hasError = true;
    if (has(message, "embeddings")) this.#isEmbedding = true;
    const delta = fieldOf(message, "delta");
    // The last line of a stream of the first version repeats the whole answer.
    const whole = fieldOf(message, "response");
    if (type === undefined || type === "text-generation") this.#count(message);
    this.#count(fieldOf(delta, "message"));
    for (const content of listAt(message, "message", "content")) this.#count(content);
    this.outputBytes += bytesIn(at(message, "message", "tool_calls"));
    if (type === "message-end" || type === "stream-end" || type === undefined)
      this.#hasEnded = true;
    for (const holder of [message, delta, whole]) {
      const usage = fieldOf(holder, "usage") ?? fieldOf(holder, "meta");
      if (usage !== undefined) this.#report = mergedCounts(this.#report, usage);
    }
  }

  done(): void {
    this.#hasEnded = true;
  }

  usage(): WireUsage | undefined {
    const billed = fieldOf(this.#report, "billed_units") ?? fieldOf(this.#report, "tokens");
    const input = countAt(billed, "input_tokens");
    const images = countAt(billed, "image_tokens") ?? 0;
    const output = countAt(billed, "output_tokens") ?? (this.#isEmbedding ? 0 : undefined);
    if (input === undefined && output === undefined) return undefined;
    const isEmpty =
      (input ?? 0) + images === 0 || (output === 0 && !this.#isEmbedding && this.outputBytes > 0);
    return {
      usage: {
        ...(input !== undefined && { inputTokens: input }),
        ...(images > 0 && { inputImageTokens: images }),
        ...(output !== undefined && !isEmpty && { outputTokens: output }),
      },
      passes: [],
      isWhole: input !== undefined && output !== undefined && !isEmpty,
      doubts: unknownCounts(this.#report, KNOWN),
      model: undefined,
      service: {},
      reportedUsd: undefined,
    };
  }

  #count(part: unknown): void {
    if (typeof part !== "object" || part === null) return;
    for (const name of ["text", "thinking", "tool_plan"])
      this.outputBytes += bytesIn(fieldOf(part, name));
    for (const name of ["content", "tool_calls"]) {
      const inner = fieldOf(part, name);
      if (typeof inner === "object" && inner !== null && !Array.isArray(inner))
        this.outputBytes += bytesIn(inner);
    }
    for (const each of listAt(part, "generations"))
      this.outputBytes += bytesIn(fieldOf(each, "text"));
  }
}
