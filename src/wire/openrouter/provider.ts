import { BOTH_NAMES, chatProvider } from "../compatible/chat-provider.ts";
import { fieldsOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { fieldOf, listAt } from "../json/untrusted.ts";
import { openaiOvershoot } from "../openai/provider.ts";
import type { CallFacts, Provider } from "../provider.ts";
import type { Overshoot } from "../overshoot.ts";
import { GROK_HIDDEN_PROMPT_TOKENS, grokOvershoot } from "../xai/provider.ts";

/**
 * The provider behind it may count more than OpenRouter's limit says: 5,847 tokens to a limit of
 * 3,000 were recorded, and 116 to one of 100.
 */
const COUNTED_ELSEWHERE: Overshoot = { times: 2, plus: 256 };
/** A template of an open model may begin with a prompt of its own: Devstral's has 1,220 tokens. */
const TEMPLATE_TOKENS = 2048;

/** Names that make OpenRouter search, or choose the model. https://openrouter.ai/docs/features */
const SEARCHES = /:online(?::|$)|^perplexity\/|^relace\//;
const CHOOSES = /^openrouter\/(?!free$)|^@preset\/|@preset/;

function unboundedModel(model: string): string | undefined {
  const shown = model.slice(0, 60);
  if (SEARCHES.test(model)) return `the model ${shown}, with which the provider searches`;
  return CHOOSES.test(model) ? `the model ${shown}, which stands for any other` : undefined;
}

function overshoot(call: CallFacts): Overshoot {
  const own = call.model.startsWith("x-ai/") ? grokOvershoot(call) : openaiOvershoot(call);
  return own ?? COUNTED_ELSEWHERE;
}

/** https://openrouter.ai/docs/api-reference/parameters */
const FIELDS: Fields = {
  models: { unbounded: "models, other models that may answer in place of the first" },
  ...fieldsOf("content", ["reasoning", "trace", "image_config"]),
  ...fieldsOf("steers", [
    "provider",
    "route",
    "transforms",
    "usage",
    "include_reasoning",
    "structured_outputs",
    "debug",
    "session_id",
  ]),
  preset: { unbounded: "preset, which stands for settings that are kept by the provider" },
};

function amountAt(value: unknown, name: string): number {
  const amount = fieldOf(value, name);
  return typeof amount === "number" ? amount : 0;
}

/** OpenRouter. Its charge is the price of the model that answered, wherever it ran. */
export const OPENROUTER: Provider = chatProvider({
  id: "openrouter",
  hosts: [/(?:^|\.)openrouter\.ai$/],
  upstream: { base: "https://openrouter.ai/api", version: "/v1" },
  // OpenRouter's own SDK (1.3.19), LiteLLM. https://docs.litellm.ai/docs/providers/openrouter
  environment: [
    { name: "OPENROUTER_BASE_URL", path: "/v1" },
    { name: "OPENROUTER_API_BASE", path: "/v1" },
  ],
  routes: [
    [/\/chat\/completions$/, "openai-chat"],
    [/\/responses$/, "openai-responses"],
    [/\/messages$/, "anthropic-messages"],
    [/\/embeddings$/, "openai-embeddings"],
  ],
  // https://openrouter.ai/docs/use-cases/usage-accounting: usage is always included.
  limits: BOTH_NAMES,
  asksForUsage: false,
  switchesHosts: true,
  overshoot,
  hiddenPromptTokens: ({ model }) =>
    model.startsWith("x-ai/") ? GROK_HIDDEN_PROMPT_TOKENS : TEMPLATE_TOKENS,
  fields: {
    "openai-chat": FIELDS,
    "openai-responses": FIELDS,
    "anthropic-messages": FIELDS,
    "openai-embeddings": FIELDS,
  },
  // https://openrouter.ai/docs/api-reference/responses/create-responses
  limitsToolCalls: true,
  unboundedModel,
  otherModels: (body) => listAt(body, "models").filter((each) => typeof each === "string"),
  // With a key of the user's own, `cost` is OpenRouter's fee and the provider bills the rest.
  // https://openrouter.ai/docs/guides/overview/auth/byok
  reportedUsd(_answer, usage) {
    const cost = fieldOf(usage, "cost");
    if (typeof cost !== "number") return undefined;
    if (fieldOf(usage, "is_byok") !== true) return cost;
    return cost + amountAt(fieldOf(usage, "cost_details"), "upstream_inference_cost");
  },
});
