// The fields of a request to Bedrock's Converse API (M2).
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import { fieldsOf } from "../fields.ts";
import type { Fields } from "../fields.ts";

/** All fields of Converse that are known. */
export const CONVERSE_FIELDS: Fields = {
  ...fieldsOf("read", [
    "messages",
    "system",
    "inferenceConfig",
    "toolConfig",
    "additionalModelRequestFields",
  ]),
  ...fieldsOf("setting", ["modelId", "performanceConfig", "serviceTier"]),
  ...fieldsOf("content", ["outputConfig"]),
  // What a guardrail costs is not a price of the model.
  ...fieldsOf("steers", [
    "guardrailConfig",
    "additionalModelResponseFieldPaths",
    "requestMetadata",
  ]),
  promptVariables: { window: "a stored prompt" },
};

/** How the answer is made. */
export const INFERENCE_FIELDS: Fields = {
  ...fieldsOf("setting", ["maxTokens"]),
  ...fieldsOf("steers", ["temperature", "topP", "stopSequences"]),
};

/**
 * What is handed on to the model as it is, as far as it is known: another member may be a limit, or
 * a tool that the provider runs.
 */
export const MODEL_FIELDS: Fields = {
  ...fieldsOf("read", [
    "thinking",
    "reasoningConfig",
    "reasoning_config",
    "tools",
    "output_config",
  ]),
  ...fieldsOf("content", ["tool_choice"]),
  ...fieldsOf("steers", [
    "top_k",
    "topK",
    "inferenceConfig",
    "anthropic_beta",
    "anthropic_version",
    "reasoning_effort",
  ]),
};
