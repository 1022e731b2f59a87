// OpenAI's count of the input of a response: "the exact count the model will receive", of texts,
// images, files, tools and conversations.
// https://developers.openai.com/api/docs/guides/token-counting

import { countedFields, inputTokensIn } from "../counting.ts";
import type { Counting } from "../counting.ts";

/** https://platform.openai.com/docs/api-reference/responses/input-tokens */
const FIELDS: readonly string[] = [
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "text",
  "reasoning",
  "truncation",
  "previous_response_id",
  "conversation",
];

/** Asks OpenAI how many tokens go into a response. */
export const responsesCounting: Counting = {
  request({ url, body }) {
    const counting = new URL(url);
    counting.pathname = `${url.pathname.replace(/\/+$/, "")}/input_tokens`;
    return { url: counting, body: JSON.stringify(countedFields(body, FIELDS)) };
  },
  tokensOf: inputTokensIn,
};
