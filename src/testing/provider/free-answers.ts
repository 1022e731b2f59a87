// Answers to free requests: lists of models, counts of tokens, unknown paths.

import { messagesFormat } from "./messages-format.ts";
import type { ReceivedRequest } from "./behavior.ts";
import { openaiError } from "./errors.ts";
import { field } from "./format.ts";
import { geminiFormat } from "./gemini-format.ts";
import { responsesFormat } from "./responses-format.ts";
import { MODEL_NAMES } from "./prices.ts";
import { tokensOf } from "./work.ts";

/** Returns the answer to a free request. */
export function freeAnswerTo(request: ReceivedRequest): { status: number; body: object } {
  switch (request.route) {
    case "countTokens":
      return { status: 200, body: countOf(request) };
    case "models":
      return { status: 200, body: MODELS };
    case "hello":
      return { status: 200, body: {} };
    default:
      return { status: 404, body: openaiError(404, `There is no ${request.path}`) };
  }
}

/** All that any of the APIs lists. */
const MODELS = {
  object: "list",
  has_more: false,
  data: MODEL_NAMES.map((id) => ({ id, object: "model", type: "model", created: 1 })),
  models: MODEL_NAMES.map((id) => ({ name: `models/${id}` })),
};

/** As many as would be billed. */
function countOf(request: ReceivedRequest): object {
  if (request.path.includes("/responses/"))
    return {
      object: "response.input_tokens",
      input_tokens: tokensOf(responsesFormat.ask(request).input),
    };
  if (!request.path.includes(":countTokens"))
    return { input_tokens: tokensOf(messagesFormat.ask(request).input) };
  const body = field(request.body, "generateContentRequest") ?? request.body;
  return { totalTokens: tokensOf(geminiFormat.ask({ ...request, body }).input) };
}
