// The fields of generateContent, and of its generationConfig (M2).
// https://ai.google.dev/api/generate-content#method:-models.generatecontent
// https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference

import { fieldsOf } from "../fields.ts";
import type { FieldRule, Fields } from "../fields.ts";
import { snakeCase } from "./spelling.ts";

function inBothSpellings(fields: Fields): Fields {
  const all: Record<string, FieldRule> = {};
  for (const [name, rule] of Object.entries(fields)) {
    all[name] = rule;
    all[snakeCase(name)] = rule;
  }
  return all;
}

/** All fields of the request that are known. */
export const REQUEST_FIELDS: Fields = inBothSpellings({
  ...fieldsOf("read", ["contents", "systemInstruction", "tools", "generationConfig"]),
  ...fieldsOf("setting", ["model", "serviceTier"]),
  ...fieldsOf("content", ["toolConfig"]),
  ...fieldsOf("steers", ["safetySettings", "labels", "store", "modelArmorConfig"]),
  cachedContent: { window: "cached content" },
});

/** All members of `generationConfig` that are known. */
export const GENERATION_CONFIG_FIELDS: Fields = inBothSpellings({
  ...fieldsOf("setting", [
    "candidateCount",
    "maxOutputTokens",
    "responseModalities",
    "thinkingConfig",
    "mediaResolution",
  ]),
  ...fieldsOf("content", [
    "responseSchema",
    "responseJsonSchema",
    "_responseJsonSchema",
    "responseFormat",
  ]),
  ...fieldsOf("steers", [
    "temperature",
    "topP",
    "topK",
    "stopSequences",
    "responseMimeType",
    "presencePenalty",
    "frequencyPenalty",
    "seed",
    "responseLogprobs",
    "logprobs",
    "enableEnhancedCivicAnswers",
    "enableAffectiveDialog",
    "speechConfig",
    "imageConfig",
    "audioTimestamp",
    "translationConfig",
    "audioTranscriptionConfig",
  ]),
  routingConfig: { unbounded: "routingConfig, which chooses among models" },
  modelSelectionConfig: { unbounded: "modelSelectionConfig, which chooses among models" },
});
