// Requests for Gemini generateContent.
// https://ai.google.dev/api/generate-content#method:-models.generatecontent

import { objectReader } from "../stream/json-objects.ts";
import { tallyFields } from "../fields.ts";
import { InputTally } from "../input-bound.ts";
import { fieldOf, listAt, readCount, textAt, timesOf } from "../json/untrusted.ts";
import { OUTPUT_MEDIA } from "../wire.ts";
import type { Asked, OutputMedium, Wire } from "../wire.ts";
import { tallyContents } from "./content.ts";
import { geminiConversation } from "./conversation.ts";
import { GENERATION_CONFIG_FIELDS, REQUEST_FIELDS } from "./generate-content-fields.ts";
import { GeminiReading } from "./generate-content-usage.ts";
import { either, nameIn } from "./spelling.ts";
import { tallyGeminiTools } from "./tools.ts";

/** Where the path of a request has its model. */
export const MODEL_IN_PATH: RegExp = /\/models\/([^/:]+):/;
/** Models that think only out of sight, unless the request forbids it. */
const WITHOUT_THOUGHTS = /gemini-(?:1|2\.0)/;
const STREAMS = ":streamGenerateContent";
/** An answer of 101 tokens to a limit of 100 was recorded. */
const PAST_LIMIT = 16;

/**
 * Modalities of answers, as they are named and as the numbers of their enum.
 * https://ai.google.dev/api/generate-content#Modality
 * https://cloud.google.com/vertex-ai/docs/reference/rest/v1/GenerationConfig#Modality
 */
const MODALITIES: Readonly<Record<string, OutputMedium | "text">> = {
  TEXT: "text",
  1: "text",
  IMAGE: "image",
  2: "image",
  AUDIO: "audio",
  3: "audio",
  MODALITY_UNSPECIFIED: "text",
  0: "text",
};

/** Returns what comes out besides text: by the name of the model, and by what is asked for. */
export function outputMediaOf(
  model: string,
  modalities: readonly unknown[],
): readonly OutputMedium[] {
  const asked = new Set(modalities.map((each) => MODALITIES[String(each)]));
  if (asked.has(undefined)) return OUTPUT_MEDIA;
  const named = model.includes("image") ? "image" : /audio|tts/.test(model) ? "audio" : "text";
  return OUTPUT_MEDIA.filter((medium) => medium === named || asked.has(medium));
}

/** Gemini generateContent and streamGenerateContent. */
export const gemini: Wire = {
  name: "gemini",
  settings: ["generationConfig", "generation_config"],
  objects: objectReader,
  asked({ body, bytes, url, provider }): Asked {
    const model = MODEL_IN_PATH.exec(url.pathname)?.[1];
    const config = either(body, "generationConfig");
    const tally = new InputTally();
    tallyFields(body, REQUEST_FIELDS, provider.fields?.gemini, tally);
    if (typeof config === "object" && config !== null)
      tallyFields(config, GENERATION_CONFIG_FIELDS, undefined, tally);
    tallyContents(fieldOf(body, "contents"), model, tally, config);
    tallyContents(either(body, "systemInstruction"), model, tally, config);
    tallyGeminiTools(body, tally);
    tally.hasSchema = either(config, "responseSchema") !== undefined;
    tally.templates = provider.templates?.gemini;
    const modalities = listAt(config, nameIn(config, "responseModalities"));
    const limit = fieldOf(config, nameIn(config, "maxOutputTokens"));
    const thinking = either(config, "thinkingConfig");
    const budget = fieldOf(thinking, nameIn(thinking, "thinkingBudget"));
    const tier = either(body, "serviceTier");
    return {
      model,
      otherModels: [],
      streams: url.pathname.includes(STREAMS),
      input: tally.bound(body, bytes),
      cacheWrites: "none",
      outputLimit: readCount("maxOutputTokens", limit),
      overshoot: { times: 1, plus: PAST_LIMIT },
      outputLimitMin: 1,
      choices: timesOf("candidateCount", either(config, "candidateCount")),
      isOutputHidden: !WITHOUT_THOUGHTS.test(model ?? "") && budget !== 0,
      outputMedia: outputMediaOf(model ?? "", modalities),
      service: { tier: typeof tier === "number" ? String(tier) : textAt({ tier }, "tier") },
      clarifications: [],
    };
  },
  limitEdits({ body }, limit) {
    const config = nameIn(body, "generationConfig");
    const name = nameIn(fieldOf(body, config), "maxOutputTokens");
    return [[[[config, name], limit]]];
  },
  conversation: geminiConversation,
  reading: () => new GeminiReading(),
  /** An error as Google's APIs shape it: https://cloud.google.com/apis/design/errors */
  refusal({ code, message, status, evidence }): object {
    const word =
      code === "budget_exceeded"
        ? "RESOURCE_EXHAUSTED"
        : (STATUS_WORDS.get(status) ?? "INVALID_ARGUMENT");
    const details = [{ reason: code, domain: "token-budget", budget: evidence }];
    return { error: { code: status, message, status: word, details } };
  },
};

/** https://cloud.google.com/apis/design/errors#handling_errors */
const STATUS_WORDS: ReadonlyMap<number, string> = new Map([
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [429, "RESOURCE_EXHAUSTED"],
  [503, "UNAVAILABLE"],
]);
