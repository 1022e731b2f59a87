// The fields of requests in the formats of the models that Bedrock sells, where they are neither
// Anthropic's messages nor OpenAI's chat (M2).
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html

import { fieldsOf } from "../fields.ts";
import type { Fields } from "../fields.ts";

/** All fields that are known, of all models. */
export const INVOKE_FIELDS: Fields = {
  ...fieldsOf("read", [
    "messages",
    "system",
    "inferenceConfig",
    "textGenerationConfig",
    "toolConfig",
    "max_tokens",
    "max_tokens_to_sample",
    "maxTokens",
    "max_gen_len",
    "n",
    "numResults",
    "num_generations",
    "singleEmbeddingParams",
  ]),
  ...fieldsOf("content", [
    "prompt",
    "inputText",
    "texts",
    "message",
    "preamble",
    "chat_history",
    "documents",
    "tools",
    "query",
  ]),
  ...fieldsOf("steers", [
    "schemaVersion",
    "temperature",
    "topP",
    "p",
    "k",
    "top_p",
    "top_k",
    "stop",
    "stop_sequences",
    "stopSequences",
    "countPenalty",
    "presencePenalty",
    "frequencyPenalty",
    "return_likelihoods",
    "truncate",
    "stream",
    "dimensions",
    "normalize",
    "embeddingTypes",
    "embedding_types",
    "input_type",
    "output_dimension",
    "anthropic_version",
    "taskType",
    "top_n",
    "api_version",
  ]),
};

/**
 * What Nova embeds at once. Only text is sold by the token.
 * https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
 */
export const EMBEDDING_FIELDS: Fields = {
  ...fieldsOf("content", ["text"]),
  ...fieldsOf("steers", ["embeddingPurpose", "embeddingDimension"]),
};

/** What Titan and Nova have apart. */
export const INVOKE_CONFIG_FIELDS: Fields = {
  ...fieldsOf("read", ["maxTokenCount", "maxTokens", "max_new_tokens"]),
  ...fieldsOf("steers", ["temperature", "topP", "topK", "top_p", "top_k", "stopSequences"]),
};
