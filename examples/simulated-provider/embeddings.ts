import { field, textAt } from "./format.ts";
import type { Format } from "./format.ts";
import { openaiError } from "./openai-chat.ts";
import { inputOf } from "./work.ts";

const DIMENSIONS = 8;

/** OpenAI embeddings. */
export const embeddings: Format = {
  contentType: "application/json",
  ask({ body }) {
    return {
      model: textAt(body, "model"),
      streams: false,
      limit: 0,
      choices: 1,
      input: field(body, "input"),
      tool: undefined,
      schema: undefined,
    };
  },
  whole(answer, behavior) {
    const input = inputOf(answer);
    // Base64 of single-precision numbers, which is what the SDK asks for.
    const embedding = Buffer.from(new Float32Array(DIMENSIONS).fill(0.5).buffer).toString("base64");
    return {
      object: "list",
      model: answer.model,
      data: [{ object: "embedding", index: 0, embedding }],
      ...(behavior.withoutUsage !== true && {
        usage: { prompt_tokens: input, total_tokens: input },
      }),
    };
  },
  events: () => [],
  error: openaiError,
  errorEvent: () => "",
};
