// The fields of a chat completion, and of the many servers that speak the same (M2).
// https://platform.openai.com/docs/api-reference/chat/create

import { fieldsOf } from "../fields.ts";
import type { Fields } from "../fields.ts";

/** Fields that affect sampling, or identify the caller: the input does not depend on them. */
export const SAMPLING_FIELDS: readonly string[] = [
  "temperature",
  "top_p",
  "frequency_penalty",
  "presence_penalty",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "seed",
  "stop",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "metadata",
  "store",
];

/** The fields that OpenAI documents. */
const DOCUMENTED: Fields = {
  ...fieldsOf("read", ["messages", "tools", "functions"]),
  ...fieldsOf("setting", [
    "model",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "stream",
    "stream_options",
    "service_tier",
    "reasoning_effort",
    "modalities",
  ]),
  ...fieldsOf("content", ["response_format", "tool_choice", "function_call", "audio"]),
  ...fieldsOf("steers", [...SAMPLING_FIELDS, "parallel_tool_calls", "verbosity", "moderation"]),
  web_search_options: "read",
  prediction: {
    unbounded: "a prediction, whose rejected tokens are billed beyond the limit of output",
  },
};

/**
 * Fields of servers that speak the same, as far as they steer sampling, shape the answer or add
 * text: vLLM, SGLang, llama.cpp, Groq, Mistral, Together, Fireworks, DeepSeek and others.
 * https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
 * https://github.com/ggml-org/llama.cpp/tree/master/tools/server
 */
const COMPATIBLE: Fields = {
  ...fieldsOf("steers", [
    "top_k",
    "top_a",
    "min_p",
    "typical_p",
    "tfs_z",
    "repetition_penalty",
    "repeat_penalty",
    "length_penalty",
    "min_tokens",
    "ignore_eos",
    "stop_token_ids",
    "skip_special_tokens",
    "spaces_between_special_tokens",
    "include_stop_str_in_output",
    "bad_words",
    "allowed_token_ids",
    "logits_processors",
    "priority",
    "request_id",
    "cache_prompt",
    "cache_salt",
    "mirostat",
    "mirostat_tau",
    "mirostat_eta",
    "random_seed",
    "safe_prompt",
    "safe_mode",
    "safety_model",
    "context_length_exceeded_behavior",
    "truncate_prompt_tokens",
    "return_token_ids",
    "return_tokens_as_token_ids",
    "prompt_logprobs",
    "echo",
    "keep_alive",
    "include_reasoning",
    "reasoning_format",
    "parallel_tool_calls",
    "prompt_truncate_len",
    "session_id",
    "trace_id",
    "user_id",
    "extra_headers",
    "timeout",
    "clear_thinking",
    "thinking_budget",
    "enable_thinking",
    "add_generation_prompt",
    "continue_final_message",
    "citation_options",
    "compound_custom",
    "disable_tool_validation",
  ]),
  ...fieldsOf("content", [
    "chat_template",
    "chat_template_kwargs",
    "chat_template_args",
    "guided_json",
    "guided_regex",
    "guided_choice",
    "guided_grammar",
    "guided_decoding_backend",
    "structured_outputs",
    "grammar",
    "json_schema",
    "regex",
    "ebnf",
    "system",
    "thinking",
    "reasoning",
    "options",
    "format",
    "prompt_mode",
  ]),
  documents: "content",
  ...fieldsOf("read", ["prompt_cache_isolation_key"]),
  best_of: { unbounded: "best_of, which asks for more answers than it returns" },
  use_beam_search: { unbounded: "a beam search, which writes more answers than it returns" },
  search_parameters: { unbounded: "search_parameters, a search that the provider runs" },
  data_sources: { unbounded: "data_sources, which the provider searches" },
  plugins: { unbounded: "plugins, which run at the provider" },
  search_settings: { unbounded: "search_settings, a search that the provider runs" },
  enable_search: { unbounded: "enable_search, a search that the provider runs" },
  models: { unbounded: "models, other models that may answer in place of the first" },
  fallbacks: { unbounded: "fallbacks, other models that may answer in place of the first" },
  previous_response_id: { window: "a previous response" },
  extra_body: { unbounded: "extra_body, whose members are not known" },
};

/** All fields of chat completions that are known. */
export const CHAT_FIELDS: Fields = { ...COMPATIBLE, ...DOCUMENTED };
