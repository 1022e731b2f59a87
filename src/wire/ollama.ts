// Ollama's own API: lines of JSON, of which the last has the counts.
// https://github.com/ollama/ollama/blob/main/docs/api.md

import { edited } from "./edits.ts";
import { countAt, fieldOf, parsedOf, textAt } from "./json.ts";
import { ObjectReader } from "./json-objects.ts";
import { eachObject, IMAGE_TOKENS_MAX, InputTally, listAt } from "./input-bound.ts";
import type { Asked, Wire } from "./wire.ts";
import { bytesOf } from "./wire-usage.ts";
import type { UsageReader, WireUsage } from "./wire-usage.ts";

/** What a whole response, or the last line, tells. */
function usageOfOllama(body: unknown): WireUsage | undefined {
  const inputTokens = countAt(body, "prompt_eval_count");
  const outputTokens = countAt(body, "eval_count");
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    usage: {
      ...(inputTokens !== undefined && { inputTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
    },
    // Without a count of the prompt, it was in the server's cache: how much of it nobody says.
    isWhole: inputTokens !== undefined && outputTokens !== undefined,
    model: textAt(body, "model"),
    service: undefined,
    reportedUsd: undefined,
  };
}

/** Reads a stream of lines. */
export class OllamaReader implements UsageReader {
  outputBytes = 0;
  #told: WireUsage | undefined;
  readonly #lines = new ObjectReader((text) => this.#line(parsedOf(text)));

  push(bytes: Uint8Array): void {
    this.#lines.push(bytes);
  }

  end(): WireUsage | undefined {
    this.#lines.end();
    return this.#told;
  }

  #line(line: unknown): void {
    if (fieldOf(line, "done") === true) this.#told = usageOfOllama(line) ?? this.#told;
    const message = fieldOf(line, "message");
    this.outputBytes += bytesOf(textAt(line, "response")) + bytesOf(textAt(line, "thinking"));
    for (const name of ["content", "thinking"]) this.outputBytes += bytesOf(textAt(message, name));
    for (const call of listAt(message, "tool_calls"))
      this.outputBytes += bytesOf(JSON.stringify(call));
  }
}

/** Ollama's `/api/chat` and `/api/generate`. */
export const ollama: Wire = {
  name: "ollama",
  provider: "ollama",
  streamsObjects: true,
  listedServices: new Set(),
  asked(body, bytes): Asked {
    const tally = new InputTally();
    tally.hasTools = listAt(body, "tools").length > 0 || fieldOf(body, "format") !== undefined;
    eachObject(body, (part) => {
      for (const image of listAt(part, "images"))
        tally.image(typeof image === "string" ? image : undefined, IMAGE_TOKENS_MAX);
      return false;
    });
    if (listAt(body, "context").length > 0) tally.upToWindow("the context of a response");
    const limit = countAt(body, "options", "num_predict");
    return {
      model: textAt(body, "model"),
      streams: fieldOf(body, "stream") !== false,
      input: tally.bound(body, bytes),
      outputLimit: limit,
      outputLimitMin: 1,
      choices: 1,
      isOutputHidden: false,
      hasMediaOutput: false,
      service: undefined,
    };
  },
  withOutputLimit: (text, _body, limit) => edited(text, [[["options", "num_predict"], limit]]),
  usageOf: usageOfOllama,
  reader: () => new OllamaReader(),
  refusal: ({ message }) => ({ error: message }),
};
