// Embeddings of OpenAI: how requests are read and answers are written.

import { openaiError } from "./errors.ts";
import { field, numberIn, reportsUsage, stringIn } from "./format.ts";
import type { Format } from "./format.ts";
import { randomOf, seedOf } from "./random.ts";
import { inputOf } from "./work.ts";

const DIMENSIONS = 8;

/** OpenAI embeddings. */
export const embeddingsFormat: Format = {
  contentType: "application/json",
  ask({ body }) {
    const input = inputsOf(body);
    return {
      model: stringIn(body, "model"),
      streams: false,
      limit: 0,
      choices: 1,
      input,
      parts: input,
      tools: [],
      isToolResult: false,
      schema: undefined,
    };
  },
  whole(answer, behavior, { body }) {
    const input = inputOf(answer);
    const usage = reportsUsage(behavior)
      ? { prompt_tokens: input, total_tokens: input }
      : { prompt_tokens: "12", total_tokens: null };
    return {
      object: "list",
      model: answer.model,
      data: inputsOf(body).map((text, index) => ({
        object: "embedding",
        index,
        embedding: embeddingOf(text, body),
      })),
      ...(behavior.withoutUsage !== true && { usage }),
    };
  },
  events: () => [],
  error: openaiError,
  errorEvent: () => "",
};

/** The texts of a request: one, several, or tokens in place of them. */
function inputsOf(body: unknown): readonly string[] {
  const input = field(body, "input");
  if (!Array.isArray(input)) return [stringIn(body, "input")];
  const items: readonly unknown[] = typeof input[0] === "number" ? [input] : input;
  return items.map((item) => (typeof item === "string" ? item : "four".repeat(lengthOf(item))));
}

function lengthOf(tokens: unknown): number {
  return Array.isArray(tokens) ? tokens.length : 0;
}

/** Numbers, or the base64 of single-precision ones, which is what the SDK of OpenAI asks for. */
function embeddingOf(text: string, body: unknown): readonly number[] | string {
  const random = randomOf(seedOf(text));
  const numbers = Array.from({ length: numberIn(body, "dimensions") ?? DIMENSIONS }, random);
  return stringIn(body, "encoding_format") === "base64"
    ? Buffer.from(new Float32Array(numbers).buffer).toString("base64")
    : numbers;
}
