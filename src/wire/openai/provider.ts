import { NEW_NAME_FIRST } from "../compatible/chat-provider.ts";
import type { Templates } from "../input-bound.ts";
import type { Overshoot } from "../overshoot.ts";
import type { CallFacts, Provider } from "../provider.ts";
import { responsesCounting } from "./input-tokens.ts";

/** Models that run several passes, of which `max_output_tokens` does not limit the sum. */
const PRO = /^(?:.*\/)?(?:o\d|gpt-[\d.]+)-pro(?:-|$)/;

/**
 * Returns how far an answer of OpenAI's may pass its limit: 164 tokens to a limit of 100 were
 * recorded.
 */
export function openaiOvershoot({ model }: { readonly model: string }): Overshoot | undefined {
  return PRO.test(model) ? "model maximum" : undefined;
}

/** Hosts of regions, such as `eu.api.openai.com`. */
const REGIONAL_HOST = /^[a-z]{2}\.api\.openai\.com$/;
/** Models released on or after March 5, 2026. */
const DEARER_IN_REGIONS = /^(?:gpt-5\.[4-9]|gpt-[6-9])/;

/**
 * Regional endpoints cost 10 % more for newer models.
 * https://developers.openai.com/api/docs/guides/data-residency
 */
function placeOf({ model, url }: CallFacts): string | undefined {
  const isDearer = REGIONAL_HOST.test(url.hostname) && DEARER_IN_REGIONS.test(model);
  return isDearer ? "regional" : undefined;
}

/**
 * A message is three tokens more than its text, an answer's beginning three, and a function some
 * twenty; the JSON of each has as many bytes and more (docs/decisions/0065).
 * https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
 */
const OPENAI_TEMPLATES: Templates = { messages: 24, functions: 256, schemas: 0 };

/** OpenAI. */
export const OPENAI: Provider = {
  id: "openai",
  prices: "openai",
  telemetry: "openai",
  hosts: [/(?:^|\.)openai\.com$/],
  upstream: { base: "https://api.openai.com", version: "/v1" },
  environment: [
    { name: "OPENAI_BASE_URL", path: "/v1" },
    { name: "OPENAI_API_BASE", path: "/v1" },
  ],
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/completions$/, "openai-completions"],
    [/\/responses(?:\/compact)?$/, "openai-responses"],
    [/\/embeddings$/, "openai-embeddings"],
    [/\/images\/generations$/, "openai-images"],
    [/\/images\/edits$/, "openai-image-edits"],
    [/\/audio\/speech$/, "openai-speech"],
    [/\/audio\/(?:transcriptions|translations)$/, "openai-transcriptions"],
    [/\/videos$/, "openai-videos"],
    [/\/v1\/batches$/, "openai-batches"],
    [/\/v1\/realtime$/, "openai-realtime"],
  ],
  // https://platform.openai.com/docs/api-reference
  free: [
    /\/responses\/input_tokens$/,
    /\/responses\/[^/]+\/cancel$/,
    /\/moderations$/,
    /\/v1\/files$/,
    /\/v1\/uploads(?:\/[^/]+(?:\/(?:parts|complete|cancel))?)?$/,
    /\/conversations(?:\/[^/]+(?:\/items)?)?$/,
    /\/chat\/completions\/[^/]+$/,
    // Assistants and threads are records; a run of one is billed.
    /\/assistants(?:\/[^/]+)?$/,
    /\/threads(?:\/(?!runs$)[^/]+(?:\/messages(?:\/[^/]+)?)?)?$/,
    /\/traces\/ingest$/,
  ],
  uploads: /\/v1\/files$/,
  counting: { "openai-responses": responsesCounting },
  // https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_completion_tokens
  limitNames: () => NEW_NAME_FIRST,
  usageByOption: () => true,
  templates: { "openai-chat": OPENAI_TEMPLATES, "openai-responses": OPENAI_TEMPLATES },
  overshoot: openaiOvershoot,
  placeOf,
  // https://platform.openai.com/docs/api-reference/responses/create#responses-create-max_tool_calls
  limitsToolCalls: true,
};
