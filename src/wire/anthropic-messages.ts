// Anthropic messages. input_tokens are without both classes of the cache; in a stream the counts of
// message_delta are those of the whole message so far, so they replace what was told before.
// https://platform.claude.com/docs/en/api/messages

import type { Usage } from "../core/usage.ts";
import { at, countAt, fieldOf, parsedOf, textAt } from "./json.ts";
import { EventReader } from "./sse.ts";
import { bytesOf, rest } from "./wire-usage.ts";
import type { UsageReader, WireUsage } from "./wire-usage.ts";

/** What a whole message tells. */
export function usageOfAnthropicMessages(body: unknown): WireUsage | undefined {
  const told = at(body, "usage");
  const usage = classesOf(told);
  const isWhole = usage.inputTokens !== undefined && usage.outputTokens !== undefined;
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return undefined;
  return {
    usage,
    isWhole,
    model: textAt(body, "model"),
    service: textAt(told, "service_tier"),
    reportedUsd: undefined,
  };
}

/** The classes that some usage tells of; the others are left out. */
function classesOf(told: unknown): Usage {
  const inputTokens = countAt(told, "input_tokens");
  const cacheReadTokens = countAt(told, "cache_read_input_tokens");
  const written = countAt(told, "cache_creation_input_tokens");
  const anHour = countAt(told, "cache_creation", "ephemeral_1h_input_tokens");
  const outputTokens = countAt(told, "output_tokens");
  const webSearches = countAt(told, "server_tool_use", "web_search_requests");
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cacheReadTokens !== undefined && { cacheReadTokens }),
    ...(written !== undefined && { cacheWriteTokens: rest(written, anHour ?? 0) }),
    ...(anHour !== undefined && { cacheWrite1hTokens: anHour }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(webSearches !== undefined && { webSearches }),
  };
}

/** Reads a stream of named events. */
export class AnthropicMessagesReader implements UsageReader {
  outputBytes = 0;
  #usage: Usage = {};
  /** Whether the count of output is that of the whole message, and not of its beginning. */
  #isWhole = false;
  #model: string | undefined;
  #service: string | undefined;
  readonly #events = new EventReader(({ data }) => this.#event(parsedOf(data)));

  push(bytes: Uint8Array): void {
    this.#events.push(bytes);
  }

  end(): WireUsage | undefined {
    this.#events.end();
    if (this.#usage.inputTokens === undefined) return undefined;
    const { outputTokens: _begun, ...input } = this.#usage;
    return {
      usage: this.#isWhole ? this.#usage : input,
      isWhole: this.#isWhole,
      model: this.#model,
      service: this.#service,
      reportedUsd: undefined,
    };
  }

  #event(event: unknown): void {
    switch (textAt(event, "type")) {
      case "message_start": {
        const message = fieldOf(event, "message");
        this.#usage = { ...this.#usage, ...classesOf(at(message, "usage")) };
        this.#model = textAt(message, "model") ?? this.#model;
        this.#service = textAt(message, "usage", "service_tier") ?? this.#service;
        return;
      }
      case "message_delta": {
        const usage = classesOf(at(event, "usage"));
        this.#usage = { ...this.#usage, ...usage };
        this.#isWhole ||= usage.outputTokens !== undefined;
        return;
      }
      case "content_block_delta":
        for (const name of ["text", "thinking", "partial_json"])
          this.outputBytes += bytesOf(textAt(event, "delta", name));
        return;
      default:
    }
  }
}
