// Ollama's own API: lines of JSON, of which the last has the counts.
// https://github.com/ollama/ollama/blob/main/docs/api.md

import { objectReader } from "../stream/json-objects.ts";
import { PLAIN_REQUEST } from "../plain-request.ts";
import { bytesIn } from "../bytes.ts";
import { fieldsOf, tallyFields } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { at, countAt, fieldOf, has, listAt, textAt } from "../json/untrusted.ts";
import { imageTokensMaxOf } from "../openai/parts.ts";
import { unknownCounts, withoutEmptyCounts } from "../wire-usage.ts";
import type { AnswerReading, WireUsage } from "../wire-usage.ts";
import type { Asked, Wire } from "../wire.ts";

const FIELDS: Fields = {
  ...fieldsOf("read", ["model", "messages", "options", "stream", "tools", "images", "think"]),
  ...fieldsOf("content", ["prompt", "suffix", "system", "template", "format"]),
  ...fieldsOf("steers", ["keep_alive", "raw", "logprobs", "top_logprobs", "truncate", "shift"]),
  context: { window: "the context of a response" },
};
const KNOWN_COUNTS: ReadonlySet<string> = new Set([
  "prompt_eval_count",
  "eval_count",
  "total_duration",
  "load_duration",
  "prompt_eval_duration",
  "eval_duration",
  "created_at",
]);

/** Ollama's `/api/chat` and `/api/generate`. */
export const ollamaChat: Wire = {
  name: "ollama",
  settings: ["options"],
  objects: objectReader,
  asked({ body, bytes, provider }): Asked {
    const model = textAt(body, "model");
    const tally = new InputTally();
    tallyFields(body, FIELDS, provider.fields?.ollama, tally);
    tally.hasTools = listAt(body, "tools").length > 0 || has(body, "format");
    for (const part of [body, ...listAt(body, "messages")])
      for (const image of listAt(part, "images"))
        tally.media(typeof image === "string" ? image : undefined, imageTokensMaxOf(model));
    return {
      ...PLAIN_REQUEST,
      model,
      streams: fieldOf(body, "stream") !== false,
      input: tally.bound(body, bytes),
      // -1 is without a limit, and so is what is no count.
      outputLimit: countAt(body, "options", "num_predict"),
      isOutputHidden: false,
    };
  },
  limitEdits: (_request, limit) => [[[["options", "num_predict"], limit]]],
  reading: () => new OllamaReading(),
  refusal: ({ message }) => ({ error: message }),
};

class OllamaReading implements AnswerReading {
  outputBytes = 0;
  readonly hidesOutput = false;
  readonly awaitsUsage = false;
  hasError = false;
  #last: unknown;
  #model: string | undefined;

  read(line: unknown): void {
    if (has(line, "error")) this.hasError = true;
    this.#model = textAt(line, "model") ?? this.#model;
    if (fieldOf(line, "done") === true) this.#last = line;
    const message = fieldOf(line, "message");
    for (const name of ["response", "thinking"]) this.outputBytes += bytesIn(fieldOf(line, name));
    for (const name of ["content", "thinking"]) this.outputBytes += bytesIn(fieldOf(message, name));
    for (const call of listAt(message, "tool_calls"))
      this.outputBytes += bytesIn(at(call, "function"));
  }

  done(): void {}

  usage(): WireUsage | undefined {
    const inputTokens = countAt(this.#last, "prompt_eval_count");
    const outputTokens = countAt(this.#last, "eval_count");
    if (inputTokens === undefined && outputTokens === undefined) return undefined;
    const usage = {
      ...(inputTokens !== undefined && { inputTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
    };
    // Without a count of the prompt, it was in the server's cache: how much of it is not said.
    const isWhole = inputTokens !== undefined && outputTokens !== undefined;
    return {
      ...withoutEmptyCounts({ usage, isWhole }, this.outputBytes),
      passes: [],
      doubts: unknownCounts(this.#counts(), KNOWN_COUNTS),
      model: this.#model,
      service: {},
      reportedUsd: undefined,
    };
  }

  /** The numbers of the last line; its context is a list of tokens and no count. */
  #counts(): object {
    const last = this.#last;
    if (typeof last !== "object" || last === null) return {};
    return Object.fromEntries(
      Object.entries(last).filter(([, value]) => typeof value === "number"),
    );
  }
}
