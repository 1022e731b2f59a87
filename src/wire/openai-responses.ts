// OpenAI Responses, and embeddings, whose usage has the same shape in other words.
// https://platform.openai.com/docs/api-reference/responses/object

import { at, countAt, fieldOf, parsedOf, textAt } from "./json.ts";
import { EventReader } from "./sse.ts";
import { bytesOf, usageOfTotals } from "./wire-usage.ts";
import type { UsageReader, WireUsage } from "./wire-usage.ts";

/** What a whole response tells. */
export function usageOfOpenaiResponses(body: unknown): WireUsage | undefined {
  const told = at(body, "usage");
  const usage = usageOfTotals({
    input: countAt(told, "input_tokens"),
    cacheRead: countAt(told, "input_tokens_details", "cached_tokens"),
    cacheWrite: countAt(told, "input_tokens_details", "cache_write_tokens"),
    output: countAt(told, "output_tokens"),
    reasoning: countAt(told, "output_tokens_details", "reasoning_tokens"),
  });
  const [model, service] = [textAt(body, "model"), textAt(body, "service_tier")];
  return usage && { ...usage, model, service };
}

/** What a whole response with embeddings tells: nothing comes out that is priced. */
export function usageOfOpenaiEmbeddings(body: unknown): WireUsage | undefined {
  const inputTokens = countAt(body, "usage", "prompt_tokens");
  if (inputTokens === undefined) return undefined;
  return {
    usage: { inputTokens, outputTokens: 0 },
    isWhole: true,
    model: textAt(body, "model"),
    service: undefined,
    reportedUsd: undefined,
  };
}

/** The events that end a response, whichever way; each is billed. */
const ENDS: ReadonlySet<string> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
]);

/** Reads a stream of named events. */
export class OpenaiResponsesReader implements UsageReader {
  outputBytes = 0;
  #told: WireUsage | undefined;
  readonly #events = new EventReader(({ data }) => this.#event(parsedOf(data)));

  push(bytes: Uint8Array): void {
    this.#events.push(bytes);
  }

  end(): WireUsage | undefined {
    this.#events.end();
    return this.#told;
  }

  #event(event: unknown): void {
    const type = textAt(event, "type") ?? "";
    if (ENDS.has(type))
      this.#told = usageOfOpenaiResponses(fieldOf(event, "response")) ?? this.#told;
    if (type.endsWith(".delta")) this.outputBytes += bytesOf(textAt(event, "delta"));
  }
}
