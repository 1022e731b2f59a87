import { anthropic } from "./anthropic.ts";
import type { ReceivedRequest } from "./behavior.ts";
import { openaiError } from "./errors.ts";
import { field } from "./format.ts";
import { gemini } from "./gemini.ts";
import { openaiResponses } from "./openai-responses.ts";
import { MODEL_NAMES } from "./prices.ts";
import { tokensOf } from "./work.ts";

/** What a request is answered that costs nothing. */
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

/** As many as the request would be billed. */
function countOf(request: ReceivedRequest): object {
  if (request.path.includes("/responses/"))
    return {
      object: "response.input_tokens",
      input_tokens: tokensOf(openaiResponses.ask(request).input),
    };
  if (!request.path.includes(":countTokens"))
    return { input_tokens: tokensOf(anthropic.ask(request).input) };
  const body = field(request.body, "generateContentRequest") ?? request.body;
  return { totalTokens: tokensOf(gemini.ask({ ...request, body }).input) };
}
