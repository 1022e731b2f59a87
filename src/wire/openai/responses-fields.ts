// The fields of a request for a response (M2).
// https://platform.openai.com/docs/api-reference/responses/create

import { fieldsOf } from "../fields.ts";
import type { Fields } from "../fields.ts";

/** All fields of Responses that are known. */
export const RESPONSES_FIELDS: Fields = {
  ...fieldsOf("read", ["input", "tools"]),
  ...fieldsOf("setting", [
    "model",
    "max_output_tokens",
    "max_tool_calls",
    "stream",
    "stream_options",
    "service_tier",
    "reasoning",
    "background",
    "generate",
    "context_management",
  ]),
  ...fieldsOf("content", ["instructions", "text", "tool_choice", "image", "multi_agent"]),
  ...fieldsOf("steers", [
    "access_programs",
    "client_metadata",
    "frequency_penalty",
    "include",
    "metadata",
    "moderation",
    "parallel_tool_calls",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "store",
    "stream_id",
    "temperature",
    "top_logprobs",
    "top_p",
    "top_k",
    "min_p",
    "truncation",
    // A message on a web socket says what it is.
    "type",
    "user",
    "verbosity",
  ]),
  multi_agent: { unbounded: "multi_agent, which runs several agents" },
  previous_response_id: { window: "a previous response" },
  conversation: { window: "a conversation" },
  prompt: { window: "a stored prompt" },
  plugins: { unbounded: "plugins, which run at the provider" },
  models: { unbounded: "models, other models that may answer in place of the first" },
};
